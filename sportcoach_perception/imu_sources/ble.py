"""Bluetooth LE sensors, by `bleak`: connect, listen, and connect again when the connection breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.imu_sources.lines import MalformedError
from sportcoach_perception.imu_sources.reading import Reading, SourceCounts, Take

SCAN: Final = 10.0
"""How long a sensor is looked for at a time [s]."""

RETRY: Final = 2.0
"""Pause before a sensor is looked for again [s]."""

GOODBYE: Final = 1.0
"""How long a sensor gets to take the order to stop [s]."""


@dataclass(frozen=True, slots=True)
class Notification:
    """What one notification says: `device_time` [ns] or None, `signal` (6,) acc [m/s^2], gyro [rad/s]."""

    device_time: int | None
    signal: Floats


@dataclass(frozen=True, slots=True)
class BleProtocol:
    """What one kind of sensor is to be told and what it tells; see movella_dot.py.

    readings, control: UUIDs of the characteristics that notify and that take orders.
    start, stop: the orders.
    decode: reads a notification; raises MalformedError.
    wrap: the sensor's clock starts again from 0 after this time [ns]; None when it never does.
    """

    name: str
    readings: str
    control: str
    start: bytes
    stop: bytes
    decode: Callable[[bytes], Notification]
    wrap: int | None


class BleSource:
    """Listens to sensors of one kind.

    Args:
        protocol: of all of them.
        limbs: limbs by Bluetooth address.
        now: clock of the node [ns].

    Raises:
        UserError: no sensor is named.
    """

    def __init__(self, protocol: BleProtocol, limbs: Mapping[str, str], now: Callable[[], int]) -> None:
        if not limbs:
            raise UserError(f"say in 'limbs' which {protocol.name} is on which limb: D4:22:CD:00:00:01=right_wrist")
        self.counts = SourceCounts()
        self.wrap = protocol.wrap
        self._protocol = protocol
        self._limbs = dict(limbs)
        self._now = now
        self._bleak: Any = None

    def open(self) -> None:
        """Load `bleak`, which is not installed with the rest.

        Raises:
            UserError: it is missing.
        """
        try:
            import bleak
        except ImportError as error:
            raise UserError("Bluetooth sensors need bleak: pip install -r requirements-ble.txt") from error
        self._bleak = bleak

    async def run(self, take: Take) -> None:
        """Hand over the readings of all sensors until cancelled."""
        one_scan = asyncio.Lock()  # BlueZ refuses a second scan, and to connect during one
        async with asyncio.TaskGroup() as sensors:
            for address, limb in self._limbs.items():
                sensors.create_task(self._follow(address, limb, one_scan, take))

    async def _follow(self, address: str, limb: str, one_scan: asyncio.Lock, take: Take) -> None:
        while True:
            why = "connection lost"
            try:
                await self._listen(address, limb, one_scan, take)
            except (self._bleak.exc.BleakError, OSError, TimeoutError) as error:
                why = f"{type(error).__name__}: {error}"
            self.counts.lose(limb, why)
            await asyncio.sleep(RETRY)

    async def _listen(self, address: str, limb: str, one_scan: asyncio.Lock, take: Take) -> None:
        """One connection, from its beginning to its end."""
        protocol, gone = self._protocol, asyncio.Event()
        client = self._bleak.BleakClient(address, disconnected_callback=lambda _: gone.set(), timeout=SCAN)
        async with one_scan:
            await client.connect()
        try:
            await client.start_notify(protocol.readings, lambda _, data: self.receive(bytes(data), limb, take))
            await client.write_gatt_char(protocol.control, protocol.start, response=True)
            await gone.wait()
        finally:
            with suppress(self._bleak.exc.BleakError, OSError, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    if not gone.is_set():
                        await client.write_gatt_char(protocol.control, protocol.stop, response=True)
                    await client.disconnect()

    def receive(self, payload: bytes, limb: str, take: Take) -> None:
        """Hand over what is in a notification of the sensor on `limb`."""
        arrival = self._now()
        try:
            notification = self._protocol.decode(payload)
        except MalformedError:
            self.counts.malformed[limb] += 1
            return
        self.counts.received[limb] += 1
        take(Reading(limb, notification.signal, arrival, notification.device_time))

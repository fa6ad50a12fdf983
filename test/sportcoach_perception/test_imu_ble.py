"""Bluetooth sensors: told to start, listened to, told to stop, sought again; with a stand-in for the radio."""

from __future__ import annotations

import asyncio
import struct
import sys
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources import ble
from sportcoach_perception.imu_sources.ble import BleSource
from sportcoach_perception.imu_sources.movella_dot import MOVELLA_DOT
from sportcoach_perception.imu_sources.reading import Reading

PACKET = struct.pack("<I6f", 1_000_000, 1.0, -2.0, 9.5, 90.0, -45.0, 0.5)

LIMBS = {"D4:22:CD:00:00:01": "left_wrist", "D4:22:CD:00:00:02": "right_wrist"}


class BleakError(Exception):
    pass


class Sensor:
    """Stands in for bleak's client and the sensor behind it; the second one cannot be found at first."""

    log: ClassVar[list[str]] = []
    absent: ClassVar[set[str]] = set()
    connecting: ClassVar[int] = 0

    def __init__(self, address: str, disconnected_callback: Any, timeout: float) -> None:
        self.address, self._on_disconnected = address, disconnected_callback
        self._notify: Any = None

    async def connect(self) -> None:
        Sensor.connecting += 1
        assert Sensor.connecting == 1, "two scans at a time"
        await asyncio.sleep(0)
        Sensor.connecting -= 1
        if self.address in Sensor.absent:
            Sensor.absent.remove(self.address)
            raise BleakError("not found")

    async def start_notify(self, characteristic: str, callback: Any) -> None:
        assert characteristic == MOVELLA_DOT.readings
        self._notify = callback

    async def write_gatt_char(self, characteristic: str, data: bytes, response: bool) -> None:
        assert characteristic == MOVELLA_DOT.control and response
        Sensor.log.append(f"{self.address[-1]} {data.hex()}")
        if data == MOVELLA_DOT.start:
            for payload in (PACKET, b"torn", PACKET):
                self._notify(None, bytearray(payload))

    async def disconnect(self) -> None:
        Sensor.log.append(f"{self.address[-1]} disconnect")
        self._on_disconnected(self)


@pytest.fixture
def radio(monkeypatch: pytest.MonkeyPatch) -> type[Sensor]:
    Sensor.log, Sensor.absent, Sensor.connecting = [], {"D4:22:CD:00:00:02"}, 0
    module = SimpleNamespace(BleakClient=Sensor, exc=SimpleNamespace(BleakError=BleakError))
    monkeypatch.setitem(sys.modules, "bleak", module)
    monkeypatch.setattr(ble, "RETRY", 0.0)
    return Sensor


def run(source: BleSource, readings: int) -> list[Reading]:
    """Let `source` run until it has handed over so many readings, then stop it."""
    taken: list[Reading] = []
    enough = asyncio.Event()

    def take(reading: Reading) -> None:
        taken.append(reading)
        if len(taken) == readings:
            enough.set()

    async def until_enough() -> None:
        task = asyncio.create_task(source.run(take))
        await asyncio.wait_for(enough.wait(), 10.0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(until_enough())
    return taken


def test_sensors_are_started_heard_and_stopped(radio: type[Sensor]) -> None:
    source = BleSource(MOVELLA_DOT, LIMBS, lambda: 42)
    source.open()
    readings = run(source, 4)
    assert [(reading.limb, reading.arrival, reading.device_time) for reading in readings] == [
        ("left_wrist", 42, 1_000_000_000),
        ("left_wrist", 42, 1_000_000_000),
        ("right_wrist", 42, 1_000_000_000),
        ("right_wrist", 42, 1_000_000_000),
    ]
    assert source.counts.malformed == {"left_wrist": 1, "right_wrist": 1}
    assert source.counts.lost == {"right_wrist": 1}
    assert "not found" in source.counts.problems()
    for sensor in ("1", "2"):
        told = [entry for entry in radio.log if entry.startswith(sensor)]
        assert told == [f"{sensor} 010115", f"{sensor} 010015", f"{sensor} disconnect"]


def test_without_bleak_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bleak", None)
    with pytest.raises(UserError, match="requirements-ble"):
        BleSource(MOVELLA_DOT, LIMBS, lambda: 0).open()


def test_without_addresses_one_line_says_what_to_give() -> None:
    with pytest.raises(UserError, match="Movella DOT is on which limb"):
        BleSource(MOVELLA_DOT, {}, lambda: 0)

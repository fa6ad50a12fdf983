"""IMU data from the network: UDP packets of one or more lines each."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.lines import LineDecoder, MalformedError
from sportcoach_perception.imu_sources.reading import Reading, SourceCounts, Take
from sportcoach_perception.skeleton import LIMBS

LARGEST_PACKET: Final = 65535


class UdpSource:
    """Listens for packets at one address and port.

    Without senders allowed by name it listens on this machine only. What arrives faster than it is read waits in the
    socket's buffer, where the kernel drops what does not fit.

    Args:
        decoder: reads one line.
        limbs: the limb of a sensor by the name in its lines or the address of its sender; limbs name themselves.
        now: clock of the node [ns].
        address: IPv4 address of this machine to listen at; 0.0.0.0 for all of them.
        port: UDP port; 0 for any that is free, see `port`.
        allow: IPv4 addresses and networks (10.0.0.0/24) that may send.

    Raises:
        UserError: not an address or network, or reachable from other machines with nobody allowed to send.
    """

    wrap: int | None = None

    def __init__(
        self,
        decoder: LineDecoder,
        limbs: Mapping[str, str],
        now: Callable[[], int],
        address: str = "127.0.0.1",
        port: int = 0,
        allow: Iterable[str] = (),
    ) -> None:
        self.counts = SourceCounts()
        self._decoder = decoder
        self._limbs = {limb: limb for limb in LIMBS} | dict(limbs)
        self._now = now
        self._address, self._port = address, port
        self._allowed = _networks(address, allow)
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int:
        """The port that is listened at once the source is open."""
        return self._port

    def open(self) -> None:
        """Bind the port.

        Raises:
            UserError: it is in use, or the address is not one of this machine.
        """
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            receiver.bind((self._address, self._port))
        except OSError as error:
            receiver.close()
            raise UserError(f"cannot listen at {self._address}, UDP port {self._port}: {error.strerror}") from error
        receiver.setblocking(False)
        self._port = receiver.getsockname()[1]
        self._socket = receiver

    async def run(self, take: Take) -> None:
        """Hand over the readings in every packet until cancelled."""
        receiver, self._socket = self._socket, None
        if receiver is None:
            raise ValueError("the source is not open")
        loop = asyncio.get_running_loop()
        with receiver:
            while True:
                packet, sender = await loop.sock_recvfrom(receiver, LARGEST_PACKET)
                self.receive(packet, sender[0], self._now(), take)
                await asyncio.sleep(0)  # a flood must not keep others of the loop from their turn

    def receive(self, packet: bytes, sender: str, arrival: int, take: Take) -> None:
        """Hand over what is in `packet` from IPv4 address `sender`, which came in at `arrival` [ns]."""
        address = ipaddress.IPv4Address(sender)
        if not any(address in network for network in self._allowed):
            self.counts.refuse(sender)
            return
        for text in packet.splitlines():
            if not text.strip():
                continue
            try:
                line = self._decoder.decode(text)
            except MalformedError:
                self.counts.malformed[self._limbs.get(sender, "")] += 1
                continue
            limb = self._limbs.get(line.sensor or sender)
            if limb is None:
                self.counts.skip(line.sensor or sender)
                continue
            self.counts.received[limb] += 1
            take(Reading(limb, line.signal, arrival, line.device_time))


def _networks(address: str, allow: Iterable[str]) -> tuple[ipaddress.IPv4Network, ...]:
    """Networks that may send to `address`.

    Raises:
        UserError: see UdpSource.
    """
    try:
        allowed = tuple(ipaddress.IPv4Network(entry) for entry in allow)
        local = ipaddress.IPv4Address(address).is_loopback
    except ValueError as error:
        raise UserError(f"{error}: give IPv4 addresses as 192.168.1.20, networks as 192.168.1.0/24") from error
    if not local and not allowed:
        raise UserError(f"anybody could send IMU data to {address}: list in 'allow' the addresses that may")
    return allowed or (ipaddress.IPv4Network("127.0.0.0/8"),)

"""A home-made wearable on the network: vibration intensities as UDP packets."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any, Final

from sportcoach_perception.errors import UserError

LIFETIME: Final = 250
"""After so long without a packet the wearable must stop by itself [ms]: the sender may have died."""

REPEAT: Final = 0.1
"""While anything vibrates, packets are repeated so often [s]: some get lost."""


class Wearable:
    """Sends {"levels": {"left_ankle": 0.5}, "lifetime_ms": 250} as JSON, one packet for all actuators.

    Args:
        address: host:port of the wearable.

    Raises:
        UserError: that is no address, or the host isn't known.
    """

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit() or not 0 < int(port) < 65536:
            raise UserError(f"'{address}' is no address of a wearable: write host:port")
        try:
            family, kind, protocol, _, found = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise UserError(f"the wearable's host '{host}' isn't known: {error.strerror}") from error
        self._address: Any = found
        self._socket = socket.socket(family, kind, protocol)
        self._socket.setblocking(False)
        self.lost = 0
        """Packets that could not be sent."""

    def send(self, levels: Mapping[str, float]) -> None:
        """Set the intensities 0..1 by limb; what cannot be sent now is lost, and counted."""
        text = json.dumps(
            {"levels": {limb: round(level, 3) for limb, level in levels.items()}, "lifetime_ms": LIFETIME}
        )
        try:
            self._socket.sendto(text.encode(), self._address)
        except OSError:
            self.lost += 1

    def close(self) -> None:
        """Free the socket."""
        self._socket.close()

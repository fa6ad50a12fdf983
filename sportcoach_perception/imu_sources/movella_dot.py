"""Movella DOT (formerly Xsens DOT): Movella DOT BLE Service Specification, document XD0506P, revision C, July 2023.

Of its payload modes, "rate quantities" (21) holds what the sensor measured and nothing derived from it.
"""

from __future__ import annotations

import struct
from typing import Final

from sportcoach_perception.imu_sources.ble import BleProtocol, Notification
from sportcoach_perception.imu_sources.lines import MalformedError
from sportcoach_perception.imu_sources.units import Units

_UUID: Final = "1517{:04x}-4947-11e9-8646-d663bd873d93"
"""Section 1.1; the places are those of the attribute's own number."""

_RATE_QUANTITIES: Final = 21

_PAYLOAD: Final = struct.Struct("<I6f")
"""Tables 15 and 17, all little-endian: time [us], acceleration with gravity [m/s^2], angular velocity [deg/s]."""

_UNITS: Final = Units("m/s^2", "deg/s", "us")


def decode(payload: bytes) -> Notification:
    """What a notification of 28 bytes says, which zeros may follow up to the 40 of its characteristic.

    Raises:
        MalformedError: it is shorter, or its numbers make no sense.
    """
    try:
        time, *signal = _PAYLOAD.unpack_from(payload)
        return Notification(_UNITS.nanoseconds(time), _UNITS.signal(signal))
    except (struct.error, ValueError) as error:
        raise MalformedError(f"not rate quantities of a DOT: {error}") from error


MOVELLA_DOT: Final = BleProtocol(
    name="Movella DOT",
    readings=_UUID.format(0x2003),  # medium payload, table 12
    control=_UUID.format(0x2001),
    start=bytes((1, 1, _RATE_QUANTITIES)),  # table 13: type measurement, action start, payload mode
    stop=bytes((1, 0, _RATE_QUANTITIES)),
    decode=decode,
    wrap=2**32 * 1_000,  # its time is 32 bits of microseconds
)

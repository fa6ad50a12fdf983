"""Serialized sensor_msgs/Imu to samples at once, without a message object: most messages are these."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from sportcoach_perception.frames import ImuSample

_LITTLE_ENDIAN: Final = b"\x00\x01"
_BEGIN: Final = struct.Struct("<iII")
"""Seconds, nanoseconds, length of the frame's name, behind the four bytes that say how the rest is encoded."""

_NUMBERS: Final = struct.Struct("<37d")
"""Orientation (4) with its covariance (9), rate (3) with its covariance, acceleration (3) with its covariance."""

_ENCAPSULATION, _ALIGNMENT = 4, 8


def sample_of(cdr: bytes | memoryview, limb: str) -> ImuSample | None:
    """What `messages.read_imu` makes of the message, as a sample of `limb`; None when it is laid out otherwise."""
    if len(cdr) < _ENCAPSULATION + _BEGIN.size or bytes(cdr[:2]) != _LITTLE_ENDIAN:
        return None
    seconds, nanoseconds, length = _BEGIN.unpack_from(cdr, _ENCAPSULATION)
    place = _BEGIN.size + length
    place += -place % _ALIGNMENT + _ENCAPSULATION
    if len(cdr) != place + _NUMBERS.size:
        return None
    numbers = _NUMBERS.unpack_from(cdr, place)
    rate, acceleration = numbers[13:16], numbers[25:28]
    if not numbers[28] >= 0.0:  # -1 or NaN: not measured
        acceleration = (0.0, 0.0, 0.0)
    if not numbers[16] >= 0.0:
        rate = (0.0, 0.0, 0.0)
    return ImuSample(seconds * 1_000_000_000 + nanoseconds, limb, np.array(acceleration + rate, np.float32))

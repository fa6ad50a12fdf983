"""Serialized sensor_msgs/Imu to samples at once, without a message object: most messages are these."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

from sportcoach_perception.frames import ImuSample

_LITTLE_ENDIAN: Final = b"\x00\x01"
_BEGIN: Final = struct.Struct("<iII")
"""Seconds, nanoseconds, length of the frame's name, behind the four bytes that say how the rest is encoded."""

_NUMBERS: Final = struct.Struct("<104x 3d d64x 3d d64x")
"""Behind the orientation and its covariance: rate (3) and the first of its covariance, acceleration (3) likewise."""

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
    gx, gy, gz, rate_variance, ax, ay, az, acceleration_variance = _NUMBERS.unpack_from(cdr, place)
    if not acceleration_variance >= 0.0:  # -1 or NaN: not measured
        ax = ay = az = 0.0
    if not rate_variance >= 0.0:
        gx = gy = gz = 0.0
    return ImuSample(seconds * 1_000_000_000 + nanoseconds, limb, np.array((ax, ay, az, gx, gy, gz), np.float32))

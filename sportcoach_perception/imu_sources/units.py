"""Units that sensors send in, brought to those of REP-103."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats

STANDARD_GRAVITY: Final = 9.80665
"""1 g [m/s^2] (CGPM 1901)."""

ACCELERATION: Final = {"m/s^2": 1.0, "g": STANDARD_GRAVITY, "mg": 1e-3 * STANDARD_GRAVITY}
RATE: Final = {"rad/s": 1.0, "deg/s": math.radians(1.0), "mdeg/s": math.radians(1e-3)}
TIME: Final = {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}

PLAUSIBLE: Final = 1e4
"""No limb reaches 1000 g or 1600 turns per second: such a number is a broken one [m/s^2, rad/s]."""


@dataclass(frozen=True, slots=True)
class Units:
    """Units of acceleration, angular rate and time; one of the names in the tables above each."""

    acc: str = "m/s^2"
    gyro: str = "rad/s"
    time: str = "s"

    def __post_init__(self) -> None:
        for unit, table in ((self.acc, ACCELERATION), (self.gyro, RATE), (self.time, TIME)):
            if unit not in table:
                raise UserError(f"unknown unit '{unit}': it is one of {', '.join(table)}")

    def signal(self, values: list[float]) -> Floats:
        """(6,) acc [m/s^2], gyro [rad/s] from six numbers in these units.

        Raises:
            ValueError: there are not six, or one is not finite or beyond all reason.
        """
        acc, gyro = ACCELERATION[self.acc], RATE[self.gyro]
        x, y, z, p, q, r = values
        scaled = (acc * x, acc * y, acc * z, gyro * p, gyro * q, gyro * r)
        if not all(-PLAUSIBLE <= value <= PLAUSIBLE for value in scaled):  # false for NaN, too
            raise ValueError("reading out of range")
        return np.array(scaled, np.float32)

    def nanoseconds(self, value: str | float) -> int:
        """A time in these units as ns; exact for whole numbers, however long.

        Raises:
            ValueError: not a time of 0 or more that fits in 64 bits.
        """
        if isinstance(value, str):
            value = int(value) if value.strip().isdecimal() else float(value)
        if not 0 <= value < 2**63:  # false for NaN, too
            raise ValueError("time out of range")
        time = round(value * TIME[self.time])
        if time >= 2**63:
            raise ValueError("time out of range")
        return time

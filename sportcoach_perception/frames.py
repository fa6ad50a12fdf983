"""The records that flow from perception to recognition and feedback.

Arrays are float32 as in the messages, so that the same stamps give the same numbers with and without ROS in between.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.skeleton import LANDMARKS, LIMBS

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def _zeros(*shape: int) -> Floats:
    return np.zeros(shape, np.float32)


def aspect_of(width: int, height: int) -> float:
    """Width of a picture over its height, as exactly as messages carry it."""
    return float(np.float32(width / height))


@dataclass(frozen=True, slots=True)
class ImageFrame:
    """A picture: `image` (height, width, 3) uint8 RGB, taken at `stamp` [ns]."""

    stamp: int
    image: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The landmarks of one athlete at `stamp` [ns]; all zero when not `detected`.

    image: (33, 2) fraction of the picture's width and height.
    world: (33, 3) metres, origin between the hips, camera optical frame (x right, y down, z away).
    visibility: (33,) 0..1.
    aspect: width of the picture over its height; 0 where it isn't known.
    """

    stamp: int
    detected: bool
    image: Floats = field(default_factory=lambda: _zeros(len(LANDMARKS), 2))
    world: Floats = field(default_factory=lambda: _zeros(len(LANDMARKS), 3))
    visibility: Floats = field(default_factory=lambda: _zeros(len(LANDMARKS)))
    athlete_id: str = ""
    aspect: float = 0.0


@dataclass(frozen=True, slots=True)
class ImuSample:
    """One reading of a limb's IMU at `stamp` [ns].

    signal: (6,) acc [m/s^2] with gravity, gyro [rad/s], in the frame of the sensor.
    """

    stamp: int
    limb: str
    signal: Floats


@dataclass(frozen=True, slots=True)
class FusedFrame:
    """A skeleton with the limb IMUs brought to its stamp.

    imu: (4, 6) acc [m/s^2] with gravity, gyro [rad/s] per limb; zero where not valid.
    imu_valid: (4,).
    sync_error: (4,) seconds from the stamp to the nearest sample used, NaN where not valid.
    The rest as in `Skeleton`; `image` is zero where only landmarks in space are known.
    """

    stamp: int
    detected: bool
    world: Floats
    visibility: Floats
    imu: Floats = field(default_factory=lambda: _zeros(len(LIMBS), 6))
    imu_valid: Bools = field(default_factory=lambda: np.zeros(len(LIMBS), np.bool_))
    sync_error: Floats = field(default_factory=lambda: np.full(len(LIMBS), np.nan, np.float32))
    athlete_id: str = ""
    image: Floats = field(default_factory=lambda: _zeros(len(LANDMARKS), 2))
    aspect: float = 0.0

    @classmethod
    def of(cls, seen: Skeleton) -> FusedFrame:
        """A skeleton without IMUs."""
        return cls(
            seen.stamp,
            seen.detected,
            seen.world,
            seen.visibility,
            athlete_id=seen.athlete_id,
            image=seen.image,
            aspect=seen.aspect,
        )

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton without the IMUs."""
        return Skeleton(
            self.stamp, self.detected, self.image, self.world, self.visibility, self.athlete_id, self.aspect
        )

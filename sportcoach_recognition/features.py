"""From fused frames to node features: even sampling in time, smoothing (eq. 10), dynamics (eq. 3), IMU (eq. 14).

Every function here is causal and works on one frame at a time with any leading batch dimensions, so training and the
live recogniser run the same code. The z-score (eq. 9) of the paper needs the whole sequence; here mean and deviation
come from the training set and live with the network's weights.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools, Floats, FusedFrame
from sportcoach_perception.skeleton import LANDMARKS, LIMB_LANDMARKS

RATE: Final = 20
"""Frames per second that the network sees, whatever the camera gives; near the slowest source, UTD-MHAD's 18.8."""

PERIOD: Final = 1_000_000_000 // RATE
"""Time between two frames that the network sees [ns]."""

MAX_GAP: Final = 500_000_000
"""Longest hole between two frames that is bridged by interpolation [ns]."""

MIN_VISIBILITY: Final = 0.3
"""Landmarks below are treated as not seen: MediaPipe invents them."""

SMOOTHING: Final = 0.6
"""alpha of eq. 10."""

ACCELERATION_SCALE: Final = 0.1
"""alpha of eq. 3 [s]."""

IMU_SCALE: Final = np.array([9.81] * 3 + [5.0] * 3, np.float32)
"""1 / gamma of eq. 14: gravity [m/s^2] and a brisk limb [rad/s] become 1."""

CHANNELS: Final = 16
"""Features of a node: p (3), v (3), alpha a (3), IMU (6), seen (1)."""


SENSOR_CHANNELS: Final = slice(9, 15)
"""Those of the IMU."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the network needs of a frame, at `stamp` [ns], with any leading dimensions.

    world: (..., 33, 3) metres, hip-centred, camera optical frame.
    seen: (..., 33) whether the landmark was seen.
    imu: (..., 4, 6) as in FusedFrame, zero where not valid.
    """

    stamp: int
    world: Floats
    seen: Bools
    imu: Floats

    @classmethod
    def of(cls, frame: FusedFrame, world: Floats) -> Sample:
        """The sample in a detected frame, with its landmarks at `world`."""
        imu = np.where(frame.imu_valid[:, None], frame.imu, np.float32(0.0))
        return cls(frame.stamp, world, frame.visibility >= MIN_VISIBILITY, imu)


class Resampler:
    """Samples at any stamps in, samples every `PERIOD` out, by linear interpolation.

    A landmark counts as seen between two samples when it is seen in both.
    """

    def __init__(self) -> None:
        self._last: Sample | None = None
        self._next = 0

    def reset(self) -> None:
        """Forget the past: the next sample starts a new time grid."""
        self._last = None

    def feed(self, sample: Sample) -> Iterator[Sample]:
        """The samples of the grid up to this one, oldest first; stamps must increase."""
        last, self._last = self._last, sample
        if last is None:
            self._next = sample.stamp
            last = sample
        while self._next <= sample.stamp:
            yield _interpolate(last, sample, self._next)
            self._next += PERIOD


def _interpolate(before: Sample, after: Sample, stamp: int) -> Sample:
    span = after.stamp - before.stamp
    w = np.float32((stamp - before.stamp) / span) if span else np.float32(1.0)
    return Sample(
        stamp,
        before.world + w * (after.world - before.world),
        before.seen & after.seen,
        before.imu + w * (after.imu - before.imu),
    )


class FeatureExtractor:
    """Node features of one evenly sampled stream after another; `reset` between streams."""

    def __init__(self) -> None:
        self._position: Floats | None = None  # smoothed p (..., 33, 3)
        self._velocity: Floats | None = None  # (..., 33, 3)
        self._known: NDArray[np.int64] | None = None  # (..., 33) consecutive frames seen

    def reset(self) -> None:
        """Forget the past."""
        self._position = self._velocity = self._known = None

    def step(self, sample: Sample) -> Floats:
        """Features (..., 33, 16) float32 of the next sample.

        p [m] smoothed, v [m/s] and alpha a [m/s] by differences of the smoothed positions, each zero until the
        landmark has been seen often enough in a row; then the limb's IMU signal at wrists and ankles, zero elsewhere.
        """
        seen = sample.seen
        if self._position is None or self._velocity is None or self._known is None:
            self._position = np.zeros_like(sample.world)
            self._velocity = np.zeros_like(sample.world)
            self._known = np.zeros(seen.shape, np.int64)
        known = np.where(seen, self._known + 1, 0)
        position = sample.world + np.where(known > 1, np.float32(1.0 - SMOOTHING), np.float32(0.0))[..., None] * (
            self._position - sample.world
        )
        velocity = np.where(known[..., None] > 1, (position - self._position) * np.float32(RATE), np.float32(0.0))
        acceleration = np.where(known[..., None] > 2, (velocity - self._velocity) * np.float32(RATE), np.float32(0.0))
        self._position, self._velocity, self._known = position, velocity, known

        features = np.zeros((*seen.shape[:-1], len(LANDMARKS), CHANNELS), np.float32)
        features[..., 0:3] = np.where(seen[..., None], position, np.float32(0.0))
        features[..., 3:6] = velocity
        features[..., 6:9] = np.float32(ACCELERATION_SCALE) * acceleration
        features[..., LIMB_LANDMARKS, SENSOR_CHANNELS] = sample.imu / IMU_SCALE
        features[..., 15] = seen
        return features

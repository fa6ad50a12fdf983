"""Movement of a limb as the camera sees it and as its IMU feels it, on a common grid of times and smoothed alike.

Felt is taken to the axes of the room, in which it is, whatever way the sensor is strapped on, a fixed linear function
of what is seen (of an athlete far away against its size):

    turning   felt: rate of the sensor's rotation matrix (9)        seen: velocity of landmarks in the picture
    pushing   felt: acceleration in the axes of the room (3)        seen: acceleration of landmarks in the picture
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sportcoach_perception.attitude import Attitude
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_delay import MAX_DELAY, athlete_size, mean_delay
from sportcoach_perception.skeleton import LANDMARK_INDEX

Array = NDArray[np.float64]

RATE: Final = 50
"""Of the grid [Hz]."""

SMOOTHING: Final = 0.06
"""Deviation of the Gaussian that both sides are smoothed with [s]: half the amplitude is left at 3.1 Hz."""

MARGIN: Final = 4.0 * SMOOTHING
"""What smoothing needs to either side [s]."""

MAX_GAP: Final = 0.15
"""Nothing is interpolated over longer gaps [s]."""

MIN_VISIBILITY: Final = 0.5
"""Landmarks of the segment below it are guesses."""

_TRUNK: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")

CHAINS: Final = {
    "left_wrist": ("left_elbow", "left_wrist", "left_index", *_TRUNK),
    "right_wrist": ("right_elbow", "right_wrist", "right_index", *_TRUNK),
    "left_ankle": ("left_knee", "left_ankle", "left_foot_index", *_TRUNK),
    "right_ankle": ("right_knee", "right_ankle", "right_foot_index", *_TRUNK),
}
"""Landmarks that move with a limb's IMU: near end of the segment that carries it, far end, and what hangs together."""

LANDMARKS_SEEN: Final = 7

_SIGMA: Final = SMOOTHING * RATE
_PAD: Final = round(MARGIN * RATE)


@dataclass(frozen=True, slots=True)
class Motion:
    """Movement on the grid: `turning` (N, A) and `pushing` (N, B); `delay` has been taken out of it [s]."""

    turning: Array
    pushing: Array
    delay: float = 0.0


def turn_rate(felt: Motion) -> float:
    """Angular speed of an IMU [rad/s, rms]."""
    return float(np.sqrt(0.5 * np.mean(np.sum(felt.turning**2, axis=1))))


def segment_speed(seen: Motion) -> float:
    """Speed of the segment's far end against its near end [heights of the picture per second, rms]."""
    relative = seen.turning[:, 2:4] - seen.turning[:, 0:2]
    return float(np.sqrt(np.mean(np.sum(relative**2, axis=1))))


def _smooth(values: Array, order: int = 0) -> Array:
    """The derivative of `order` of smoothed `values` (N, C) on the grid, without the margins."""
    smoothed = gaussian_filter1d(values, _SIGMA, axis=0, order=order)
    return np.asarray(smoothed[_PAD : len(values) - _PAD] * float(RATE) ** order)


def _resample(grid: Array, times: Array, columns: Array) -> Array:
    """`columns` (F, C) at `times` (F,), interpolated to `grid` (N,) or, column by column, to `grid` (N, C)."""
    grids = np.broadcast_to(grid.reshape(len(grid), -1), (len(grid), columns.shape[1]))
    return np.stack([np.interp(g, times, c) for g, c in zip(grids.T, columns.T, strict=True)], axis=1)


def _grid(begin: float, end: float) -> Array:
    """Times from `begin` to `end` and the margins around them [s]."""
    return begin + np.arange(-_PAD, round((end - begin) * RATE) + _PAD) / RATE


Item = TypeVar("Item")


class _Recent(Generic[Item]):
    """The newest items of one stream with their times [s], oldest first."""

    def __init__(self, size: int) -> None:
        self._items: deque[tuple[float, Item]] = deque(maxlen=size)

    @property
    def first(self) -> float:
        """Time of the oldest item [s], inf when there is none."""
        return self._items[0][0] if self._items else np.inf

    @property
    def last(self) -> float:
        """Time of the newest item [s], -inf when there is none."""
        return self._items[-1][0] if self._items else -np.inf

    def forget(self, before: float) -> None:
        """Drop all but the last item before a time [s]."""
        while len(self._items) > 1 and self._items[1][0] <= before:
            self._items.popleft()

    def _between(self, begin: float, end: float) -> tuple[Array, list[Item]] | None:
        """Times [s] and items that cover `begin` to `end` [s]; None when they leave a gap."""
        found = [item for item in self._items if begin - MAX_GAP <= item[0] <= end + MAX_GAP]
        times = np.array([time for time, _ in found])
        if len(found) < 3 or times[0] > begin or times[-1] < end or np.diff(times).max() > MAX_GAP:
            return None
        return times, [item for _, item in found]


class SeenMotion(_Recent[Skeleton]):
    """Recent skeletons.

    Args:
        aspect: width of the picture over its height.
        smoothed: the skeletons come out of MediaPipe on video, whose smoothing delays them.
    """

    def __init__(self, aspect: float = 4.0 / 3.0, smoothed: bool = True) -> None:
        super().__init__(size=256)
        self._square = np.array([aspect, 1.0])
        self._smoothed = smoothed

    def add(self, skeleton: Skeleton) -> None:
        """Take a skeleton that is newer than all before, finite and of some size; others are dropped."""
        sized = np.isfinite(skeleton.image).all() and np.ptp(skeleton.image, axis=0).min() > 0.0
        if sized and skeleton.stamp * 1e-9 > self.last:
            self._items.append((skeleton.stamp * 1e-9, skeleton))

    def motion(self, limb: str, begin: float, end: float) -> Motion | None:
        """Velocity and acceleration (N, 2 LANDMARKS_SEEN) of the limb's chain; None when its segment isn't seen."""
        found = self._between(begin - MARGIN, end + MARGIN + MAX_DELAY)
        if found is None:
            return None
        times, skeletons = found
        chain = [LANDMARK_INDEX[name] for name in CHAINS[limb]]
        if min(float(skeleton.visibility[chain[:2]].min()) for skeleton in skeletons) < MIN_VISIBILITY:
            return None
        image = np.array([skeleton.image for skeleton in skeletons], np.float64) * self._square
        points, delays = image[:, chain], np.zeros(len(chain))
        if self._smoothed:
            delays = mean_delay(points, athlete_size(image), (times[-1] - times[0]) / (len(times) - 1))
        grid = _grid(begin, end)[:, None] + np.repeat(delays, 2)
        positions = _resample(grid, times, points.reshape(len(times), -1))
        return Motion(_smooth(positions, order=1), _smooth(positions, order=2), float(np.mean(delays[:2])))


class FeltMotion(_Recent[tuple[float, ...]]):
    """Recent samples of one IMU, in the axes of the room."""

    def __init__(self) -> None:
        super().__init__(size=1024)
        self._attitude = Attitude()

    def add(self, sample: ImuSample) -> None:
        """Take a sample that is newer than all before and finite; others are dropped."""
        time = sample.stamp * 1e-9
        ax, ay, az, gx, gy, gz = sample.signal.tolist()
        if time > self.last and math.isfinite(ax + ay + az + gx + gy + gz):
            pushed = self._attitude.update((ax, ay, az), (gx, gy, gz), time - self.last)
            x, y, z = self._attitude.rotation
            self._items.append((time, (*x, *y, *z, *pushed)))

    def motion(self, begin: float, end: float) -> Motion | None:
        """Rate of the rotation matrix (N, 9) [1/s] and acceleration (N, 3) [m/s^2]; None when samples are missing."""
        found = self._between(begin - MARGIN, end + MARGIN)
        if found is None:
            return None
        times, samples = found
        columns = _resample(_grid(begin, end), times, np.array(samples))
        return Motion(_smooth(columns[:, :9], order=1), _smooth(columns[:, 9:]))

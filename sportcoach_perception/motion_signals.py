"""Movement of the athlete as the camera sees it and as each IMU feels it, in the same terms.

Felt is taken to the axes of the room, in which it is, whatever way the sensor is strapped on, a fixed linear function
of what is seen (of an athlete far away against its size):

    turning   felt: the sensor's rotation matrix (9)                seen: where landmarks are in the picture
    pushing   felt: acceleration in the axes of the room (3)        seen: acceleration of landmarks in the picture

Two forms of both are to be had. `swing`, at every frame, is for comparing clocks: positions without their slow part, by
the high-pass s^2 / (s + w)^2, which makes of acceleration, the second derivative of a position, 1 / (s + w)^2 of it.
`motion`, on an even grid of times and smoothed, is for comparing limbs: velocities and accelerations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from sportcoach_perception.attitude import Attitude
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_smoothing import InverseOneEuroFilter, region_size
from sportcoach_perception.recent import Recent, rows_at
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_perception.swing import FeltSwing, SeenSwing

Array = NDArray[np.float64]

RATE: Final = 50
"""Of the grid [Hz]."""

SMOOTHING: Final = 0.06
"""Deviation of the Gaussian that both sides of `motion` are smoothed with [s]: half the amplitude is left at 3.1 Hz."""

MARGIN: Final = 4.0 * SMOOTHING
"""What smoothing needs to either side [s]."""

MAX_GAP: Final = 0.2
"""Nothing is interpolated over longer gaps [s]."""

MAX_SWING_GAP: Final = 0.4
"""The swing of an IMU, to which a gap means a new beginning, is interpolated over longer ones [s]."""

MIN_VISIBILITY: Final = 0.5
"""Landmarks of the segment below it are guesses."""

USUAL_ASPECT: Final = 4.0 / 3.0
"""Width of a picture over its height, where skeletons don't tell it."""

RESTART: Final = 1.0
"""A stamp this far behind the last one means that a clock was set back, and all begins anew [s]."""

TRUNK: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip", "nose", "left_ear", "right_ear")
"""And the head, which goes with it."""

CHAINS: Final = {
    f"{side}_{end}": (*(f"{side}_{name}" for name in names), *TRUNK)
    for end, names in (
        ("wrist", ("elbow", "wrist", "index", "pinky")),
        ("ankle", ("knee", "ankle", "foot_index", "heel")),
    )
    for side in ("left", "right")
}
"""Landmarks that move with a limb's IMU: near end of the segment that carries it, far end, and what hangs together."""

LANDMARKS_SEEN: Final = 11

_COLUMNS: Final = {
    limb: np.array([2 * LANDMARK_INDEX[name] + axis for name in chain for axis in (0, 1)])
    for limb, chain in CHAINS.items()
}
_SEGMENT: Final = slice(0, 4)
_SIGMA: Final = SMOOTHING * RATE
_PAD: Final = round(MARGIN * RATE)
_SWINGS: Final = slice(2 * len(LANDMARKS), 4 * len(LANDMARKS))
_VISIBILITY: Final = 4 * len(LANDMARKS)


@dataclass(frozen=True, slots=True)
class Motion:
    """Movement on the grid: `turning` (N, A) and `pushing` (N, B)."""

    turning: Array
    pushing: Array


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


def _on_grid(begin: float, end: float, rows: Array) -> Array:
    """Rows (F, 1 + C), of which the first column is their time, at times from `begin` to `end` and the margins."""
    grid = begin + np.arange(-_PAD, round((end - begin) * RATE) + _PAD) / RATE
    return rows_at(grid, rows)


class SeenMotion:
    """Recent skeletons.

    Args:
        smoothed: the skeletons come out of MediaPipe on video; its smoothing, which delays them, is undone.

    Attributes:
        epoch: changes when the clock was set back and all was forgotten.
    """

    def __init__(self, smoothed: bool = True) -> None:
        self._smoothed = smoothed
        self.epoch = -1
        self._restart()

    def _restart(self) -> None:
        self.epoch += 1
        self._recent = Recent(size=256, columns=_VISIBILITY + len(LANDMARKS))
        self._begin()

    def _begin(self) -> None:
        self._inverse, self._swing = InverseOneEuroFilter(), SeenSwing()

    @property
    def first(self) -> float:
        """Time of the oldest skeleton [s], inf when there is none."""
        return self._recent.first

    @property
    def last(self) -> float:
        """Time of the newest skeleton [s], -inf when there is none."""
        return self._recent.last

    def add(self, skeleton: Skeleton) -> None:
        """Take a skeleton that is newer than all before, detected, finite and of some size; others are dropped."""
        time = skeleton.stamp * 1e-9
        if time < self.last - RESTART:
            self._restart()
        period = time - self.last
        image = skeleton.image.astype(np.float64)
        if not skeleton.detected or period <= 0.0 or not np.isfinite(image).all() or np.ptp(image, axis=0).min() <= 0.0:
            return
        points = image * (skeleton.aspect or USUAL_ASPECT, 1.0)
        if period > MAX_GAP:
            self._begin()
        if self._smoothed:
            points = self._inverse.update(points, region_size(points), min(period, MAX_GAP))
        flat = points.ravel()
        self._recent.append(time, np.concatenate([flat, self._swing.update(flat, time), skeleton.visibility]))

    def swing(self, limb: str, begin: float, end: float) -> tuple[Array, Array] | None:
        """Times (N,) [s] and swings (N, 2 LANDMARKS_SEEN) of the limb's chain from `begin` to `end`.

        None when its segment isn't seen all the time.
        """
        rows = self._recent.between(begin, end, MAX_GAP)
        if rows is None or begin < self._swing.settled or not self._visible(limb, rows):
            return None
        return rows[:, 0], rows[:, 1:][:, _SWINGS][:, _COLUMNS[limb]]

    def motion(self, limb: str, begin: float, end: float) -> Motion | None:
        """Velocity and acceleration (N, 4) of both ends of the limb's segment; None when it isn't seen."""
        rows = self._recent.between(begin - MARGIN, end + MARGIN, MAX_GAP)
        if rows is None or not self._visible(limb, rows):
            return None
        columns = np.concatenate([[0], 1 + _COLUMNS[limb][_SEGMENT]])
        positions = _on_grid(begin, end, rows[:, columns])
        return Motion(_smooth(positions, order=1), _smooth(positions, order=2))

    @staticmethod
    def _visible(limb: str, rows: Array) -> bool:
        segment = [1 + _VISIBILITY + LANDMARK_INDEX[name] for name in CHAINS[limb][:2]]
        return bool(rows[:, segment].min() >= MIN_VISIBILITY)


class FeltMotion:
    """Recent samples of one IMU, in the axes of the room.

    Attributes:
        epoch: changes when the clock was set back and all was forgotten.
    """

    def __init__(self) -> None:
        self.epoch = -1
        self.restart()

    def restart(self) -> None:
        """Forget all: the sensor's clock was set."""
        self.epoch += 1
        self._attitude = Attitude()
        self._recent = Recent(size=1024, columns=12)
        self._swing = FeltSwing(MAX_SWING_GAP)

    @property
    def first(self) -> float:
        """Time of the oldest sample [s], inf when there is none."""
        return self._recent.first

    @property
    def last(self) -> float:
        """Time of the newest sample [s], -inf when there is none."""
        return self._recent.last

    def add(self, sample: ImuSample) -> None:
        """Take a sample that is newer than all before and finite; others are dropped."""
        time, last = sample.stamp * 1e-9, self.last
        if time < last - RESTART:
            self.restart()
            last = self.last
        ax, ay, az, gx, gy, gz = sample.signal.tolist()
        if time > last and math.isfinite(ax + ay + az + gx + gy + gz):
            pushed = self._attitude.update((ax, ay, az), (gx, gy, gz), time - last)
            x, y, z = self._attitude.rotation
            self._recent.append(time, (*x, *y, *z, *pushed))

    def filter(self) -> None:
        """Make the swing known up to the newest sample."""
        self._swing.extend(self._recent)

    def swing(self, times: Array, offsets: Array) -> Array | None:
        """(K, N, FELT) at `times` (N,) plus `offsets` (K,) [s], both increasing; None when not known."""
        if self._recent.between(times[0], times[-1], MAX_GAP) is None:
            return None
        return self._swing.at(times, offsets)

    def motion(self, begin: float, end: float) -> Motion | None:
        """Rate of the rotation matrix (N, 9) [1/s] and acceleration (N, 3) [m/s^2]; None when samples are missing."""
        rows = self._recent.between(begin - MARGIN, end + MARGIN, MAX_GAP)
        if rows is None:
            return None
        columns = _on_grid(begin, end, rows)
        return Motion(_smooth(columns[:, :9], order=1), _smooth(columns[:, 9:12]))

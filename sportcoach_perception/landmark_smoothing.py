"""MediaPipe's smoothing of landmarks on video, and how to undo it.

On video, MediaPipe passes every coordinate of the landmarks in the picture through a 1 euro filter (Casiez, Roussel and
Vogel 2012, 1 euro filter: a simple speed-based low-pass filter for noisy input in interactive systems): a first-order
low-pass whose cut-off grows with the speed, which it takes in sizes of the athlete per second. A slow ankle is shown
tens of milliseconds late, a fast wrist hardly at all.

Of a value that comes out, all that went into it is known but for the value that went in, so that this can be computed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.skeleton import LANDMARK_INDEX

Array = NDArray[np.float64]

MIN_CUTOFF: Final = 0.05
"""Cut-off at rest [Hz]; this and the next two as MediaPipe's pose landmarker sets them."""

BETA: Final = 80.0
"""Growth of the cut-off with the speed [Hz per size per second]."""

SPEED_CUTOFF: Final = 1.0
"""Cut-off of the speed's own low-pass [Hz]."""

EXPANSION: Final = 1.25
"""By how much MediaPipe's region of interest is larger than a circle about the hips that holds the athlete."""

_HIPS: Final = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]


def region_size(image: Array) -> float:
    """Size of MediaPipe's region of interest, nearly, around landmarks (33, 2); in their units, which are square."""
    left, right = _HIPS
    distances = image - 0.5 * (image[left] + image[right])
    return 2.0 * EXPANSION * math.sqrt(np.einsum("ij,ij->i", distances, distances).max())


def _odds(cutoff: Array | float, period: float) -> Array | float:
    """Weight of the new value over that of the old one in a first-order low-pass of `cutoff` [Hz]."""
    return 2.0 * np.pi * period * cutoff


class _SpeedFilter:
    """What both directions share: the filter's state, advanced by values as they went in."""

    def __init__(self) -> None:
        self._raw: Array | None = None
        self._smooth = self._speed = np.zeros(0)

    def _start(self, points: Array) -> Array:
        self._raw = self._smooth = points
        self._speed = np.zeros_like(points)
        return points

    def _speed_gain(self, size: float, period: float) -> tuple[float, float]:
        """Share of the old speed that stays, and speed per distance from the last value."""
        odds = float(_odds(SPEED_CUTOFF, period))
        share = odds / (1.0 + odds)
        return 1.0 - share, share / (size * period)


class OneEuroFilter(_SpeedFilter):
    """Smooths points as MediaPipe does."""

    def update(self, points: Array, size: float, period: float) -> Array:
        """The smoothed `points` (P, 2), which come `period` [s] after the last ones, of a region of `size`."""
        if self._raw is None:
            return self._start(points)
        keep, rate = self._speed_gain(size, period)
        self._speed = keep * self._speed + rate * (points - self._raw)
        odds = _odds(MIN_CUTOFF + BETA * np.abs(self._speed), period)
        self._smooth = self._smooth + odds / (1.0 + odds) * (points - self._smooth)
        self._raw = points
        return self._smooth


class InverseOneEuroFilter(_SpeedFilter):
    """Finds what went into MediaPipe's filter.

    With m the distance of the value sought from the last smoothed one, d the distance by which the smoothed one moved,
    and the odds linear in the speed, m solves odds(m) (m - d) = d: a quadratic on either side of speed zero. After a
    turn there may be three solutions; the one nearest to where the point was last is taken. The state at the first
    points is not known and taken as rest; this is forgotten within some frames.
    """

    def update(self, smooth: Array, size: float, period: float) -> Array:
        """What `smooth` (P, 2) were before smoothing, `period` [s] after the last ones, in a region of `size`."""
        if self._raw is None:
            return self._start(smooth)
        keep, rate = self._speed_gain(size, period)
        moved = smooth - self._smooth
        side, d = np.where(moved < 0.0, -1.0, 1.0), np.abs(moved)
        # odds = a + |v + g m|, with the speed v + g m counted to the side to which the smoothed value moved
        a, scale = float(_odds(MIN_CUTOFF, period)), float(_odds(BETA, period))
        g = scale * rate
        v = scale * side * (keep * self._speed + rate * (self._smooth - self._raw))
        b = a + v - g * d
        distance = (np.sqrt(np.maximum(b * b + 4.0 * g * (a + v + 1.0) * d, 0.0)) - b) / (2.0 * g)
        if v.min() < 0.0:
            distance = _after_turn(distance, side * (self._raw - self._smooth), a, g, v, d)
        points = np.asarray(self._smooth + side * distance)
        self._speed = keep * self._speed + rate * (points - self._raw)
        self._raw, self._smooth = points, smooth
        return points


def _after_turn(ahead: Array, expected: Array, a: float, g: float, v: Array, d: Array) -> Array:
    """The solution nearest to the `expected` distance where the speed may still point to the other side.

    `ahead` is the one where it does not.
    """
    b = a - v + g * d
    square = b * b - 4.0 * g * (a - v + 1.0) * d
    root = np.sqrt(np.maximum(square, 0.0))
    found = np.array([ahead, (b - root) / (2.0 * g), (b + root) / (2.0 * g)])
    speed = v + g * found
    speed[0] *= -1.0  # the first solution is for a point that goes ahead, the others for one that comes back
    valid = speed <= 0.0
    valid[1:] &= (v < 0.0) & (square >= 0.0) & (found[1:] >= d)
    nearest = np.where(valid, np.abs(found - expected), np.inf).argmin(axis=0)
    return np.asarray(np.choose(nearest, found))

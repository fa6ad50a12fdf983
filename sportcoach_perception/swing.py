"""Positions without their slow part, from positions and from accelerations, streaming.

The high-pass is s^2 / (s + w)^2, two equal ones of first order after each other. Where it meets an acceleration, which
is s^2 times a position, 1 / (s + w)^2 is left of it. All are exact for straight lines between the values.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sportcoach_perception.recent import Recent, rows_at

Array = NDArray[np.float64]

CORNER: Final = 2.0 * math.pi * 0.3
"""w [rad/s]: slower than the movement in exercise, and fast enough that what a sensor's errors add up to is small."""

SETTLING: Final = 1.0
"""Time after which the filters have forgotten how they began, mostly [s]."""

GRAVITY: Final = 9.81

STEP: Final = 0.01
"""Of the even times at which the swing of an IMU is known [s]."""


def _high_pass(period: float) -> tuple[float, float]:
    """Share of the last value that stays, and weight of the change."""
    stays = math.exp(-CORNER * period)
    return stays, (1.0 - stays) / (CORNER * period)


class SeenSwing:
    """Of landmarks, frame by frame.

    Attributes:
        settled: time from which on the swings are good [s].
    """

    def __init__(self) -> None:
        self.settled = math.inf
        self._last: tuple[float, Array] | None = None
        self._once = self._twice = np.zeros(0)

    def update(self, values: Array, time: float) -> Array:
        """The swings (C,) of `values` (C,) at `time` [s], which is after that of the last ones."""
        if self._last is None:
            self.settled = time + SETTLING
            self._once = self._twice = np.zeros_like(values)
        else:
            stays, weight = _high_pass(time - self._last[0])
            once = stays * self._once + weight * (values - self._last[1])
            self._twice = stays * self._twice + weight * (once - self._once)
            self._once = once
        self._last = time, values
        return self._twice


class FeltSwing:
    """Of an IMU, on even times, from rows of time, rotation matrix (9), acceleration in the axes of the room (3).

    Args:
        max_gap: nothing is interpolated over longer gaps [s].
    """

    _STAYS, _CHANGE = _high_pass(STEP)
    _NEW: Final = (1.0 - _CHANGE) / CORNER
    _OLD: Final = (_CHANGE - _STAYS) / CORNER
    _DENOMINATOR: Final = np.array([1.0, -_STAYS])
    _TURNING: Final = np.array([_CHANGE, -_CHANGE])
    _PUSHING: Final = np.array([_NEW, _OLD])

    def __init__(self, max_gap: float) -> None:
        self._max_gap = max_gap
        self._begin(-math.inf)

    def _begin(self, time: float) -> None:
        self._origin, self._settled = time, time + SETTLING
        self._grid = np.zeros((0, 12))
        self._first = 0
        self._state: list[Array] | None = None
        self._last: Array | None = None

    def extend(self, recent: Recent) -> None:
        """Take the rows of `recent` that are new; a gap begins anew."""
        rows = recent.after(-math.inf if self._last is None else float(self._last[0]))
        if len(rows) == 0:
            return
        rows = rows[:, :13] if self._last is None else np.vstack([self._last, rows[:, :13]])
        gaps = np.flatnonzero(np.diff(rows[:, 0]) > self._max_gap)
        if len(gaps) or self._last is None:
            rows = rows[gaps[-1] + 1 if len(gaps) else 0 :]
            self._begin(float(rows[0, 0]))
        self._last = rows[-1].copy()
        number = int((rows[-1, 0] - self._origin) / STEP) + 1  # even times up to the last row
        grid = self._origin + STEP * np.arange(self._first + len(self._grid), number, dtype=np.float64)
        if len(grid) == 0 or len(rows) < 2:
            return
        values = rows_at(grid, rows)
        values[:, 11] -= GRAVITY
        self._filter(values)

    def _filter(self, values: Array) -> None:
        turning, pushing = values[:, :9], values[:, 9:]
        if self._state is None:
            self._state = [-self._CHANGE * turning[:1], np.zeros((1, 9)), np.zeros((1, 3)), np.zeros((1, 3))]
        for index in (0, 1):
            turning, self._state[index] = lfilter(
                self._TURNING, self._DENOMINATOR, turning, axis=0, zi=self._state[index]
            )
        for index in (2, 3):
            pushing, self._state[index] = lfilter(
                self._PUSHING, self._DENOMINATOR, pushing, axis=0, zi=self._state[index]
            )
        kept = self._grid[-1024:]
        self._first += len(self._grid) - len(kept)
        self._grid = np.concatenate([kept, np.hstack([turning, pushing])])

    def at(self, times: Array, offsets: Array) -> Array | None:
        """(K, N, 12) at `times` (N,) plus `offsets` (K,), which are multiples of STEP apart; None when not known."""
        if self._origin == -math.inf or times[0] + offsets[0] < self._settled:
            return None
        places = (times + offsets[0] - self._origin) / STEP - self._first
        whole = np.floor(places).astype(np.intp)
        stride = round((offsets[1] - offsets[0]) / STEP)
        if whole[0] < 0 or whole[-1] + stride * (len(offsets) - 1) + 1 >= len(self._grid):
            return None
        share = (places - whole)[:, None]
        index = whole + stride * np.arange(len(offsets))[:, None]
        return np.asarray((1.0 - share) * self._grid[index] + share * self._grid[index + 1])

"""Positions without their slow part, from positions and from accelerations, streaming.

The high-pass is s^3 / (s + w)^3, three equal ones of first order after each other. Where it meets an acceleration,
which is s^2 times a position, s / (s + w)^3 is left of it: nothing of a ramp, which is what a gyro's constant error
makes of gravity. All are exact for straight lines between the values.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, lfilter_zi

from sportcoach_perception.recent import Recent, rows_at

Array = NDArray[np.float64]

CORNER: Final = 2.0 * math.pi * 0.7
"""w [rad/s]: slower than the movement in exercise, and fast enough that what a sensor's errors add up to is small."""

ORDER: Final = 3
"""Of the high-pass."""

SETTLING: Final = 0.5
"""Time after which the filters have forgotten how they began, mostly [s]."""

STEP: Final = 0.01
"""Of the even times at which the swing of an IMU is known [s]."""

FELT: Final = 12
"""Swings of an IMU: 9 of its rotation matrix, 3 of its acceleration."""


def _high_pass(period: float) -> tuple[float, float]:
    """Share of the last value that stays, and weight of the change."""
    stays = math.exp(-CORNER * period)
    return stays, (1.0 - stays) / (CORNER * period)


def _product(*polynomials: Array) -> Array:
    """Coefficients of the product of polynomials."""
    return reduce(np.convolve, polynomials)


class SeenSwing:
    """Of landmarks, frame by frame.

    Attributes:
        settled: time from which on the swings are good [s].
    """

    def __init__(self) -> None:
        self.settled = math.inf
        self._last: tuple[float, Array] | None = None
        self._stages: list[Array] = []

    def update(self, values: Array, time: float) -> Array:
        """The swings (C,) of `values` (C,) at `time` [s], which is after that of the last ones."""
        if self._last is None:
            self.settled = time + SETTLING
            self._stages = [np.zeros_like(values)] * ORDER
        else:
            stays, weight = _high_pass(time - self._last[0])
            change = values - self._last[1]
            for index, before in enumerate(self._stages):
                self._stages[index] = stays * before + weight * change
                change = self._stages[index] - before
        self._last = time, values
        return self._stages[-1]


class FeltSwing:
    """Of an IMU, on even times, from rows of time, rotation matrix (9), acceleration in the axes of the room (3).

    Args:
        max_gap: nothing is interpolated over longer gaps [s].
    """

    _STAYS, _CHANGE = _high_pass(STEP)
    _DIFFERENCE: Final = _CHANGE * np.array([1.0, -1.0])
    _MEAN: Final = np.array([1.0 - _CHANGE, _CHANGE - _STAYS]) / CORNER
    _TURNING: Final = _product(*[_DIFFERENCE] * ORDER)
    _PUSHING: Final = _product(*[_MEAN] * 2, *[_DIFFERENCE] * (ORDER - 2))
    _DENOMINATOR: Final = _product(*[np.array([1.0, -_STAYS])] * ORDER)

    def __init__(self, max_gap: float) -> None:
        self._max_gap = max_gap
        self._begin(-math.inf)

    def _begin(self, time: float) -> None:
        self._origin, self._settled = time, time + SETTLING
        self._grid = np.zeros((0, FELT))
        self._first = 0
        self._state: tuple[Array, Array] | None = None
        self._last: Array | None = None

    def extend(self, recent: Recent) -> None:
        """Take the rows of `recent` that are new; a gap begins anew."""
        rows = recent.after(-math.inf if self._last is None else float(self._last[0]))
        if len(rows) == 0:
            return
        rows = rows if self._last is None else np.vstack([self._last, rows])
        gaps = np.flatnonzero(np.diff(rows[:, 0]) > self._max_gap)
        if len(gaps) or self._last is None:
            rows = rows[gaps[-1] + 1 if len(gaps) else 0 :]
            self._begin(float(rows[0, 0]))
        self._last = rows[-1].copy()
        number = int((rows[-1, 0] - self._origin) / STEP) + 1  # even times up to the last row
        grid = self._origin + STEP * np.arange(self._first + len(self._grid), number, dtype=np.float64)
        if len(grid) == 0 or len(rows) < 2:
            return
        self._filter(rows_at(grid, rows))

    def _filter(self, values: Array) -> None:
        """Add the swings of `values` (N, 12); the first ones are taken for what had been all the time before."""
        turning, pushing = values[:, :9], values[:, 9:]
        if self._state is None:
            self._state = self._at_rest(self._TURNING, turning[0]), self._at_rest(self._PUSHING, pushing[0])
        turned, state = lfilter(self._TURNING, self._DENOMINATOR, turning, axis=0, zi=self._state[0])
        pushed, other = lfilter(self._PUSHING, self._DENOMINATOR, pushing, axis=0, zi=self._state[1])
        self._state = state, other
        kept = self._grid[-1024:]
        self._first += len(self._grid) - len(kept)
        self._grid = np.concatenate([kept, np.hstack([turned, pushed])])

    def _at_rest(self, numerator: Array, values: Array) -> Array:
        """State (ORDER, C) of a filter to which `values` (C,) have come for ever."""
        return np.asarray(lfilter_zi(numerator, self._DENOMINATOR)[:, None] * values)

    def at(self, times: Array, offsets: Array) -> Array | None:
        """(K, N, FELT) at `times` (N,) plus `offsets` (K,), which are multiples of STEP apart; None when not known."""
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

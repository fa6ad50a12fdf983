"""The newest rows of a stream, in one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rows_at(times: Array, rows: Array) -> Array:
    """(T, C) at `times` (T,) between `rows` (N, 1 + C), whose first column is their time; held beyond the ends."""
    after = np.clip(np.searchsorted(rows[:, 0], times), 1, len(rows) - 1)
    before, behind = rows[after - 1], rows[after]
    share = ((times - before[:, 0]) / (behind[:, 0] - before[:, 0])).clip(0.0, 1.0)
    return np.asarray(before[:, 1:] + share[:, None] * (behind[:, 1:] - before[:, 1:]))


class Recent:
    """Rows with their times, oldest first; the oldest are forgotten.

    Args:
        size: so many rows are kept at least, twice as many at most.
        columns: numbers in a row, besides the time.
    """

    def __init__(self, size: int, columns: int) -> None:
        self._size: Final = size
        self._rows = np.empty((2 * size, 1 + columns))
        self._count = 0

    @property
    def first(self) -> float:
        """Time of the oldest row [s], inf when there is none."""
        return float(self._rows[0, 0]) if self._count else np.inf

    @property
    def last(self) -> float:
        """Time of the newest row [s], -inf when there is none."""
        return float(self._rows[self._count - 1, 0]) if self._count else -np.inf

    def append(self, time: float, values: Sequence[float] | Array) -> None:
        """Add a row; its `time` [s] must be after that of the last one."""
        if self._count == len(self._rows):
            self._rows[: self._size] = self._rows[self._size :]
            self._count = self._size
        row = self._rows[self._count]
        row[0], row[1:] = time, values
        self._count += 1

    def after(self, time: float) -> Array:
        """(N, 1 + columns) the rows after `time` [s]: a view, until the next `append`."""
        rows = self._rows[: self._count]
        return rows[np.searchsorted(rows[:, 0], time, side="right") :]

    def between(self, begin: float, end: float, max_gap: float) -> Array | None:
        """(N, 1 + columns) the rows around `begin` to `end` [s]: a view, until the next `append`.

        None when they do not reach that far, or leave more than `max_gap` [s] between two.
        """
        rows = self._rows[: self._count]
        times = rows[:, 0]
        low = int(np.searchsorted(times, begin, side="right")) - 1
        high = int(np.searchsorted(times, end, side="left")) + 1
        if low < 0 or high > len(rows) or high - low < 3 or np.diff(times[low:high]).max() > max_gap:
            return None
        return rows[low:high]

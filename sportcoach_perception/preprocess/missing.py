"""Missing frames from the average of a window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools

Array = NDArray[np.float64]

WINDOW: Final = 5
"""Frames that are averaged; the paper does not give its number."""


def fill_centred(sequence: Array, present: Bools, window: int = WINDOW) -> Array:
    """Missing frames of (T, ...) from those present among the `window` around each; needs the future.

    A frame with none present around it stays as it is.
    """
    half = window // 2
    return _filled(sequence, present, lambda t: slice(max(0, t - half), t + half + 1))


def fill(sequence: Array, present: Bools, window: int = WINDOW) -> Array:
    """What stands for it online: the average of those present among the `window` frames before."""
    return _filled(sequence, present, lambda t: slice(max(0, t - window), t))


def _filled(sequence: Array, present: Bools, around: Callable[[int], slice]) -> Array:
    filled = sequence.copy()
    for t in np.flatnonzero(~present):
        near = around(int(t))
        if present[near].any():
            filled[t] = sequence[near][present[near]].mean(axis=0)
    return filled


class Filling:
    """The streaming form of `fill`."""

    def __init__(self, window: int = WINDOW) -> None:
        self._recent: deque[Array | None] = deque(maxlen=window)

    def step(self, frame: Array, present: bool) -> Array:
        """The frame, or what stands for it when it is missing."""
        near = [each for each in self._recent if each is not None]
        self._recent.append(frame if present else None)
        return frame if present or not near else np.asarray(np.mean(near, axis=0))

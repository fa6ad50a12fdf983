"""The z-score of every node, eq. 9."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPSILON: Final = 1e-6
"""Least deviation that is divided by: a node that stands still becomes 0."""


def standardize(sequence: Array) -> Array:
    """(x - mean) / deviation over the whole sequence (T, ...), every channel for itself; needs the future."""
    return np.asarray((sequence - sequence.mean(axis=0)) / np.maximum(sequence.std(axis=0), EPSILON))


def standardize_so_far(sequence: Array) -> Array:
    """What stands for it online: mean and deviation over what has been seen, the newest frame included."""
    count = np.arange(1, len(sequence) + 1).reshape(-1, *[1] * (sequence.ndim - 1))
    centred = sequence - sequence[:1]  # the squares of small numbers cancel less
    mean = np.cumsum(centred, axis=0) / count
    variance = np.cumsum(centred**2, axis=0) / count - mean**2
    return (centred - mean) / np.maximum(np.sqrt(np.maximum(variance, 0.0)), EPSILON)


class Standardization:
    """The streaming form of `standardize_so_far`; at the end of a sequence it agrees with `standardize` too.

    Mean and sum of squares are updated as by Welford (1962, Note on a method for calculating corrected sums of squares
    and products, Technometrics 4(3):419-420).
    """

    def __init__(self) -> None:
        self._count = 0
        self._mean: Array = np.zeros(1)
        self._squares: Array = np.zeros(1)

    def step(self, frame: Array) -> Array:
        """The frame by mean and deviation so far."""
        self._count += 1
        deviation = frame - self._mean
        self._mean = self._mean + deviation / self._count
        self._squares = self._squares + deviation * (frame - self._mean)
        return (frame - self._mean) / np.maximum(np.sqrt(self._squares / self._count), EPSILON)

"""Exponential smoothing, eq. 10."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

ALPHA: Final = 0.6
"""Weight of the newest frame."""


def smooth(sequence: Array, alpha: float = ALPHA) -> Array:
    """s_t = alpha x_t + (1 - alpha) s_(t-1), s_0 = x_0, of a sequence (T, ...); causal as it is."""
    if not len(sequence):
        return sequence
    state = (1.0 - alpha) * sequence[:1]
    return np.asarray(lfilter([alpha], [1.0, alpha - 1.0], sequence, axis=0, zi=state)[0])


class Smoothing:
    """The streaming form."""

    def __init__(self, alpha: float = ALPHA) -> None:
        self._alpha = alpha
        self._state: Array | None = None

    def step(self, frame: Array) -> Array:
        """The smoothed frame."""
        self._state = frame if self._state is None else self._alpha * frame + (1.0 - self._alpha) * self._state
        return self._state

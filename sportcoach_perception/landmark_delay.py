"""How late MediaPipe's own smoothing shows a landmark.

On video, MediaPipe passes every coordinate of the landmarks in the picture through a 1 euro filter (Casiez, Roussel and
Vogel 2012, 1 euro filter: a simple speed-based low-pass filter for noisy input in interactive systems): a first-order
low-pass whose cut-off grows with the speed, which it takes in sizes of the athlete per second. A slow ankle is shown
tens of milliseconds late, a fast wrist hardly at all.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Array = NDArray[np.float64]

MIN_CUTOFF: Final = 0.05
"""Cut-off at rest [Hz]; this and the next two as MediaPipe's pose landmarker sets them."""

BETA: Final = 80.0
"""Growth of the cut-off with the speed [Hz per size per second]."""

SPEED_CUTOFF: Final = 1.0
"""Cut-off of the speed's own low-pass [Hz]."""

MAX_DELAY: Final = 0.15
"""A landmark that hardly moves has a delay without bound, and without consequence [s]."""


def gain(cutoff: Array | float, period: Array | float) -> Array:
    """Weight of the new value in a first-order low-pass of `cutoff` [Hz], sampled every `period` [s]."""
    return np.asarray(1.0 / (1.0 + 1.0 / (2.0 * np.pi * period * np.asarray(cutoff))))


def athlete_size(image: Array) -> Array:
    """Mean of width and height (...) of the box around the landmarks (..., 33, 2)."""
    return np.asarray(np.mean(np.max(image, axis=-2) - np.min(image, axis=-2), axis=-1))


def mean_delay(points: Array, size: Array, period: float) -> Array:
    """Mean delay of some landmarks [s], in which an instant counts by the square of the speed then.

    Args:
        points: (F, P, 2) position in the picture, in units in which its pixels are square.
        size: (F,) of the athlete, in the same units.
        period: between two frames [s].

    Returns:
        (P,), 0 to `MAX_DELAY`.
    """
    velocity = np.gradient(points, period, axis=0)
    weight = float(gain(SPEED_CUTOFF, period))
    smooth = lfilter([weight], [1.0, weight - 1.0], velocity / size[:, None, None], axis=0)
    delay = np.minimum(1.0 / (2.0 * np.pi * (MIN_CUTOFF + BETA * np.abs(smooth))), MAX_DELAY)
    energy = velocity**2 + 1e-12
    return np.asarray(np.sum(energy * delay, axis=(0, 2)) / np.sum(energy, axis=(0, 2)))

"""How likely every offset between the clocks of camera and IMU is, from what both say of the movement.

For each offset, where every landmark of the limb's chain is seen is explained by what the IMU feels, by least squares
(`motion_signals` tells why the relation is linear). A landmark's errors last; whitened by the difference to a part of
the frame before, they are independent, and with them unknown but Gaussian the log-likelihood of an offset is the sum
over the coordinates of -n/2 log(share that remains unexplained).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import LANDMARKS_SEEN

Array = NDArray[np.float64]

REACH: Final = 0.3
"""Offsets looked at, to both sides [s]."""

STEP: Final = 0.02
"""Between two of them [s]: a movement's correlation changes little in this time."""

OFFSETS: Final[Array] = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1).astype(np.float64) * STEP
"""(K,) offsets at which the evidence is computed [s]."""

HALF_LIFE: Final = 20.0
"""Age at which movement counts half [s]: clocks drift."""

ERROR_TIME: Final = 0.2
"""Time in which the autocorrelation of a landmark's error falls to 1/e [s]."""

TRUST: Final = 0.5
"""Share of the log-likelihood that is believed: what a pose network gets wrong is not Gaussian, and not linear."""

RIDGE: Final = 5e-3
"""Added to the variance of what is felt, as a share of it, so that an axis without movement explains nothing."""

_FELT: Final = 12
_SEEN: Final = 2 * LANDMARKS_SEEN


class OffsetEvidence:
    """Fading sums over the frames of one limb."""

    def __init__(self) -> None:
        self._felt = np.zeros((len(OFFSETS), _FELT, _FELT + _SEEN + 1))
        self._seen = np.zeros((2, _SEEN))
        self.frames = 0.0
        self.seconds = 0.0

    def fade(self, elapsed: float) -> None:
        """Let time go by [s]."""
        share = 0.5 ** (elapsed / HALF_LIFE)
        self._felt *= share
        self._seen *= share
        self.frames *= share
        self.seconds *= share

    def add(self, times: Array, seen: Array, felt: Array) -> None:
        """Take in successive frames.

        Args:
            times: (N,) [s].
            seen: (N, 2 LANDMARKS_SEEN) swings of the landmarks.
            felt: (K, N, 12) swings of the IMU at `times` plus OFFSETS.
        """
        keep = np.exp(-np.diff(times) / ERROR_TIME)[:, None]
        y = seen[1:] - keep * seen[:-1]
        x = felt[:, 1:] - keep * felt[:, :-1]
        both = np.empty((*x.shape[:2], _FELT + _SEEN + 1))
        both[..., :_FELT], both[..., _FELT:-1], both[..., -1] = x, y, 1.0
        self._felt += x.transpose(0, 2, 1) @ both
        self._seen += y.sum(axis=0), (y * y).sum(axis=0)
        self.frames += len(y)
        self.seconds += float(times[-1] - times[0])

    def likelihood(self) -> Array:
        """(K,) log-likelihood of every one of OFFSETS, up to a constant; never negative."""
        mean_x = self._felt[..., -1] / self.frames
        mean_y, square_y = self._seen / self.frames
        total = square_y - mean_y**2 + 1e-15
        covariance = self._felt[..., :_FELT] / self.frames - mean_x[:, :, None] * mean_x[:, None, :]
        cross = self._felt[..., _FELT:-1] / self.frames - mean_x[:, :, None] * mean_y
        scale = np.sqrt(np.einsum("kii->ki", covariance)) + 1e-12
        correlation = covariance / (scale[:, :, None] * scale[:, None, :]) + RIDGE * np.eye(_FELT)
        cross = cross / scale[:, :, None]
        explained = np.einsum("kic,kic->kc", cross, np.linalg.solve(correlation, cross)) / total
        return np.asarray(-0.5 * TRUST * self.frames * np.log1p(-np.clip(explained, 0.0, 1.0 - 1e-9)).sum(axis=1))

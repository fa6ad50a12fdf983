"""How well what an IMU feels fits what the camera sees of a limb, at the best offset between their clocks.

The fit is the first canonical correlation rho (Hotelling 1936, Relations between two sets of variates): the largest
under any linear combination of axes, whatever way the sensor is strapped on. For Gaussian signals the log-likelihood of
an offset is -n/2 log(1 - rho^2), with n independent samples.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import RATE, Motion
from sportcoach_perception.offset_evidence import HALF_LIFE, REACH

Array = NDArray[np.float64]

STEPS: Final = round(REACH * RATE)

INDEPENDENT: Final = 2.0
"""Independent samples per second and fit: the errors of a pose network last."""

RIDGE: Final = 1e-3
"""Added to the variances, as a share of their mean, so that an axis without movement counts for nothing."""


class _Fit:
    """Fading second moments of (felt, seen, 1) for every offset.

    Args:
        felt: number of axes.
    """

    def __init__(self, felt: int) -> None:
        self._felt = felt
        self._sum = np.zeros((2 * STEPS + 1, felt + 3, felt + 3))

    def fade(self, share: float) -> None:
        """Leave a share of the past."""
        self._sum *= share

    def add(self, felt: Array, seen: Array) -> None:
        """Take in `felt` (N + 2 STEPS, F), which begins `REACH` earlier, and `seen` (N, 2)."""
        rows = np.empty((len(self._sum), self._sum.shape[1], len(seen)))
        rows[:, : self._felt] = sliding_window_view(felt, len(seen), axis=0)
        rows[:, self._felt : -1] = seen.T
        rows[:, -1] = 1.0
        self._sum += rows @ rows.transpose(0, 2, 1)

    @property
    def seconds(self) -> float:
        """Movement taken in, faded [s]."""
        return float(self._sum[0, -1, -1]) / RATE

    def quality(self) -> Array:
        """(K,) -log(1 - rho^2)."""
        weight = self._sum[0, -1, -1]
        mean = self._sum[:, -1, :-1] / weight
        covariance = self._sum[:, :-1, :-1] / weight - mean[:, :, None] * mean[:, None, :]
        felt, cross = covariance[:, : self._felt, : self._felt], covariance[:, : self._felt, self._felt :]
        cross = cross @ _whitening(covariance[0, self._felt :, self._felt :])
        explained = cross.transpose(0, 2, 1) @ np.linalg.solve(_ridged(felt), cross)
        rho2 = np.linalg.eigvalsh(explained)[:, -1]
        return np.asarray(-np.log1p(-np.clip(rho2, 0.0, 1.0 - 1e-9)))


def _ridged(covariance: Array) -> Array:
    """`covariance` (..., P, P) with a ridge, never singular."""
    size = covariance.shape[-1]
    level = np.trace(covariance, axis1=-2, axis2=-1) / size
    return np.asarray(covariance + (RIDGE * level[..., None, None] + 1e-12) * np.eye(size))


def _whitening(covariance: Array) -> Array:
    """Axes in which `covariance` (S, S) is the unit matrix, but for the ridge."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(_ridged(covariance))).T)


class MotionEvidence:
    """Evidence about one IMU and one limb."""

    def __init__(self) -> None:
        self._turning = _Fit(9)
        self._pushing = _Fit(3)

    def fade(self, elapsed: float) -> None:
        """Let time go by [s]."""
        share = 0.5 ** (elapsed / HALF_LIFE)
        self._turning.fade(share)
        self._pushing.fade(share)

    def add(self, felt: Motion, seen: Motion) -> None:
        """Take in movement, felt from `REACH` before to `REACH` after what is seen."""
        self._turning.add(felt.turning, seen.turning[:, 2:4] - seen.turning[:, 0:2])
        self._pushing.add(felt.pushing, seen.pushing[:, 2:4])

    @property
    def seconds(self) -> float:
        """Movement taken in, of which the older counts less [s]."""
        return self._turning.seconds

    def likelihood(self) -> float:
        """Log-likelihood of the best offset, up to a constant; never negative."""
        fit = self._turning.quality() + self._pushing.quality()
        return float(np.max(fit)) * INDEPENDENT / 2.0 * self.seconds

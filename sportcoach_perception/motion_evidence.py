"""How well what an IMU feels fits what the camera sees of a limb, for every offset between their clocks.

The fit is the first canonical correlation rho (Hotelling 1936, Relations between two sets of variates): the largest
under any linear combination of axes, whatever way the sensor is strapped on. For Gaussian signals the log-likelihood of
an offset is -n/2 log(1 - rho^2), with n independent samples.

The fit is made twice, because the two err differently: with the segment that carries the sensor alone, and with the
principal movements of all that hangs together with it, in which the errors of single landmarks average out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import LANDMARKS_SEEN, RATE, Motion

Array = NDArray[np.float64]

REACH: Final = 0.3
"""Offsets looked at, to both sides [s]."""

STEPS: Final = round(REACH * RATE)

OFFSETS: Final = np.arange(-STEPS, STEPS + 1) / RATE
"""(K,) offsets at which the evidence is computed [s]."""

HALF_LIFE: Final = 20.0
"""Age at which movement counts half [s]: clocks drift."""

INDEPENDENT: Final = 2.0
"""Independent samples per second and fit: the errors of a pose network last, and the two fits share some of them."""

PRINCIPAL: Final = 3
"""Principal movements."""

RIDGE: Final = 1e-3
"""Added to the variances, as a share of their mean, so that an axis without movement counts for nothing."""

_SEGMENT: Final = np.eye(2 * LANDMARKS_SEEN)[:, 2:4] - np.eye(2 * LANDMARKS_SEEN)[:, 0:2]
_FAR_END: Final = np.eye(2 * LANDMARKS_SEEN)[:, 2:4]


class _Fit:
    """Fading second moments of (felt, seen, 1) for every offset.

    Args:
        felt: number of axes.
        segment: (2 LANDMARKS_SEEN, 2) what to take of the seen for the segment alone.
    """

    def __init__(self, felt: int, segment: Array) -> None:
        self._felt = felt
        self._segment = segment
        size = felt + len(segment) + 1
        self._sum = np.zeros((len(OFFSETS), size, size))

    def fade(self, share: float) -> None:
        """Leave a share of the past."""
        self._sum *= share

    def add(self, felt: Array, seen: Array) -> None:
        """Take in `felt` (N + 2 STEPS, F), which begins `REACH` earlier, and `seen` (N, S)."""
        rows = np.empty((len(OFFSETS), self._sum.shape[1], len(seen)))
        rows[:, : self._felt] = sliding_window_view(felt, len(seen), axis=0)
        rows[:, self._felt : -1] = seen.T
        rows[:, -1] = 1.0
        self._sum += rows @ rows.transpose(0, 2, 1)

    @property
    def seconds(self) -> float:
        """Movement taken in, faded [s]."""
        return float(self._sum[0, -1, -1]) / RATE

    def quality(self) -> Array:
        """(2, K) -log(1 - rho^2) of the segment alone, and of the principal movements."""
        weight = self._sum[0, -1, -1]
        mean = self._sum[:, -1, :-1] / weight
        covariance = self._sum[:, :-1, :-1] / weight - mean[:, :, None] * mean[:, None, :]
        felt, cross = covariance[:, : self._felt, : self._felt], covariance[:, : self._felt, self._felt :]
        seen = covariance[0, self._felt :, self._felt :]
        segment, principal = _whitened(self._segment, seen), _whitened(np.linalg.eigh(seen)[1][:, -PRINCIPAL:], seen)
        cross = cross @ np.hstack([segment, principal])
        explained = cross.transpose(0, 2, 1) @ np.linalg.solve(_ridged(felt), cross)
        alone = segment.shape[1]
        return np.stack(
            [_log_unexplained(explained[:, :alone, :alone]), _log_unexplained(explained[:, alone:, alone:])]
        )


def _ridged(covariance: Array) -> Array:
    """`covariance` (..., P, P) with a ridge, never singular."""
    size = covariance.shape[-1]
    level = np.trace(covariance, axis1=-2, axis2=-1) / size
    return np.asarray(covariance + (RIDGE * level[..., None, None] + 1e-12) * np.eye(size))


def _whitened(basis: Array, covariance: Array) -> Array:
    """A basis (S, Q) of the same space in which `covariance` (S, S) is the unit matrix, but for the ridge."""
    return np.asarray(basis @ np.linalg.inv(np.linalg.cholesky(_ridged(basis.T @ covariance @ basis))).T)


def _log_unexplained(explained: Array) -> Array:
    """(K,) -log(1 - rho^2) of whitened movement with the `explained` covariance (K, Q, Q)."""
    rho2 = np.linalg.eigvalsh(explained)[:, -1]
    return np.asarray(-np.log1p(-np.clip(rho2, 0.0, 1.0 - 1e-9)))


class MotionEvidence:
    """Evidence about one IMU and one limb."""

    def __init__(self) -> None:
        self._turning = _Fit(9, _SEGMENT)
        self._pushing = _Fit(3, _FAR_END)
        self._delays = np.zeros(2)

    def fade(self, elapsed: float) -> None:
        """Let time go by [s]."""
        share = 0.5 ** (elapsed / HALF_LIFE)
        self._turning.fade(share)
        self._pushing.fade(share)
        self._delays *= share

    def add(self, felt: Motion, seen: Motion) -> None:
        """Take in movement, felt from `REACH` before to `REACH` after what is seen."""
        self._turning.add(felt.turning, seen.turning)
        self._pushing.add(felt.pushing, seen.pushing)
        self._delays += np.sum(seen.turning[:, :4] ** 2) * np.array([seen.delay, 1.0])

    @property
    def seconds(self) -> float:
        """Movement taken in, of which the older counts less [s]."""
        return self._turning.seconds

    @property
    def delay(self) -> float:
        """Mean delay that has been taken out of what is seen of the segment, the faster the more it counts [s]."""
        return float(self._delays[0] / self._delays[1]) if self._delays[1] > 0.0 else 0.0

    def likelihood(self, alone: bool = False) -> Array:
        """(K,) log-likelihood of every one of OFFSETS, up to a constant; never negative.

        Args:
            alone: from the segment alone, which is what tells one limb from another.
        """
        fits = self._turning.quality() + self._pushing.quality()
        fit = fits[0] if alone else np.sum(fits, axis=0)
        return np.asarray(fit * (INDEPENDENT / 2.0 * self.seconds))

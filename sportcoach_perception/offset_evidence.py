"""How likely every offset between the clocks of camera and IMU is, from what both say of the movement.

For each offset, where every landmark of the limb's chain is seen is explained by what the IMU feels, by least squares
(`motion_signals` tells why the relation is linear). How far a landmark is from the sensor, and how large a metre is in
the picture, is roughly known beforehand and limits the coefficients (Bayesian linear regression). A landmark's errors
last; whitened, they are independent, and with their size unknown but Gaussian the log-likelihood of an offset is the
sum over the coordinates of -n/2 log(share that remains unexplained).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sportcoach_perception.motion_signals import LANDMARKS_SEEN
from sportcoach_perception.swing import FELT

Array = NDArray[np.float64]

REACH: Final = 0.3
"""Offsets looked at, to both sides [s]."""

STEP: Final = 0.03
"""Between two of them [s]: a movement's correlation changes little in this time."""

OFFSETS: Final[Array] = np.arange(-round(REACH / STEP), round(REACH / STEP) + 1).astype(np.float64) * STEP
"""(K,) offsets at which the evidence is computed [s]."""

HALF_LIFE: Final = 20.0
"""Age at which movement counts half [s]: clocks drift."""

ERROR: Final = 0.0025
"""Deviation of a landmark's error, whitened [heights of the picture]."""

ERROR_TIME: Final = 0.4
"""Time in which the autocorrelation of what lasts of an error, of landmark or relation, falls to 1/e [s]."""

ERROR_GAIN: Final = 0.3
"""Gain of the Kalman filter that follows what lasts of an error, about half of its variance, at 30 Hz."""

FLOOR: Final = 0.0005
"""The least that is believed of it: athletes who stand still sway by as little [heights of the picture]."""

METRE: Final = 0.5
"""What a metre is in the picture [heights of the picture]."""

LEVER: Final = 0.5
"""Distance of a landmark from the sensor [m]."""

TRUST: Final = 0.5
"""Share of the log-likelihood that is believed: what a pose network gets wrong is not Gaussian, and not linear."""

_PRIOR: Final = METRE * np.repeat([LEVER, 1.0], [9, 3])
_RIDGE: Final = np.diag((ERROR / _PRIOR) ** 2)
_SEEN: Final = 2 * LANDMARKS_SEEN


class _Whitening:
    """Takes off a signal what a steady Kalman filter would foretell of an error, of which only what is new stays."""

    def __init__(self, axis: int) -> None:
        self._axis = axis
        self._state: Array | None = None

    def restart(self) -> None:
        """Forget the signal."""
        self._state = None

    def apply(self, values: Array, keep: float) -> Array:
        """What is new in `values` but the first ones, which are the last ones of the piece before, if there was one.

        Args:
            values: times along the axis.
            keep: share of what lasts that is left from one time to the next.
        """
        b, a = (1.0, -keep), (1.0, -keep * (1.0 - ERROR_GAIN))
        first, rest = np.split(values, [1], axis=self._axis)
        state = -keep * first if self._state is None else self._state
        new, self._state = lfilter(b, a, rest, axis=self._axis, zi=state)
        return np.asarray(new)


class OffsetEvidence:
    """Fading sums over the frames of one limb."""

    def __init__(self) -> None:
        self._felt = np.zeros((len(OFFSETS), FELT, FELT + _SEEN + 1))
        self._seen = np.zeros((2, _SEEN))
        self._whitenings = _Whitening(axis=1), _Whitening(axis=0)
        self.frames = 0.0
        self.seconds = 0.0

    def fade(self, elapsed: float) -> None:
        """Let time go by [s]."""
        share = 0.5 ** (elapsed / HALF_LIFE)
        self._felt *= share
        self._seen *= share
        self.frames *= share
        self.seconds *= share

    def interrupt(self) -> None:
        """The next frames do not follow those before."""
        for whitening in self._whitenings:
            whitening.restart()

    def add(self, times: Array, seen: Array, felt: Array) -> None:
        """Take in successive frames, of which the first was the last one before unless there was an interruption.

        Args:
            times: (N,) [s].
            seen: (N, 2 LANDMARKS_SEEN) swings of the landmarks.
            felt: (K, N, FELT) swings of the IMU at `times` plus OFFSETS.
        """
        seconds = float(times[-1] - times[0])
        keep = math.exp(-seconds / (len(times) - 1) / ERROR_TIME)
        x, y = (whitening.apply(values, keep) for whitening, values in zip(self._whitenings, (felt, seen), strict=True))
        both = np.empty((*x.shape[:2], FELT + _SEEN + 1))
        both[..., :FELT], both[..., FELT:-1], both[..., -1] = x, y, 1.0
        self._felt += x.transpose(0, 2, 1) @ both
        self._seen += y.sum(axis=0), (y * y).sum(axis=0)
        self.frames += len(y)
        self.seconds += seconds

    def likelihood(self) -> Array:
        """(K,) log-likelihood of every one of OFFSETS, up to a constant; never negative."""
        sum_x, (sum_y, square_y) = self._felt[..., -1], self._seen
        total = square_y - sum_y**2 / self.frames + self.frames * FLOOR**2
        covariance = self._felt[..., :FELT] - sum_x[:, :, None] * sum_x[:, None, :] / self.frames
        cross = self._felt[..., FELT:-1] - sum_x[:, :, None] * sum_y / self.frames
        explained = np.einsum("kic,kic->kc", cross, np.linalg.solve(covariance + _RIDGE, cross)) / total
        return np.asarray(-0.5 * TRUST * self.frames * np.log1p(-np.clip(explained, 0.0, 1.0 - 1e-9)).sum(axis=1))

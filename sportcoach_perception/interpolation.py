"""Policy `interpolate`: every channel of every IMU at the very stamp of the skeleton, streaming and in batch."""

from __future__ import annotations

import math
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools, Floats, ImuSample
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.stamp_gate import SECOND
from sportcoach_perception.synchronizer import LimbSignals


class Interpolation:
    """Linear interpolation between the two samples around a stamp (see Pairing).

    Samples are kept for `HISTORY` before the last skeleton, so that an offset can change without a hole, and at most
    `DEPTH` of them per limb.

    Args:
        max_gap: two samples further apart than this are not interpolated between [s].
    """

    HISTORY: Final = SECOND // 2
    DEPTH: Final = 1024

    def __init__(self, max_gap: float = 0.1) -> None:
        self.reach = 0
        self.offsets = [0] * len(LIMBS)
        self._max_gap = round(max_gap * 1e9)
        self._samples: list[deque[ImuSample]] = [deque(maxlen=self.DEPTH) for _ in LIMBS]

    def add_sample(self, limb: int, sample: ImuSample) -> None:
        """Take a sample, newer than all others of its limb."""
        self._samples[limb].append(sample)

    def add_skeleton(self, stamp: int) -> None:
        """Nothing depends on skeletons to come."""

    def clear(self, limb: int) -> None:
        """Forget the samples of a limb."""
        self._samples[limb].clear()

    def knows(self, stamp: int) -> bool:
        """Never before a sample beyond the stamp has come."""
        return False

    def at(self, stamp: int) -> LimbSignals:
        """The signals at `stamp`; a limb is valid when samples on both sides of it are at most `max_gap` apart."""
        imu = np.zeros((len(LIMBS), 6), np.float32)
        valid, sync_error = [False] * len(LIMBS), [math.nan] * len(LIMBS)
        for limb, offset in enumerate(self.offsets):
            pivot = stamp + offset
            around = self._around(self._samples[limb], pivot)
            if around is None:
                continue
            before, after = around
            if after is before:
                imu[limb] = before.signal
            else:
                weight = np.float32((pivot - before.stamp) / (after.stamp - before.stamp))
                imu[limb] = before.signal + weight * (after.signal - before.signal)
            valid[limb] = True
            sync_error[limb] = min(pivot - before.stamp, abs(after.stamp - pivot)) * 1e-9
        return LimbSignals(imu, np.array(valid), np.array(sync_error, np.float32))

    def _around(self, samples: deque[ImuSample], pivot: int) -> tuple[ImuSample, ImuSample] | None:
        """The neighbours of `pivot`, twice the same for a sample at `pivot`; None when it has none close enough."""
        while samples and samples[0].stamp < pivot - self.HISTORY:
            samples.popleft()
        after: ImuSample | None = None
        for sample in reversed(samples):  # the pivot is among the newest
            if sample.stamp == pivot:
                return sample, sample
            if sample.stamp < pivot:
                return (sample, after) if after is not None and after.stamp - sample.stamp <= self._max_gap else None
            after = sample
        return None


def interpolate(
    stamps: NDArray[np.int64], signals: Floats, pivots: NDArray[np.int64], max_gap: float = 0.1
) -> tuple[Floats, Bools]:
    """The batch form: a whole recording of one limb at all `pivots` at once, equal to the last bit.

    Args:
        stamps: (N,) increasing [ns].
        signals: (N, C).
        pivots: (P,) [ns].
        max_gap: two samples further apart than this are not interpolated between [s].

    Returns:
        The signals at the pivots (P, C), zero where not valid, and whether they are valid (P,).
    """
    if not len(stamps):
        return np.zeros((len(pivots), signals.shape[1]), np.float32), np.zeros(len(pivots), np.bool_)
    after = np.minimum(np.searchsorted(stamps, pivots), len(stamps) - 1)
    before = np.where(stamps[after] == pivots, after, np.maximum(after - 1, 0))
    span = stamps[after] - stamps[before]
    weight = ((pivots - stamps[before]) / np.maximum(span, 1)).astype(np.float32)[:, None]
    values = signals[before] + weight * (signals[after] - signals[before])
    valid = (stamps[0] <= pivots) & (pivots <= stamps[-1]) & (span <= round(max_gap * 1e9))
    return np.where(valid[:, None], values, np.float32(0.0)), valid

"""Skeletons and limb IMUs on one clock: every skeleton goes out with the IMU signals interpolated to its stamp."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from sportcoach_perception.frames import FusedFrame, ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS

_LIMB_INDEX = {limb: index for index, limb in enumerate(LIMBS)}


@dataclass(slots=True)
class SynchronizerCounts:
    """What went in and what was refused."""

    skeletons: int = 0
    imu_samples: int = 0
    late: int = 0
    """Skeletons and samples not newer than the one before of their stream."""
    unusable: int = 0
    """Samples with a number that is not finite."""
    restarts: int = 0
    """Backward jumps of the clock, after which everything starts anew."""


class Synchronizer:
    """Pairs each skeleton with the four IMUs by linear interpolation at the skeleton's stamp.

    A skeleton waits for a limb only while that limb is alive, and never past `max_wait` of stream time; then it goes
    out with the limb marked invalid. Decisions depend on stamps and order of arrival only.

    Args:
        max_wait: the longest a skeleton is held, counted in stamps of the newest message of any stream [s].
        max_gap: two samples further apart than this are not interpolated between [s].
        alive: a limb not heard of for this long is not waited for [s].
    """

    RESTART = 1_000_000_000
    """A stamp this far behind the last one means that the clock was set back, not that a message is late [ns]."""

    def __init__(self, max_wait: float = 0.1, max_gap: float = 0.1, alive: float = 0.5) -> None:
        self._max_wait = round(max_wait * 1e9)
        self._max_gap = round(max_gap * 1e9)
        self._alive = round(alive * 1e9)
        self.counts = SynchronizerCounts()
        self._pending: deque[Skeleton] = deque(maxlen=64)
        self._samples: list[deque[ImuSample]] = [deque(maxlen=512) for _ in LIMBS]
        self._last_skeleton: int | None = None
        self._newest = 0

    def _restart(self) -> None:
        self.counts.restarts += 1
        self._pending.clear()
        for samples in self._samples:
            samples.clear()
        self._last_skeleton = None
        self._newest = 0

    def _accept(self, stamp: int, last: int | None) -> bool:
        """Whether a message continues its stream that was at `last`; starts anew when the clock was set back."""
        if last is not None and stamp <= last:
            if last - stamp < self.RESTART:
                self.counts.late += 1
                return False
            self._restart()
        self._newest = max(self._newest, stamp)
        return True

    def add_imu(self, sample: ImuSample) -> tuple[FusedFrame, ...]:
        """Take an IMU sample; returns the frames that had been waiting for it, oldest first."""
        samples = self._samples[_LIMB_INDEX[sample.limb]]
        self.counts.imu_samples += 1
        if not np.isfinite(sample.signal).all():
            self.counts.unusable += 1
            return ()
        if not self._accept(sample.stamp, samples[-1].stamp if samples else None):
            return ()
        samples.append(sample)
        return self._release()

    def add_skeleton(self, skeleton: Skeleton) -> tuple[FusedFrame, ...]:
        """Take a skeleton; returns the frames that are ready, oldest first: this one at once when no IMU is alive."""
        self.counts.skeletons += 1
        if not self._accept(skeleton.stamp, self._last_skeleton):
            return ()
        self._last_skeleton = skeleton.stamp
        self._pending.append(skeleton)
        return self._release()

    def flush(self) -> tuple[FusedFrame, ...]:
        """The frames still waiting, with what is there: for the end of a recording."""
        frames = tuple(self._fuse(skeleton) for skeleton in self._pending)
        self._pending.clear()
        return frames

    def _release(self) -> tuple[FusedFrame, ...]:
        frames = []
        while self._pending and self._is_ready(self._pending[0].stamp):
            frames.append(self._fuse(self._pending.popleft()))
        return tuple(frames)

    def _is_ready(self, pivot: int) -> bool:
        if self._newest >= pivot + self._max_wait:
            return True
        newest = (samples[-1].stamp for samples in self._samples if samples)
        return all(stamp >= pivot or stamp < pivot - self._alive for stamp in newest)

    def _fuse(self, skeleton: Skeleton) -> FusedFrame:
        imu = np.zeros((len(LIMBS), 6), np.float32)
        valid = np.zeros(len(LIMBS), np.bool_)
        sync_error = np.full(len(LIMBS), np.nan, np.float32)
        for limb, samples in enumerate(self._samples):
            pair = self._around(samples, skeleton.stamp)
            if pair is None:
                continue
            before, after = pair
            span = after.stamp - before.stamp
            weight = np.float32((skeleton.stamp - before.stamp) / span if span else 0.0)
            imu[limb] = before.signal + weight * (after.signal - before.signal)
            valid[limb] = True
            sync_error[limb] = min(skeleton.stamp - before.stamp, after.stamp - skeleton.stamp) * 1e-9
        return FusedFrame(
            skeleton.stamp,
            skeleton.detected,
            skeleton.world,
            skeleton.visibility,
            imu,
            valid,
            sync_error,
            skeleton.athlete_id,
        )

    def _around(self, samples: deque[ImuSample], pivot: int) -> tuple[ImuSample, ImuSample] | None:
        """The neighbours of `pivot`, dropping what lies before them; None when it has none close enough."""
        while len(samples) >= 2 and samples[1].stamp <= pivot:
            samples.popleft()
        if not samples or samples[0].stamp > pivot:
            return None
        before = samples[0]
        after = samples[1] if len(samples) >= 2 else before
        if after is before and before.stamp != pivot:
            return None
        if before.stamp == pivot:
            return before, before
        return (before, after) if after.stamp - before.stamp <= self._max_gap else None

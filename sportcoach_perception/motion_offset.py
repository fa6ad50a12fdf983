"""How late an IMU's stamps are against the camera's, found from the movement that both see.

The likelihood of every offset (`offset_evidence`) has a peak. Its curvature gives the deviation of the estimate
(Cramer-Rao), the height of the next peak the chance that another one is right: movement repeats.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.offset_evidence import OFFSETS, REACH, STEP, OffsetEvidence

Array = NDArray[np.float64]

BLOCK: Final = 0.25
"""Movement is taken in by pieces of this length until the estimate is sure [s]."""

SURE_BLOCK: Final = 0.5
"""And by pieces of this length from then on [s]."""

MIN_SECONDS: Final = 2.0
"""Less movement than this says nothing [s]."""

STEADY: Final = 8
"""By how much so many of the last estimates differ from the present one adds to its deviation."""

SYSTEMATIC: Final = 0.005
"""Deviation of what no length of movement averages out: a pose network errs alike in like postures [s]."""

MAX_DEVIATION: Final = 0.010
"""A sure estimate has no larger one [s]."""

MIN_CONFIDENCE: Final = 0.98
"""A sure estimate has no smaller one."""


@dataclass(frozen=True, slots=True)
class OffsetEstimate:
    """The stamps of an IMU are `offset` [s] late: subtract it.

    deviation: expected error [s].
    confidence: probability that the right offset is this one and none far from it, 0..1.
    """

    offset: float = 0.0
    deviation: float = float("inf")
    confidence: float = 0.0

    @property
    def sure(self) -> bool:
        """Whether it may be applied."""
        return self.deviation <= MAX_DEVIATION and self.confidence >= MIN_CONFIDENCE


def highest_peak(likelihood: Array) -> OffsetEstimate:
    """The estimate that a log-likelihood (K,) of OFFSETS gives; one at the edge of OFFSETS is none."""
    top = int(np.argmax(likelihood))
    if not 0 < top < len(likelihood) - 1:
        return OffsetEstimate()
    change = np.diff(likelihood)
    peaks = np.flatnonzero((change[:-1] >= 0.0) & (change[1:] <= 0.0) & (change[:-1] > change[1:])) + 1
    before, after = change[peaks - 1], change[peaks]
    curvature = before - after
    slope = 0.5 * (before + after)
    heights = likelihood[peaks] + 0.5 * slope**2 / curvature
    (own,) = np.flatnonzero(peaks == top)
    ends = likelihood[[0, -1]] * (change[0] <= 0.0, change[-1] >= 0.0)
    return OffsetEstimate(
        offset=float(OFFSETS[top] + STEP * slope[own] / curvature[own]),
        deviation=float(STEP / np.sqrt(curvature[own])),
        confidence=float(1.0 - np.exp(max(*np.delete(heights, own), *ends) - heights[own])),
    )


class MotionOffset:
    """Estimates the offset of one limb's IMU from the movement seen and felt.

    Movement is added to the evidence piece by piece; older evidence fades. A limb that is hidden or stands still adds
    none, so that the estimate becomes unsure again after a while. When one of the clocks was set back, all begins anew.

    Args:
        limb: of LIMBS.
        seen: gets the skeletons.
        felt: gets the samples of the limb's IMU.

    Attributes:
        estimate: the present one.
        likelihood: (K,) logarithm of it for each of OFFSETS, up to a constant.
    """

    def __init__(self, limb: str, seen: SeenMotion, felt: FeltMotion) -> None:
        self._limb, self._seen, self._felt = limb, seen, felt
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._epochs = self._seen.epoch, self._felt.epoch
        self._due = -np.inf
        self._evidence = OffsetEvidence()
        self._end = -np.inf
        self._work: Iterator[None] = iter(())
        self._last: deque[float] = deque(maxlen=STEADY)
        self.likelihood = np.zeros(len(OFFSETS))
        self.estimate = OffsetEstimate()

    def advance(self) -> None:
        """One step of the work; new work once all of the next piece of movement is there."""
        if self._epochs != (self._seen.epoch, self._felt.epoch):
            self._begin_anew()
        if next(self._work, self) is None or self._felt.last < self._due:
            return
        begin = max(self._end, self._seen.first, self._felt.first + REACH)
        end = begin + (SURE_BLOCK if self.estimate.sure else BLOCK)
        if self._seen.last < end:
            return
        self._due = end + REACH + STEP
        if self._felt.last >= self._due:
            self._work = self._learn(begin, end)

    def _learn(self, begin: float, end: float) -> Iterator[None]:
        self._felt.filter()
        yield
        end = self._take(begin, end)
        if self._end > -np.inf:
            self._evidence.fade(end - self._end)
        self._end = end
        yield
        self._conclude()
        yield

    def _take(self, begin: float, end: float) -> float:
        """Add the frames from `begin` on; returns the time of the last one before `end`, from which to go on."""
        seen = self._seen.swing(self._limb, begin, end)
        felt = self._felt.swing(seen[0][:-1], OFFSETS) if seen else None
        if seen is None or felt is None:
            self._evidence.interrupt()
            return end
        times, swings = seen[0][:-1], seen[1][:-1]
        self._evidence.add(times, swings, felt)
        return float(times[-1])

    def _conclude(self) -> None:
        if self._evidence.seconds >= MIN_SECONDS:
            self.likelihood = self._evidence.likelihood()
            estimate = highest_peak(self.likelihood)
            self._last.append(estimate.offset)
            wandering = math.sqrt(sum((offset - estimate.offset) ** 2 for offset in self._last) / len(self._last))
            self.estimate = replace(estimate, deviation=math.hypot(estimate.deviation, SYSTEMATIC, wandering))
        else:
            self._last.clear()
            self.likelihood = np.zeros(len(OFFSETS))
            self.estimate = OffsetEstimate()


def shared_offset(members: Iterable[MotionOffset]) -> OffsetEstimate:
    """The estimate for IMUs that are known to share one offset, from all their limbs together."""
    return highest_peak(np.sum([member.likelihood for member in members], axis=0))

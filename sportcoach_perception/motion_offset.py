"""How late an IMU's stamps are against the camera's, found from the movement that both see.

The likelihood of every offset (`offset_evidence`) has a peak. Its curvature gives the deviation of the estimate
(Cramer-Rao), the height of the next peak the chance that another one is right: movement repeats.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.offset_evidence import OFFSETS, REACH, STEP, OffsetEvidence

Array = NDArray[np.float64]

BLOCK: Final = 0.5
"""Movement is taken in by pieces of this length [s]."""

MIN_TURN: Final = 0.15
"""A limb that turns slower than this stands still [rad/s, rms]."""

MIN_SECONDS: Final = 1.0
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
    before, peak, after = likelihood[top - 1 : top + 2]
    curvature = 2.0 * peak - before - after
    if curvature <= 0.0:
        return OffsetEstimate()
    padded = np.pad(likelihood, 1, constant_values=-np.inf)
    rival = (likelihood >= padded[:-2]) & (likelihood >= padded[2:])
    rival[top - 1 : top + 2] = False
    gap = peak - np.max(likelihood[rival], initial=0.0)
    return OffsetEstimate(
        offset=float(OFFSETS[top] + 0.5 * STEP * (after - before) / curvature),
        deviation=float(STEP / np.sqrt(curvature)),
        confidence=float(1.0 - np.exp(-gap)),
    )


class MotionOffset:
    """Estimates the offset of one limb's IMU from the movement seen and felt.

    Every half second of movement is added to the evidence; older evidence fades. A limb that is hidden or stands still
    adds none, so that the estimate becomes unsure again after a while. When one of the clocks was set back, all begins
    anew.

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
        self._evidence = OffsetEvidence()
        self._end = -np.inf
        self._news = False
        self._last: deque[float] = deque(maxlen=STEADY)
        self.likelihood = np.zeros(len(OFFSETS))
        self.estimate = OffsetEstimate()

    def advance(self) -> None:
        """Take in the next piece of movement once all of it is there; draw the conclusion at the next call."""
        if self._epochs != (self._seen.epoch, self._felt.epoch):
            self._begin_anew()
        if self._news:
            self._conclude()
            return
        begin = max(self._end, self._seen.first, self._felt.first + REACH)
        end = begin + BLOCK
        if self._seen.last < end or self._felt.last < end + REACH + STEP:
            return
        end = self._take(begin, end)
        if self._end > -np.inf:
            self._evidence.fade(end - self._end)
        self._end = end
        self._news = True

    def _take(self, begin: float, end: float) -> float:
        """Add the frames from `begin` on; returns the time of the last one before `end`, from which to go on."""
        if not self._felt.turn_rate(begin, end) >= MIN_TURN:
            return end
        seen = self._seen.swing(self._limb, begin, end)
        if seen is None:
            return end
        times, swings = seen[0][:-1], seen[1][:-1]
        felt = self._felt.swing(times, OFFSETS)
        if felt is None:
            return end
        self._evidence.add(times, swings, felt)
        return float(times[-1])

    def _conclude(self) -> None:
        self._news = False
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

"""How late an IMU's stamps are against the camera's, found from the movement that both see.

The likelihood of every offset (`motion_evidence`) has a peak. Its curvature gives the deviation of the estimate
(Cramer-Rao), the height of the next peak the chance that another one is right: movement repeats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_delay import MAX_DELAY
from sportcoach_perception.motion_evidence import OFFSETS, REACH, MotionEvidence
from sportcoach_perception.motion_signals import MARGIN, RATE, FeltMotion, SeenMotion, turn_rate

Array = NDArray[np.float64]

BLOCK: Final = 0.5
"""Movement is taken in by pieces of this length [s]."""

MIN_TURN: Final = 0.15
"""A limb that turns slower than this stands still [rad/s, rms]."""

MIN_SECONDS: Final = 2.0
"""Less movement than this says nothing [s]."""

DELAY_DOUBT: Final = 0.15
"""Deviation of the delay of landmarks against the computed one, as a share of it."""

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
        offset=float(OFFSETS[top] + 0.5 * (after - before) / curvature / RATE),
        deviation=float(1.0 / (RATE * np.sqrt(curvature))),
        confidence=float(1.0 - np.exp(-gap)),
    )


class MotionOffset:
    """Estimates the offset of one limb's IMU while samples and skeletons come in.

    Every half second the movement seen and felt is added to the evidence; older evidence fades. A limb that is hidden
    or stands still adds none, so that the estimate becomes unsure again after a while.

    Args:
        limb: of LIMBS; samples of others are not for this one.
        aspect: width of the picture over its height.
        smoothed: the skeletons come out of MediaPipe on video, whose smoothing delays them.

    Attributes:
        estimate: the present one.
        likelihood: (K,) logarithm of it for each of OFFSETS, up to a constant.
    """

    RESTART: Final = 1.0
    """A stamp this far behind the last one means that a clock was set back, and all begins anew [s]."""

    def __init__(self, limb: str, aspect: float = 4.0 / 3.0, smoothed: bool = True) -> None:
        self._limb = limb
        self._aspect, self._smoothed = aspect, smoothed
        self.reset()

    def reset(self) -> None:
        """Begin anew: one of the clocks was set."""
        self._seen = SeenMotion(self._aspect, self._smoothed)
        self._felt = FeltMotion()
        self._evidence = MotionEvidence()
        self._begin = -np.inf
        self._stale = False
        self.likelihood = np.zeros(len(OFFSETS))
        self.estimate = OffsetEstimate()

    def add_skeleton(self, skeleton: Skeleton) -> None:
        """Take a skeleton; not detected ones count as gaps."""
        if skeleton.stamp * 1e-9 < self._seen.last - self.RESTART:
            self.reset()
        if skeleton.detected:
            self._seen.add(skeleton)
            self._advance()

    def add_imu(self, sample: ImuSample) -> None:
        """Take a sample of the limb's IMU; one that is not finite is dropped."""
        if sample.stamp * 1e-9 < self._felt.last - self.RESTART:
            self.reset()
        self._felt.add(sample)
        self._advance()

    def _advance(self) -> None:
        """Take in the next piece of movement once all of it is there; draw the conclusion at the next call."""
        if self._stale:
            self._conclude()
            return
        begin = max(self._begin, self._seen.first + MARGIN, self._felt.first + REACH + MARGIN)
        end = begin + BLOCK
        if self._seen.last < end + MARGIN + MAX_DELAY or self._felt.last < end + REACH + MARGIN:
            return
        if self._begin > -np.inf:
            self._evidence.fade(end - self._begin)
        self._take(begin, end)
        self._begin = end
        self._seen.forget(end - MARGIN)
        self._felt.forget(end - REACH - MARGIN)

    def _take(self, begin: float, end: float) -> None:
        felt = self._felt.motion(begin - REACH, end + REACH)
        if felt is not None and turn_rate(felt) >= MIN_TURN:
            seen = self._seen.motion(self._limb, begin, end)
            if seen is not None:
                self._evidence.add(felt, seen)
        self._stale = True

    def _conclude(self) -> None:
        self._stale = False
        if self._evidence.seconds >= MIN_SECONDS:
            self.likelihood = self._evidence.likelihood()
            estimate = highest_peak(self.likelihood)
            deviation = math.hypot(estimate.deviation, DELAY_DOUBT * self._evidence.delay)
            self.estimate = replace(estimate, deviation=deviation)
        else:
            self.likelihood = np.zeros(len(OFFSETS))
            self.estimate = OffsetEstimate()


def shared_offset(members: Iterable[MotionOffset]) -> OffsetEstimate:
    """The estimate for IMUs that are known to share one offset, from all their limbs together."""
    return highest_peak(np.sum([member.likelihood for member in members], axis=0))

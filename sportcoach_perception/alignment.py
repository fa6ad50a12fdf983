"""What the motion tells about the IMUs: constant offsets, applied when they are sure, and which limb each is on."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Final

from sportcoach_perception.frames import FusedFrame, ImuSample
from sportcoach_perception.limb_assignment import Assignment, LimbAssignment
from sportcoach_perception.motion_offset import MotionOffset, OffsetEstimate
from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.skeleton import LIMBS


class Alignment:
    """Estimates every limb's offset and applies it; compares sensors and limbs.

    The estimators are fed frame by frame as frames go out, with the samples up to the frame's stamp. So the offset that
    a frame gets depends on the stamps before it alone, not on the order in which the streams came in.

    Args:
        apply: called with a limb's index and its offset [ns] when it changes; None only to estimate.
        compare: sensors and limbs, which costs as much as the offsets.

    Attributes:
        applied: the offset of every limb that is applied now [ns].
    """

    STEP: Final = 5_000_000
    """Changes of a sure estimate below this are not followed: they are its noise [ns]."""

    DEPTH: Final = 1024
    """Samples of a limb that wait for a frame."""

    LEARNING: Final = 2
    """Limbs that learn at every frame: at 30 Hz, enough for all to keep up."""

    ASSIGNMENT_STEPS: Final = 2
    """Steps in the comparison of sensors and limbs at every frame: at 30 Hz, enough for it to keep up."""

    def __init__(self, apply: Callable[[int, int], None] | None, compare: bool = True) -> None:
        self._apply = apply
        self._seen, self._felt = SeenMotion(), {limb: FeltMotion() for limb in LIMBS}
        self._motions = [MotionOffset(limb, self._seen, felt) for limb, felt in self._felt.items()]
        self._assignment = LimbAssignment(self._seen, self._felt) if compare else None
        self._turn = 0
        self._waiting: list[deque[ImuSample]] = [deque(maxlen=self.DEPTH) for _ in LIMBS]
        self._newest = [-math.inf] * len(LIMBS)
        self.applied = [0] * len(LIMBS)

    @property
    def estimates(self) -> list[OffsetEstimate]:
        """Of every limb."""
        return [motion.estimate for motion in self._motions]

    @property
    def assignment(self) -> Assignment | None:
        """Which limb each sensor is on; None when they are not compared."""
        return self._assignment.assignment if self._assignment else None

    def on_sample(self, limb: int, sample: ImuSample) -> None:
        """Take a sample that the synchronizer took; one that goes back in time begins everything anew."""
        waiting = self._waiting[limb]
        if sample.stamp <= self._newest[limb]:
            waiting.clear()
            self._felt[LIMBS[limb]].restart()
            self._change(limb, 0)
        self._newest[limb] = sample.stamp
        waiting.append(sample)

    def on_frame(self, frame: FusedFrame) -> None:
        """Learn from a frame that goes out; the frames after it get the offsets learned.

        The limbs take turns: learning costs far more than everything else, and must not come all at once.
        """
        if not any(self._waiting):
            return
        self._seen.add(frame.skeleton)
        for _ in range(self.LEARNING):
            self._learn(self._turn, frame.stamp)
            self._turn = (self._turn + 1) % len(LIMBS)
        if self._assignment:
            for _ in range(self.ASSIGNMENT_STEPS):
                self._assignment.advance()

    def _learn(self, limb: int, now: int) -> None:
        """Hand the samples up to a frame at `now` [ns] to a limb's estimator."""
        motion, felt, waiting = self._motions[limb], self._felt[LIMBS[limb]], self._waiting[limb]
        until = now + self.applied[limb]
        while waiting and waiting[0].stamp <= until:
            felt.add(waiting.popleft())
        motion.advance()
        estimate = motion.estimate
        offset = round(estimate.offset * 1e9)
        if estimate.sure and abs(offset - self.applied[limb]) > self.STEP:
            self._change(limb, offset)

    def _change(self, limb: int, offset: int) -> None:
        if self._apply is not None and offset != self.applied[limb]:
            self.applied[limb] = offset
            self._apply(limb, offset)

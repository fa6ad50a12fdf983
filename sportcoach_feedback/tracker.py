"""One exercise followed over time: its repetitions, their quality and their faults."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from sportcoach_feedback.coaching import Fault, JointDeviation
from sportcoach_feedback.deviation import faults, in_posture, judge, progress_of
from sportcoach_feedback.exercise import Exercise
from sportcoach_feedback.lowering import LoweringMeter
from sportcoach_feedback.pose import Pose
from sportcoach_feedback.repetitions import Cycle, Phase, RepetitionCounter

PERSISTENCE: Final = 200_000_000
"""A fault must last this long before it counts [ns]; one of the turning point counts at once."""

ASTRAY: Final = 300_000_000
"""Out of the exercise's posture for longer, the movement under way is something else [ns]."""

NEAR_TURN: Final = 0.07
"""The turning pose is the median of the poses within so much progress of it: some have left and right swapped."""

MAX_TURN_FRAMES: Final = 300
"""So many of them are remembered while the athlete stays there."""

FULL_RANGE: Final = 0.8
"""Progress at the turning point from which the range of motion is as good as full."""

PARTIAL: Final = 0.7
"""Progress at the turning point below which a repetition is a partial one."""

PARTIAL_RANGE: Final = "partial_range"
"""Name of the fault of a partial repetition."""

FLICKER: Final = 100_000_000
"""A fault that is gone for no longer than this has lasted [ns]."""


_UNDER_WAY: Final = (Phase.EXECUTE, Phase.END)
"""When it is a repetition, and not just swaying: earlier nothing is said, but faults begin to last."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A repetition that ended.

    quality: 0..1, mean over the frames in which a joint could be judged, times the share of the range of motion used.
    faults: those that lasted, at their worst.
    looked_for: names of the faults that could be judged, whether they were there or not.
    """

    cycle: Cycle
    quality: float
    faults: tuple[Fault, ...]
    looked_for: frozenset[str]


class Persistence:
    """Tells faults that last from flickers."""

    def __init__(self) -> None:
        self._since: dict[str, int] = {}
        self._seen: dict[str, int] = {}

    def step(self, stamp: int, present: tuple[Fault, ...], at_once: frozenset[str]) -> tuple[Fault, ...]:
        """Those of the faults `present` at `stamp` [ns] that have lasted, or that count `at_once`."""
        lasting = []
        for fault in present:
            if stamp - self._seen.get(fault.name, stamp) > FLICKER or fault.name not in self._since:
                self._since[fault.name] = stamp
            self._seen[fault.name] = stamp
            if fault.name in at_once or stamp - self._since[fault.name] >= PERSISTENCE:
                lasting.append(fault)
        return tuple(lasting)


class TurningPoint:
    """The pose at the turning point of the movement under way, from all frames near it."""

    def __init__(self) -> None:
        self._highest = -math.inf
        self._near: deque[tuple[float, Pose]] = deque(maxlen=MAX_TURN_FRAMES)

    def add(self, progress: float, pose: Pose) -> None:
        """Take a pose with its smoothed progress."""
        if progress > self._highest:
            self._highest = progress
            while self._near and self._near[0][0] < progress - NEAR_TURN:
                self._near.popleft()
        if progress >= self._highest - NEAR_TURN:
            self._near.append((progress, pose))

    def pose(self) -> Pose:
        """What was seen there; something must have been added."""
        return Pose.median([pose for _, pose in self._near])


class ExerciseTracker:
    """Follows one exercise, whether or not it is the one being done.

    Attributes:
        joints, quality: of this frame against the reference, see `deviation.judge`.
        present: faults in this frame.
        lasting: those of them that have lasted long enough to be said.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self._at_turn = frozenset(rule.name for rule in exercise.faults if rule.phase == "turn")
        self._counter = RepetitionCounter()
        self._lowering = LoweringMeter(exercise.signal)
        self.reset()

    def reset(self) -> None:
        """Forget the movement under way."""
        self._counter.reset()
        self._lowering.reset()
        self._persistence = Persistence()
        self._astray_since: int | None = None
        self._early = False
        self.joints: tuple[JointDeviation, ...] = ()
        self.quality = 0.0
        self.present: tuple[Fault, ...] = ()
        self.lasting: tuple[Fault, ...] = ()
        self._begin()

    def _begin(self) -> None:
        self._quality_sum, self._judged_frames = 0.0, 0
        self._worst: dict[str, Fault] = {}
        self._looked_for: set[str] = set()
        self._turning = TurningPoint()

    def worth_a_word(self, recognised: bool) -> tuple[Fault, ...]:
        """Those of the `lasting` faults that may be said.

        While the turning point is only probable, its faults need the exercise to be `recognised`: who is merely told to
        be doing it may be doing something else.
        """
        if recognised or not self._early:
            return self.lasting
        return tuple(fault for fault in self.lasting if fault.name not in self._at_turn)

    @property
    def phase(self) -> Phase:
        """Where the movement is."""
        return self._counter.phase

    @property
    def progress(self) -> float:
        """Smoothed progress, 0 starting pose, 1 turning pose; NaN while unknown."""
        return self._counter.progress

    def step(self, stamp: int, pose: Pose | None) -> Finished | None:
        """Take the pose at `stamp` [ns], None while nobody is in view; returns the repetition that it completes."""
        self.joints, self.quality, self.present = (), 0.0, ()
        if pose and self.exercise.signal.lowered:
            pose = self._lowering.step(stamp, pose)
        progress = self._progress(stamp, pose) if pose else math.nan
        cycle = self._counter.step(stamp, progress)
        if pose and not math.isnan(progress):
            self._turning.add(self.progress, pose)
            self.joints, self.quality = judge(self.exercise, pose, progress)
            turn = self._turning.pose() if cycle or self._counter.turned else None
            self.present, looked_for = faults(self.exercise, pose, self.phase, turn)
            self._looked_for |= looked_for
        lasting = self._persistence.step(stamp, self.present, self._at_turn)
        self.lasting = lasting if self.phase in _UNDER_WAY else ()
        self._early = self._counter.turned and cycle is None
        if cycle:  # it is certain only now where the turning point was
            self._worst = {name: fault for name, fault in self._worst.items() if name not in self._at_turn}
        self._remember()
        return self._finish(cycle) if cycle else None

    def _progress(self, stamp: int, pose: Pose) -> float:
        """Progress of `pose`, NaN in a posture that isn't the exercise's; there for long, the movement is given up."""
        progress = progress_of(self.exercise, pose)
        if in_posture(self.exercise, pose, progress):
            self._astray_since = None
            return progress
        if self._astray_since is None:
            self._astray_since = stamp
        if stamp - self._astray_since > ASTRAY:
            self._counter.give_up()
        return math.nan

    def _remember(self) -> None:
        if self.phase is Phase.IDLE:
            self._begin()
        if self.joints:
            self._quality_sum += self.quality
            self._judged_frames += 1
        for fault in self.lasting:
            if fault.name not in self._worst or fault.deviation > self._worst[fault.name].deviation:
                self._worst[fault.name] = fault

    def _partial(self, cycle: Cycle) -> tuple[Fault, ...]:
        """Names a partial repetition, where no fault of the exercise does."""
        signal = self.exercise.signal
        named = any(rule.name in self._worst and rule.angle == signal.angle for rule in self.exercise.faults)
        if cycle.depth >= PARTIAL or named:
            return ()
        return (Fault(PARTIAL_RANGE, signal.angle, (1.0 - cycle.depth) * abs(signal.turn - signal.start), 1.0),)

    def _finish(self, cycle: Cycle) -> Finished:
        form = self._quality_sum / self._judged_frames if self._judged_frames else 1.0
        quality = form * min(cycle.depth / FULL_RANGE, 1.0)
        faults = (*self._worst.values(), *self._partial(cycle))
        finished = Finished(cycle, quality, faults, frozenset(self._looked_for))
        self._begin()
        return finished

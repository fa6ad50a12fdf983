"""The coach: from fused frames and recognised actions to stages, deviations, repetitions and cues."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Final

from sportcoach_feedback.calibration import Calibration, Calibrator
from sportcoach_feedback.coaching import Coaching, Cue, Deviation, Fault, Repetition, Stage
from sportcoach_feedback.control import Command, Control
from sportcoach_feedback.cues import THRESHOLD, CuePolicy
from sportcoach_feedback.exercise import Exercise
from sportcoach_feedback.pose import Pose
from sportcoach_feedback.repetitions import Phase
from sportcoach_feedback.stages import STILL, Motion, MotionMeter
from sportcoach_feedback.texts import Texts
from sportcoach_feedback.tracker import ExerciseTracker, Finished
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.action import ACTIONS, Action

AUTO: Final = "auto"
"""Coach whatever exercise is recognised."""

SWITCH: Final = 300_000_000
"""A new label must hold this long to replace the exercise being coached [ns]."""

CREDIT: Final = 3_000_000_000
"""Repetitions that ended no longer than this before their exercise was recognised are credited to it [ns]."""


LATE: Final = 2_000_000_000
"""Faults of a repetition that ended no longer than this before it is credited are said then [ns]."""


class ExerciseSelector:
    """The exercise being coached, from labels that flicker: a name, or empty for none."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names
        self.reset()

    def reset(self) -> None:
        """Coach nothing."""
        self._active = ""
        self._changed_at: int | None = None

    def step(self, stamp: int, label: str) -> str:
        """Take the label at `stamp` [ns]. The first exercise is taken at once, a change when it holds for `SWITCH`."""
        wanted = label if label in self._names else ""
        if wanted == self._active:
            self._changed_at = None
        elif self._active == "":
            self._active = wanted
        elif self._changed_at is None:
            self._changed_at = stamp
        elif stamp - self._changed_at >= SWITCH:
            self._active, self._changed_at = wanted, None
        return self._active


class RepetitionLedger:
    """Numbers the repetitions of the exercise that is recognised, each movement once.

    Every exercise counts all the time. What it counted is kept for `CREDIT` and handed out when its label is there, so
    that neither late recognition nor a label that flickers loses a repetition; a movement that one exercise has been
    credited with isn't counted for another.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Start at number 1."""
        self._waiting: dict[str, deque[Finished]] = {}
        self._credited_until = -math.inf
        self._last: dict[str, Repetition] = {}

    def add(self, exercise: str, finished: Finished) -> None:
        """Keep a repetition that `exercise` has counted."""
        self._waiting.setdefault(exercise, deque(maxlen=16)).append(finished)

    def credit(self, stamp: int, exercise: str) -> tuple[Repetition, ...]:
        """The repetitions of the recognised `exercise` that are to be reported at `stamp` [ns]."""
        waiting = self._waiting.pop(exercise, None) or ()
        credited = []
        for finished in waiting:
            cycle = finished.cycle
            if stamp - cycle.end > CREDIT or cycle.start < self._credited_until:
                continue
            number = self.number(exercise) + 1
            repetition = Repetition(stamp, exercise, cycle.start, cycle.end, number, finished.quality, finished.faults)
            self._credited_until = cycle.end
            self._last[exercise] = repetition
            credited.append(repetition)
        return tuple(credited)

    def number(self, exercise: str) -> int:
        """Repetitions of `exercise` so far."""
        return self._last[exercise].number if exercise in self._last else 0

    def tempo(self, exercise: str) -> float:
        """Seconds that the last repetition of `exercise` took, NaN before the first."""
        last = self._last.get(exercise)
        return (last.end - last.start) * 1e-9 if last else math.nan


class Coach:
    """Coaches one athlete, frame by frame; the answer depends on the frames and actions so far only.

    A repetition counts at 60 % of the way back to the starting pose, so nothing is left to count when a stream ends.

    Args:
        exercises: definitions by name, see `load_exercises`.
        exercise: the one to coach whenever somebody is in view, or `AUTO` for the one that is recognised, of those
            that the network has a label for.
        language: of the cues.
        threshold: excess over a fault's limit from which it is worth a word [degrees].
        calibration: of the athlete, if there is one.

    Attributes:
        calibration: that of the athlete; a new one after the wish for it and two seconds of standing still.
        lasting: faults of the frame, and of the repetitions that it brings, that have lasted, worth a word or not.

    Raises:
        UserError: there is no such exercise or language.
    """

    def __init__(
        self,
        exercises: Mapping[str, Exercise],
        exercise: str = AUTO,
        language: str = "en",
        threshold: float = THRESHOLD,
        calibration: Calibration | None = None,
    ) -> None:
        self.calibration = calibration
        self._calibrator: Calibrator | None = None
        self._exercises = exercises
        self._ledger = RepetitionLedger()
        self._meter = MotionMeter()
        self._newest = -1
        self._policy = CuePolicy(Texts(language), threshold)
        self._wishes: deque[Control] = deque(maxlen=64)
        self._running = True
        self.choose(exercise)

    def choose(self, exercise: str) -> None:
        """Coach `exercise` from now on, or `AUTO`, in a new set.

        Raises:
            UserError: there is no such exercise.
        """
        self._check(exercise)
        self._fixed = "" if exercise == AUTO else exercise
        followed = [self._fixed] if self._fixed else [name for name in self._exercises if name in ACTIONS]
        adapt = self.calibration.adapt if self.calibration else lambda exercise: exercise
        self._trackers = {name: ExerciseTracker(adapt(self._exercises[name])) for name in followed}
        self._selector = ExerciseSelector(frozenset(followed))
        self.reset()

    def control(self, wish: Control) -> None:
        """Take a wish; it holds from the first frame that is not older, so that a replay does the same.

        Raises:
            UserError: there is no such exercise.
        """
        if wish.command == Command.EXERCISE:
            self._check(wish.value)
        self._wishes.append(wish)

    def _check(self, exercise: str) -> None:
        names = (AUTO, *sorted(self._exercises))
        if exercise not in names:
            raise UserError(f"no exercise named '{exercise}'; there are {', '.join(names)}")

    def _obey(self, stamp: int) -> None:
        while self._wishes and self._wishes[0].stamp <= stamp:
            wish = self._wishes.popleft()
            if wish.command == Command.START:
                self.reset()
                self._running = True
            elif wish.command == Command.STOP:
                self._running = False
            elif wish.command == Command.CALIBRATE:
                self._calibrator = Calibrator()
            elif wish.command == Command.EXERCISE:
                self.choose(wish.value)

    def reset(self) -> None:
        """Start a new set with, possibly, a new athlete."""
        for tracker in self._trackers.values():
            tracker.reset()
        self._selector.reset()
        self._ledger.reset()
        self._meter.reset()
        self._policy.reset()
        self._looked_for: dict[str, frozenset[str]] = {}
        self.lasting: tuple[Fault, ...] = ()

    def step(self, frame: FusedFrame, action: Action) -> Coaching:
        """What to say about `frame`, recognised as `action`; a stamp that goes back begins a new set."""
        self._follow_clock(frame.stamp)
        stamp = frame.stamp
        self._obey(stamp)
        pose = Pose.of(frame.world, frame.visibility, frame.image, frame.aspect) if frame.detected else None
        self._calibrate(stamp, pose, frame)
        motion = self._meter.step(stamp, frame.world, pose.angles) if pose else STILL
        for name, tracker in self._trackers.items():
            finished = tracker.step(stamp, pose)
            if finished:
                self._looked_for[name] = finished.looked_for
                self._ledger.add(name, finished)
        active = self._selector.step(stamp, self._fixed or action.label) if pose and self._running else ""
        repetitions = self._ledger.credit(stamp, active)
        return Coaching(
            stage=self._stage(stamp, active, motion),
            deviation=self._deviation(stamp, active),
            repetitions=repetitions,
            cue=self._cue(stamp, active, repetitions, action.label == active),
        )

    def _calibrate(self, stamp: int, pose: Pose | None, frame: FusedFrame) -> None:
        """Once it is wanted, wait for the athlete to stand still; then coach with what was measured, in a new set."""
        found = self._calibrator.step(stamp, pose, frame.world) if self._calibrator else None
        if found:
            self._calibrator, self.calibration = None, found
            self.choose(self._fixed or AUTO)

    def _follow_clock(self, stamp: int) -> None:
        if stamp <= self._newest:
            self.reset()
        self._newest = stamp

    def _stage(self, stamp: int, active: str, motion: Motion) -> Stage:
        phase, progress = Phase.IDLE, 0.0
        if active:
            tracker = self._trackers[active]
            phase = tracker.phase
            progress = 0.0 if math.isnan(tracker.progress) else min(max(tracker.progress, 0.0), 1.0)
        return Stage(
            stamp=stamp,
            exercise=active,
            stage=phase.value,
            progress=progress,
            energy=motion.energy,
            boundary_score=motion.boundary_score,
            repetitions=self._ledger.number(active),
            tempo=self._ledger.tempo(active),
        )

    def _deviation(self, stamp: int, active: str) -> Deviation:
        if not active:
            return Deviation(stamp, "", (), 0.0, ())
        tracker = self._trackers[active]
        return Deviation(stamp, active, tracker.joints, tracker.quality, tracker.present)

    def _cue(self, stamp: int, active: str, repetitions: tuple[Repetition, ...], recognised: bool) -> Cue | None:
        self.lasting = ()
        if not active:
            return None
        tracker = self._trackers[active]
        self.lasting = tracker.worth_a_word(recognised) + tuple(
            fault for done in repetitions if stamp - done.end <= LATE for fault in done.faults
        )
        correction = self._policy.step(stamp, tracker.exercise, self.lasting)
        if correction or not repetitions:
            return correction
        return self._policy.praise(repetitions[-1], self._looked_for.get(active, ()))

"""A seen set, coached: what is said about it, whether that is right, and how late it comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from sportcoach.experiments.lateness import TrueSet, lateness
from sportcoach.experiments.seen_sets import SeenSet
from sportcoach.experiments.set_design import Cell
from sportcoach_feedback.coach import AUTO, Coach
from sportcoach_feedback.coaching import Fault
from sportcoach_feedback.cues import CuePolicy
from sportcoach_feedback.exercise import Exercise, FaultRule
from sportcoach_feedback.texts import Texts
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.action import ACTIONS, NOBODY, Action
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_sim.dataset.clip import Landmarks
from sportcoach_sim.scene import ASPECT

_UNKNOWN: Final = np.zeros(len(ACTIONS), np.float32)


@dataclass(frozen=True, slots=True)
class Watched:
    """A set as the coach sees it, whatever its threshold.

    lasting: (stamp [ns], exercise being coached, faults that have lasted) of each frame with an exercise.
    repetitions: counted.
    """

    seen: SeenSet
    lasting: tuple[tuple[int, str, tuple[Fault, ...]], ...]
    repetitions: int

    @property
    def cell(self) -> Cell:
        """What was to be done."""
        return self.seen.designed.cell


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the coach made of a set at one threshold.

    judged: the exercise looks for the set's fault in this view; True for a clean set.
    corrected: something was corrected.
    named: what was corrected first is the set's fault.
    wrong: corrections of what isn't there.
    first: the right correction came in the first repetition.
    lateness: from the moment at which the fault passed the threshold to the first right cue [s], None where the fault
        doesn't pass it, or nothing right is said.
    repetitions: counted.
    """

    cell: Cell
    judged: bool
    corrected: bool
    named: bool
    wrong: int
    first: bool
    lateness: float | None
    repetitions: int

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Verdict:
        """From its fields, as `asdict` gives them."""
        return cls(**{**fields, "cell": Cell(**fields["cell"])})


def frames_of(stamps: Iterable[int], landmarks: Landmarks) -> tuple[FusedFrame, ...]:
    """The frames of `landmarks`, taken at `stamps` [ns], without IMUs."""
    columns = (landmarks.detected, landmarks.world, landmarks.visibility, landmarks.image)
    return tuple(
        FusedFrame(int(stamp), bool(detected), world, visibility, image=image, aspect=ASPECT)
        for stamp, detected, world, visibility, image in zip(stamps, *columns, strict=True)
    )


def watch(seen: SeenSet, recognizer: Recognizer, exercises: Mapping[str, Exercise], told: bool = False) -> Watched:
    """See what is done in `seen`, and how; `told` which exercise it is, recognition is left out."""
    landmarks = seen.clip.mediapipe
    assert landmarks is not None, "the sets of the design are drawn"
    recognizer.reset()
    exercise = seen.designed.cell.exercise
    coach = Coach(exercises, exercise if told else AUTO)
    lasting, repetitions = [], 0
    for frame in frames_of(seen.clip.stamps, landmarks):
        label = exercise if frame.detected else NOBODY
        action = Action(frame.stamp, label, _UNKNOWN, 1.0, "") if told else recognizer.step(frame)
        coaching = coach.step(frame, action)
        repetitions += len(coaching.repetitions)
        if coaching.stage.exercise:
            lasting.append((frame.stamp, coaching.stage.exercise, coach.lasting))
    return Watched(seen, tuple(lasting), repetitions)


def rule_of(exercises: Mapping[str, Exercise], cell: Cell) -> FaultRule | None:
    """The rule that the fault of `cell` should fall under; None for a clean one, and where it isn't looked for."""
    rules = [rule for rule in exercises[cell.exercise].faults if rule.name == cell.fault and cell.view in rule.views]
    return rules[0] if rules else None


def judge(watched: Watched, exercises: Mapping[str, Exercise], threshold: float) -> Verdict:
    """What the policy says about a set at `threshold` [degrees], and whether that is right."""
    cell, truth = watched.cell, TrueSet.of_clip(watched.seen.clip)
    policy = CuePolicy(Texts(), threshold)
    cues = [policy.step(stamp, exercises[exercise], lasting) for stamp, exercise, lasting in watched.lasting]
    corrections = [cue for cue in cues if cue is not None]
    rule = rule_of(exercises, cell)
    right = [cue for cue in corrections if cell.fault and cue.fault == cell.fault]
    return Verdict(
        cell=cell,
        judged=not cell.fault or rule is not None,
        corrected=bool(corrections),
        named=bool(corrections) and corrections[0].fault == cell.fault,
        wrong=len(corrections) - len(right),
        first=bool(right) and truth.repetition_at(right[0].stamp) <= 1,
        lateness=lateness(truth, right[0].stamp, rule, threshold) if right and rule else None,
        repetitions=watched.repetitions,
    )

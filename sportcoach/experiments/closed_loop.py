"""Athletes that hear the coach: five rounds with a fault, in the eyes of the camera and in truth."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final

import numpy as np

from sportcoach.experiments.coached import rule_of
from sportcoach.experiments.lateness import TrueSet, lateness
from sportcoach.experiments.set_design import DesignedSet, designs
from sportcoach.experiments.trials import Measures, Setup, Trial
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.cues import THRESHOLD
from sportcoach_feedback.exercise import DIFFERENCE, FaultRule, load_exercises
from sportcoach_perception import pose_model
from sportcoach_perception.angles import ANGLE_INDEX, SIDES, UNSIDED, Angles
from sportcoach_perception.frames import FusedFrame, ImageFrame
from sportcoach_perception.pose import PoseEstimator
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet

ROUNDS: Final = 5
PER_ROUND: Final = 2
"""Repetitions of a round."""


@dataclass(frozen=True, slots=True)
class Loop:
    """One athlete's five rounds.

    coached, alone: error of each repetition with and without a coach [degrees]: the largest difference, within the
        repetition, of the angle that the fault is about from the same athlete's movement without the fault.
    cues: [number of the repetition, seconds from the fault's passing the threshold (None where it doesn't)] of each
        right cue.
    wrong: corrections of what isn't there.
    frame_ms: computing time of each frame, pose estimation included, 95th percentile.
    """

    exercise: str
    fault: str
    view: str
    speed: str
    coached: list[float]
    alone: list[float]
    cues: list[tuple[int, float | None]]
    wrong: int
    frame_ms: float


def trials(setup: Setup) -> list[Trial]:
    """Every athlete of the scale."""
    return [Trial(rounds, {"number": number, "seed": setup.seed}) for number in range(setup.scale.coached_athletes)]


def rounds(setup: Setup, number: int, seed: int) -> Measures:
    """Trial: the Loop of the athlete that does the design's set number `number` of those with a fault to be judged."""
    return asdict(run(next(islice(_judged(seed), number, None))))


def _judged(seed: int) -> Iterator[DesignedSet]:
    exercises = load_exercises()
    return (designed for designed in designs(seed) if rule_of(exercises, designed.cell) is not None)


def run(designed: DesignedSet) -> Loop:
    """Do the five rounds three times: coached, alone, and without the fault, with everything else the same."""
    rule = rule_of(load_exercises(), designed.cell)
    assert rule is not None
    faults = dict(designed.recipe.planned.faults)
    clean = _movement(_athlete(designed, {}, draw=False).observe())
    alone = _movement(_athlete(designed, faults, draw=False).observe())
    told = _Told()
    with _athlete(designed, faults, draw=True) as athlete:
        coached = list(told.listen(athlete, designed.cell.fault))
    truth = TrueSet.of_truths(coached)
    return Loop(
        exercise=designed.cell.exercise,
        fault=designed.cell.fault,
        view=designed.cell.view,
        speed=designed.cell.speed,
        coached=_errors(coached, clean, rule),
        alone=_errors(alone, clean, rule),
        cues=[(truth.repetition_at(stamp), lateness(truth, stamp, rule, THRESHOLD)) for stamp in told.right],
        wrong=told.wrong,
        frame_ms=float(np.percentile(told.times, 95)) * 1e3,
    )


def _athlete(designed: DesignedSet, faults: dict[str, float], draw: bool) -> Athlete:
    recipe = designed.recipe
    planned = PlannedSet(designed.cell.exercise, ROUNDS * PER_ROUND, faults, rest=recipe.planned.rest)
    return Athlete(recipe.athlete, (planned,), recipe.seed, recipe.scene, recipe.world, draw=draw)


def _movement(observations: Iterable[Any]) -> list[Truth]:
    return [observation.data for observation in observations if isinstance(observation.data, Truth)]


class _Told:
    """The coach in front of one athlete, and what it said.

    right: stamps of the cues about the fault that is there; wrong: number of the others; times: of each frame [s].
    """

    def __init__(self) -> None:
        self.right: list[int] = []
        self.wrong = 0
        self.times: list[float] = []
        self._recognizer = Recognizer.load()
        self._coach = Coach(load_exercises())

    def listen(self, athlete: Athlete, fault: str) -> Iterator[Truth]:
        """Coach `athlete` until its fault is gone: what it does from then on is what it does without the fault."""
        with PoseEstimator(pose_model.path("full")) as estimator:
            for observation in athlete.observe():
                data = observation.data
                if isinstance(data, Truth):
                    if data.repetition > 1 and not data.faults:
                        return
                    yield data
                elif isinstance(data, ImageFrame):
                    self._look(athlete, fault, estimator, data)

    def _look(self, athlete: Athlete, fault: str, estimator: PoseEstimator, picture: ImageFrame) -> None:
        began = time.process_time()
        seen = estimator.estimate(picture)
        frame = FusedFrame.of(seen)
        cue = self._coach.step(frame, self._recognizer.step(frame)).cue
        self.times.append(time.process_time() - began)
        if cue is None or cue.severity is Severity.PRAISE:
            return
        athlete.hear(cue.fault, cue.stamp)
        if cue.fault == fault:
            self.right.append(cue.stamp)
        else:
            self.wrong += 1


def _errors(done: list[Truth], clean: list[Truth], rule: FaultRule) -> list[float]:
    """Error of each repetition [degrees]; 0 for those that were not watched, because the fault was gone."""
    number = np.array([truth.repetition for truth in done])
    angles, reference = (np.array([t.angles for t in truths[: len(done)]]) for truths in (done, clean))
    difference = np.abs(_values(angles, rule) - _values(reference, rule)).max(axis=1)
    errors = [difference[number == n] for n in range(1, ROUNDS * PER_ROUND + 1)]
    return [float(error.max(initial=0.0)) for error in errors]


def _values(angles: Angles, rule: FaultRule) -> Angles:
    """(F, K) degrees of what `rule` is about in `angles` (F, A): both sides, their mean or their difference."""
    if rule.angle in UNSIDED:
        return angles[:, [ANGLE_INDEX[rule.angle]]]
    sides = angles[:, [ANGLE_INDEX[f"{side}_{rule.angle}"] for side in SIDES]]
    if rule.side == "mean":
        return np.asarray(sides.mean(axis=1, keepdims=True))
    if rule.side == DIFFERENCE:
        return np.abs(sides[:, :1] - sides[:, 1:])
    return np.asarray(sides)

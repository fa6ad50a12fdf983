"""The sets of the coaching experiments, which share them: each is seen once, coached, and judged at every threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from sportcoach.experiments.coached import Verdict, judge, watch
from sportcoach.experiments.seen_sets import see
from sportcoach.experiments.set_design import design
from sportcoach.experiments.trials import Measures, Setup, Trial
from sportcoach_feedback.cues import THRESHOLD
from sportcoach_feedback.exercise import load_exercises
from sportcoach_recognition.recognizer import Recognizer

FOLDER: Final = "sets"

THRESHOLDS: Final = tuple(float(degrees) for degrees in range(3, 16))
"""As in the paper's figure [degrees]; the default is one of them."""


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """What the coach made of a set.

    at: by threshold [degrees].
    told: at the default threshold, when it was told which exercise is done.
    """

    at: Mapping[float, Verdict]
    told: Verdict

    @classmethod
    def of(cls, measures: Mapping[str, Any]) -> JudgedSet:
        """From what the trial `judged` measured."""
        at = {float(threshold): Verdict.of(verdict) for threshold, verdict in measures["at"].items()}
        return cls(at, Verdict.of(measures["told"]))

    @property
    def usual(self) -> Verdict:
        """At the default threshold."""
        return self.at[THRESHOLD]


def trials(setup: Setup) -> list[Trial]:
    """Every set of the scale."""
    return [Trial(judged, {"number": number, "seed": setup.seed}) for number in range(setup.scale.judged_sets)]


def judged(setup: Setup, number: int, seed: int) -> Measures:
    """Trial: the verdicts on set `number` of the design with `seed`, which is kept as MediaPipe sees it."""
    seen = see(design(number, seed), setup.out / FOLDER)
    exercises = load_exercises()
    watched = watch(seen, _recognizer(), exercises)
    told = watch(seen, _recognizer(), exercises, told=True)
    return {
        "at": {threshold: asdict(judge(watched, exercises, threshold)) for threshold in THRESHOLDS},
        "told": asdict(judge(told, exercises, THRESHOLD)),
    }


@cache
def _recognizer() -> Recognizer:
    return Recognizer.load()

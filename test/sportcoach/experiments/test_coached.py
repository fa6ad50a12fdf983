"""What the coach makes of a set is judged against the truth about it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportcoach.experiments import speeds
from sportcoach.experiments.coached import Verdict, Watched, judge, watch
from sportcoach.experiments.judged_sets import THRESHOLDS, JudgedSet
from sportcoach.experiments.lateness import TrueSet, lateness
from sportcoach.experiments.outcome import Options
from sportcoach.experiments.seen_sets import SeenSet
from sportcoach.experiments.set_design import Cell, design
from sportcoach.experiments.thresholds import figures, table
from sportcoach.experiments.trials import Trialled
from sportcoach.figures import Figure
from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.exercise import FaultRule, load_exercises
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_sim.dataset.recording import record

EXERCISES = load_exercises()
DEEP = FaultRule("shallow", "knee", "mean", ("front", "oblique", "side"), "turn", 1, 84.0, Severity.FORM)


def measures(judged: JudgedSet) -> Any:
    """As they are kept."""
    return json.loads(json.dumps(asdict(judged)))


@cache
def watched(exercise: str, fault: str, view: str) -> Watched:
    """The first set of a design that is of this kind, seen without error."""
    wanted = Cell(exercise, fault, view, "usual")
    designed = next(d for d in (design(n, seed=6) for n in range(400)) if d.cell == wanted)
    clip = record(replace(designed.recipe, rendered=False), None)
    return watch(SeenSet(designed, replace(clip, mediapipe=clip.truth)), Recognizer.load(), EXERCISES, told=True)


def test_a_fault_is_hit_named_and_in_time() -> None:
    verdict = judge(watched("squat", "knee_valgus", "front"), EXERCISES, 5.0)
    assert verdict.judged and verdict.corrected and verdict.named and verdict.wrong == 0
    assert verdict.lateness is not None
    assert verdict.repetitions == 3 and verdict.lateness < 0.3


def test_a_clean_set_is_left_alone_and_a_high_threshold_hits_nothing() -> None:
    assert not judge(watched("squat", "", "front"), EXERCISES, 5.0).corrected
    assert not judge(watched("squat", "knee_valgus", "front"), EXERCISES, 60.0).corrected


def test_verdicts_are_kept_and_read_again() -> None:
    seen = watched("squat", "knee_valgus", "front")
    whole = JudgedSet({t: judge(seen, EXERCISES, t) for t in THRESHOLDS}, judge(seen, EXERCISES, 60.0))
    assert whole.usual.lateness is not None and whole.told.lateness is None
    assert JudgedSet.of(measures(whole)) == whole


def test_figures_count_by_set() -> None:
    verdicts = [judge(watched("squat", fault, "front"), EXERCISES, 5.0) for fault in ("", "knee_valgus")]
    values = {figure.name: figure.value for figure in figures(verdicts)}
    assert (values["hit_rate"], values["false_triggers"], values["named_rightly"]) == (1.0, 0.0, 1.0)
    assert sum(int(row["sets"]) for row in table(5.0, verdicts)) == 2


def test_a_fault_of_the_turning_point_begins_with_the_way_back() -> None:
    clip = watched("squat", "", "front").seen.clip
    truth = TrueSet.of_clip(clip)
    first = np.flatnonzero(truth.repetition == 1)
    turn = first[truth.progress[first] == truth.progress[first].max()][-1]
    always = replace(DEEP, threshold=-100.0)
    assert lateness(truth, int(truth.stamps[turn]) + 200_000_000, always, 5.0) == pytest.approx(0.2)
    assert lateness(truth, int(truth.stamps[turn]), replace(DEEP, threshold=179.0), 5.0) is None


def test_of_a_speed_without_a_set_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = [
        Verdict(Cell("squat", "knee_valgus", "front", speed), True, corrected, True, 0, True, 0.1, 3)
        for speed, corrected in (("slow", True), ("usual", False))
    ]
    found = [Trialled({}, measures(JudgedSet(dict.fromkeys(THRESHOLDS, v), v))) for v in verdicts]
    monkeypatch.setattr(speeds, "measured", lambda options, trials: (found, Figure("time", 0.5, "min", "lower")))
    outcome = speeds.run(Options(tmp_path, tmp_path, 0, 2, True, lambda line: None))
    rates = {figure.name: figure.value for figure in outcome.figures if figure.name != "time"}
    assert rates == {"hit_rate_slow": 1.0, "hit_rate_usual": 0.0}
    assert "nan" not in outcome.sentence

"""What is said of bags against what was so: names, repetitions, faults told when they are there."""

from __future__ import annotations

import math
from collections import Counter
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sportcoach.bag_evaluation import baseline
from sportcoach.bag_evaluation.expected import Expected, Span, Stretch, from_labels, from_truth
from sportcoach.bag_evaluation.score import Score, as_json, from_json, score
from sportcoach.bag_labels import Label
from sportcoach.results import FrameResult
from sportcoach_feedback.coaching import Coaching, Cue, Deviation, Repetition, Severity, Stage
from sportcoach_perception.frames import Skeleton
from sportcoach_recognition.action import Action

S = 1_000_000_000
KNOWN = [("squat", "knee_valgus"), ("squat", "shallow_depth")]


def result(second: float, label: str = "squat", detected: bool = True, counted: str = "", cue: str = "") -> FrameResult:
    stamp = round(second * S)
    repetitions = (Repetition(stamp, counted, stamp - S, stamp, 1, 1.0, ()),) if counted else ()
    said = Cue(stamp, "squat", "left_knee", cue, 9.0, "", Severity.FORM, stamp) if cue else None
    coaching = Coaching(
        Stage(stamp, label, "idle", 0.0, 0.0, 0.0, 0, math.nan), Deviation(stamp, label, (), 0.0, ()), repetitions, said
    )
    action = Action(stamp, label, np.zeros(5, np.float32), 1.0, "")
    return FrameResult(Skeleton(stamp, detected), action, coaching, 0.0)


def figures(found: Score) -> dict[str, float]:
    return {figure.name: figure.value for figure in found.figures()}


def expected(*stretches: tuple[float, float, str]) -> Expected:
    """Squats, ten seconds, with the faults of each stretch."""
    parts = [Stretch(Span(round(b * S), round(e * S), "squat"), tuple(f.split())) for b, e, f in stretches]
    return Expected((Span(0, 10 * S, "squat"),), Counter(squat=len(parts)), tuple(parts))


def test_frames_are_judged_from_a_second_after_the_change_and_while_somebody_is_seen() -> None:
    frames = [result(0.5, "other"), result(1.5), result(2.0, "lunge"), result(3.0), result(4.0, "none", detected=False)]
    found = score(expected((0, 10, "")), frames, [], KNOWN)
    assert (found.judged, found.right, found.detected) == (3, 2, 4)


def test_repetitions_too_many_and_too_few_are_both_wrong() -> None:
    frames = [result(2, counted="squat"), result(4, counted="lunge")]
    found = score(expected((0, 3, ""), (3, 6, "")), frames, [], KNOWN)
    assert figures(found)["repetition_error"] == 1.0  # one squat missed, one lunge invented, of two


def test_a_fault_is_told_by_one_cue_while_it_lasts() -> None:
    truth = expected((0, 3, "knee_valgus"), (3, 6, "knee_valgus"), (6, 9, ""))
    told = score(truth, [result(4, cue="knee_valgus")], [], KNOWN)
    assert (told.episodes, told.told, told.fitting, told.clean, told.disturbed) == (1, 1, 1, 1, 0)
    late = score(truth, [result(8.5, cue="knee_valgus")], [], KNOWN)
    assert (late.told, late.fitting, late.disturbed) == (0, 0, 1)
    assert figures(late)["temporal_feedback_score"] == 0.0
    assert figures(told)["temporal_feedback_score"] == 1.0


def test_what_the_coach_cannot_say_is_not_expected_of_it() -> None:
    assert score(expected((0, 3, "weight_shift")), [result(1)], [], KNOWN).episodes == 0


def test_figures_without_evidence_are_left_out() -> None:
    bare = Expected((Span(0, 10 * S, "squat"),), None, ())
    assert set(figures(score(bare, [result(2)], [], KNOWN))) == {"accuracy", "detected"}


def test_scores_add_up_and_survive_json() -> None:
    one = score(expected((0, 3, "knee_valgus")), [result(2, cue="knee_valgus")], [30, 30, 50], KNOWN)
    both = one + from_json(as_json(one))
    assert both.told == 2 and both.latencies == {30: 4, 50: 2}
    assert (figures(both)["latency_p50"], figures(both)["latency_p95"]) == (30.0, 50.0)


def truth_frame(index: int, repetition: int, stage: str, progress: float, faults: tuple[str, ...] = ()) -> Any:
    stamp = SimpleNamespace(sec=0, nanosec=index * 100_000_000)
    what = {"action": "squat", "movement": "squat", "stage": stage, "repetition": repetition, "progress": progress}
    return SimpleNamespace(header=SimpleNamespace(stamp=stamp), **what, faults=faults, joints=["trunk"], angles=[5.0])


def test_repetitions_of_the_truth_count_when_the_way_back_was_long_enough() -> None:
    frames = [truth_frame(0, 1, "execute", 0.5, ("knee_valgus",)), truth_frame(1, 1, "end", 0.1, ("knee_valgus",))]
    frames += [truth_frame(2, 2, "execute", 0.9), truth_frame(3, 2, "end", 0.8)]  # the bag is cut off here
    truth = from_truth(frames, ["squat"])
    assert truth.repetitions == {"squat": 1}
    assert [(s.span.begin, s.faults) for s in truth.stretches] == [(0, ("knee_valgus",))]
    assert truth.angles[100_000_000][-1] == 5.0


def test_a_table_says_what_was_done_and_perhaps_how_well() -> None:
    rows = [Label("squat", 0, 5 * S, repetitions=3, faults=()), Label("other", 5 * S)]
    said = from_labels(rows, 100, 9 * S, ["squat"])
    assert said.repetitions == {"squat": 3}
    assert said.clean() == [Span(100, 5 * S + 100, "squat")]
    assert from_labels([Label("squat")], 0, S, ["squat"]).repetitions is None


def evaluation(accuracy: float, bags: dict[str, float]) -> dict[str, Any]:
    def figure(value: float) -> list[dict[str, Any]]:
        return [{"name": "accuracy", "value": value, "unit": "share", "better": "higher"}]

    return {"figures": figure(accuracy), "bags": [{"bag": bag, "figures": figure(v)} for bag, v in bags.items()]}


@pytest.mark.parametrize(("now", "worse"), [(0.9, False), (0.898, False), (0.89, True), (0.95, False)])
def test_a_figure_that_fell_beyond_the_tolerance_is_worse(now: float, worse: bool) -> None:
    before = evaluation(0.9, {"a": 0.9})
    changes = baseline.compare(evaluation(0.9, {"a": now}), before, 0.005)
    assert [c.worse for c in changes if c.bag == "a"] == [worse]


def test_a_bag_that_is_missing_is_worse() -> None:
    (change,) = [c for c in baseline.compare(evaluation(0.9, {}), evaluation(0.9, {"a": 0.9}), 0.1) if c.worse]
    assert (change.bag, change.now) == ("a", None)

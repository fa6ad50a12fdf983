"""The coach counts what is recognised, once, corrects what is wrong, and is silent otherwise."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from stick_figure import FRAME, action, frames, squatter, swings

from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Coaching, Cue, Repetition
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.action import NOBODY

EXERCISES = load_exercises()
World = NDArray[np.float32] | None


def always(label: str) -> Callable[[int], str]:
    return lambda index: label


SQUAT = always("squat")


def run(worlds: Iterable[World], label: Callable[[int], str] = SQUAT, coach: Coach | None = None) -> list[Coaching]:
    """What is said about a stream, labelled by frame number."""
    coach = coach or Coach(EXERCISES)
    return [
        coach.step(frame, action(frame.stamp, label(index) if frame.detected else NOBODY))
        for index, frame in enumerate(frames(worlds))
    ]


def squats(**kind: float) -> list[World]:
    """Three squats; `kind` as of `squatter`, and `depth`, `count`, `seconds` as of `swings`."""
    swing = {name: kind.pop(name) for name in ("depth", "seconds") if name in kind}
    return [squatter(knee, **kind) for knee in swings(count=round(kind.pop("count", 3)), **swing)]


def repetitions(coachings: Iterable[Coaching]) -> list[Repetition]:
    return [repetition for coaching in coachings for repetition in coaching.repetitions]


def cues(coachings: Iterable[Coaching]) -> list[Cue]:
    return [coaching.cue for coaching in coachings if coaching.cue is not None]


def test_good_squats_are_counted_and_draw_no_cue() -> None:
    coachings = run(squats())
    found = repetitions(coachings)
    assert [repetition.number for repetition in found] == [1, 2, 3]
    assert all(repetition.faults == () and repetition.quality > 0.95 for repetition in found)
    assert cues(coachings) == []
    assert coachings[-1].stage.repetitions == 3
    assert coachings[-1].stage.tempo == pytest.approx(1.5, abs=0.5)


def test_a_repetition_is_reported_at_the_frame_that_counts_it() -> None:
    for coaching in run(squats()):
        for repetition in coaching.repetitions:
            assert repetition.start < repetition.end == repetition.stamp == coaching.stage.stamp


def test_shallow_squats_count_and_are_corrected_once_at_a_time() -> None:
    coachings = run(squats(depth=128.0))
    assert len(repetitions(coachings)) == 3
    assert {fault.name for repetition in repetitions(coachings) for fault in repetition.faults} == {"shallow_depth"}
    assert all(0.5 < repetition.quality < 0.7 for repetition in repetitions(coachings))  # half the range
    first = cues(coachings)[0]
    assert (first.fault, first.joint) == ("shallow_depth", "left_knee")
    assert len(cues(coachings)) == 1  # the same words not again within eight seconds


def test_a_knee_falling_in_is_corrected_while_the_repetition_goes_on() -> None:
    coachings = run([squatter(knee, valgus=(170.0 - knee) / 3.0, azimuth=0.0) for knee in swings(seconds=3.0)])
    (cue,) = cues(coachings)
    assert (cue.fault, cue.joint) == ("knee_valgus", "left_knee")
    assert cue.stamp < repetitions(coachings)[0].stamp


def test_a_fault_of_the_turning_point_is_said_on_the_way_back() -> None:
    coachings = run(squats(depth=128.0, count=1, seconds=2.0))
    (cue,) = cues(coachings)
    (repetition,) = repetitions(coachings)
    turn = (repetition.start + repetition.stamp) // 2
    assert turn < cue.stamp < repetition.stamp
    assert [fault.name for fault in repetition.faults] == ["shallow_depth"]


def test_what_is_said_and_then_corrected_is_praised_once() -> None:
    coachings = run([*squats(depth=128.0, count=1), *squats(count=4)])
    assert [(cue.fault, cue.severity.name) for cue in cues(coachings)] == [
        ("shallow_depth", "FORM"),
        ("shallow_depth", "PRAISE"),
    ]
    assert cues(coachings)[1].text == "Good depth"


def test_what_is_repeated_is_said_in_other_words() -> None:
    first, second = cues(run(squats(depth=128.0, count=5)))[:2]
    assert first.fault == second.fault and first.text != second.text


def test_a_fault_that_cannot_be_seen_any_more_is_not_praised() -> None:
    """Knees that fall in are judged from the front only."""
    turned = [squatter(knee, azimuth=90.0) for knee in swings(count=4)]
    told = cues(run([*squats(valgus=40.0, azimuth=0.0, count=1), *turned]))
    assert {(cue.fault, cue.severity.name) for cue in told} == {("knee_valgus", "SAFETY")}


def test_faults_of_a_repetition_that_is_credited_late_are_said_then() -> None:
    one = len(squats(count=1))
    coachings = run(squats(depth=128.0, count=1) + [squatter()] * 30, lambda n: "squat" if n > one + 10 else "other")
    (cue,) = cues(coachings)
    (repetition,) = repetitions(coachings)
    assert (cue.fault, cue.stamp) == ("shallow_depth", repetition.stamp)


def test_going_down_to_another_posture_is_no_repetition_and_draws_no_cue() -> None:
    """Half a squat, then bending down to the floor and coming up again."""
    down = [squatter(170.0 - 55.0 * share, lean=20.0 * share) for share in np.linspace(0.0, 1.0, 30)]
    floor = [squatter(115.0, lean=80.0)] * 30
    coachings = run(down + floor + down[::-1] + [squatter()] * 15)
    assert cues(coachings) == []
    assert repetitions(coachings) == []


def test_a_flicker_of_a_fault_draws_no_cue() -> None:
    knees = list(swings(count=3, seconds=3.0))
    worlds: list[World] = [squatter(knee, lean=40.0 * (50 <= index < 55)) for index, knee in enumerate(knees)]
    assert cues(run(worlds)) == []


def test_what_is_said_about_a_repetition_is_in_its_record() -> None:
    coachings = run(squats(lean=30.0))
    said = {cue.fault for cue in cues(coachings)}
    assert said == {"trunk_lean"}
    assert all(said <= {fault.name for fault in repetition.faults} for repetition in repetitions(coachings))


@pytest.mark.parametrize("label", ["other", NOBODY])
def test_nothing_is_said_or_counted_about_what_is_no_exercise(label: str) -> None:
    coachings = run(squats(depth=128.0, lean=40.0), always(label))
    assert repetitions(coachings) == []
    assert cues(coachings) == []
    assert {coaching.stage.exercise for coaching in coachings} == {""}
    assert {coaching.deviation.joints for coaching in coachings} == {()}


def test_nobody_in_view_is_idle() -> None:
    coachings = run([None] * 30)
    assert repetitions(coachings) == []
    assert {coaching.stage.stage for coaching in coachings} == {"idle"}
    assert math.isnan(coachings[-1].stage.tempo)


def test_repetitions_before_the_recognition_are_credited() -> None:
    one = len(squats(count=1))
    coachings = run(squats(count=1) + [squatter()] * 30, lambda index: "squat" if index > one + 10 else "other")
    (repetition,) = repetitions(coachings)
    assert repetition.stamp - repetition.end > 0
    assert repetition.end < one * FRAME


def test_repetitions_long_before_the_recognition_are_not() -> None:
    one = len(squats(count=1))
    late = run(squats(count=1) + [squatter()] * 150, lambda index: "squat" if index > one + 120 else "other")
    assert repetitions(late) == []


wrong_labels = st.sampled_from(["other", "lunge", NOBODY, "push_up"])
labels = st.lists(st.tuples(wrong_labels, st.integers(0, 240), st.integers(1, 8)), max_size=4)


@settings(max_examples=30, deadline=None)
@given(labels)
def test_a_flickering_label_neither_loses_nor_doubles(flickers: Sequence[tuple[str, int, int]]) -> None:
    def label(index: int) -> str:
        for name, start, length in flickers:
            if start <= index < start + length:
                return name
        return "squat"

    found = repetitions(run(squats(seconds=2.0) + [squatter()] * 20, label))
    assert len(found) == 3
    assert all(a.end <= b.start for a, b in pairwise(found))


def test_the_same_movement_is_not_counted_for_two_exercises() -> None:
    """Whichever of two exercises with the same movement is named, three movements stay three."""
    half = len(squats()) // 2
    coach = Coach({name: replace(EXERCISES["squat"], name=name) for name in ("squat", "lunge")})
    found = repetitions(run(squats(), lambda index: "squat" if index < half else "lunge", coach))
    assert len(found) == 3
    assert {repetition.exercise for repetition in found} == {"squat", "lunge"}


def test_a_fixed_exercise_is_coached_whatever_is_recognised() -> None:
    coachings = run(squats(depth=128.0), always("other"), Coach(EXERCISES, exercise="squat"))
    assert len(repetitions(coachings)) == 3
    assert [cue.fault for cue in cues(coachings)] == ["shallow_depth"]


def test_cues_come_in_the_language_asked_for() -> None:
    (cue,) = cues(run(squats(depth=128.0), coach=Coach(EXERCISES, language="zh")))
    assert cue.text == "深度还差45度:再蹲低一些"


def test_stages_go_round() -> None:
    stages = [coaching.stage for coaching in run(squats(count=1))]
    order = [stage.stage for index, stage in enumerate(stages) if index == 0 or stages[index - 1].stage != stage.stage]
    assert order == ["idle", "begin", "execute", "end", "idle"]
    assert max(stage.progress for stage in stages) == pytest.approx(1.0, abs=0.02)
    assert all(0.0 <= stage.progress <= 1.0 for stage in stages)
    moving = [stage.energy for stage in stages if stage.stage == "execute"]
    resting = [stage.energy for stage in stages[2:10]]
    assert min(moving) >= 0.0
    assert max(moving) > 100 * max(resting)


def test_a_set_after_reset_is_as_the_first() -> None:
    coach = Coach(EXERCISES)
    first = run(squats(depth=128.0), coach=coach)
    coach.reset()
    assert _comparable(run(squats(depth=128.0), coach=coach)) == _comparable(first)


def test_the_same_stream_gives_the_same_answers() -> None:
    worlds = squats(depth=128.0)
    assert _comparable(run(worlds)) == _comparable(run(worlds))


def _comparable(coachings: Sequence[Coaching]) -> list[str]:
    return [repr(coaching) for coaching in coachings]  # NaN differs from itself


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_stream_is_survived(seed: int) -> None:
    random = np.random.default_rng(seed)
    coach = Coach(EXERCISES)
    stamp = 0
    for _ in range(60):
        stamp += int(random.integers(1, 3_000_000_000) if random.random() < 0.1 else FRAME)
        detected = bool(random.random() < 0.9)
        world = random.normal(0, 0.5, (33, 3)).astype(np.float32) * (random.random() < 0.95)
        frame = FusedFrame(stamp, detected, world * detected, random.random(33, np.float32) * detected)
        label = str(random.choice(["squat", "push_up", "lunge", "jumping_jack", "other"]))
        coaching = coach.step(frame, action(stamp, label if detected else NOBODY))
        assert 0.0 <= coaching.deviation.quality <= 1.0
        assert math.isfinite(coaching.stage.energy)


def test_a_frame_costs_little() -> None:
    worlds = squats()
    began = time.process_time()
    run(worlds)
    assert (time.process_time() - began) / len(worlds) < 0.005


def test_unknown_exercises_and_languages_are_refused() -> None:
    with pytest.raises(UserError, match="no exercise named 'yoga'"):
        Coach(EXERCISES, exercise="yoga")
    with pytest.raises(UserError, match="language"):
        Coach(EXERCISES, language="xx")

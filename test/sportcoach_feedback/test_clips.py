"""On real clips, the exercise is named and its repetitions are those counted by eye (test/data/repetitions.yaml)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from stick_figure import action

from sportcoach.pipeline import Pipeline, PipelineOptions
from sportcoach.results import FrameResult
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.frames import FusedFrame
from sportcoach_perception.video import VideoFile
from sportcoach_recognition.action import NOBODY

DATA = Path(__file__).parents[1] / "data"
TABLE: dict[str, dict[str, str | int]] = yaml.safe_load((DATA / "repetitions.yaml").read_text())


def count(results: list[FrameResult]) -> Counter[str]:
    """Repetitions by exercise."""
    return Counter(repetition.exercise for result in results for repetition in result.coaching.repetitions)


def coach_as(exercise: str, results: list[FrameResult]) -> tuple[int, int]:
    """Repetitions and corrections when the exercise is recognised without fail."""
    coach = Coach(load_exercises())
    repetitions = cues = 0
    for result in results:
        seen = result.skeleton
        frame = FusedFrame(seen.stamp, seen.detected, seen.world, seen.visibility, image=seen.image)
        coaching = coach.step(frame, action(seen.stamp, exercise if seen.detected else NOBODY))
        repetitions += len(coaching.repetitions)
        cues += coaching.cue is not None and coaching.cue.severity is not Severity.PRAISE
    return repetitions, cues


def share_named(exercise: str, results: list[FrameResult]) -> float:
    """Share of the frames with the right label, from one second after the start; the last label of a short clip."""
    start, end = results[0].skeleton.stamp, results[-1].skeleton.stamp
    if end - start < 3_000_000_000:
        return float(results[-1].action.label == exercise)
    labels = [r.action.label for r in results if r.skeleton.stamp - start >= 1_000_000_000 and r.skeleton.detected]
    return labels.count(exercise) / len(labels)


@pytest.mark.parametrize("clip", TABLE)
def test_the_exercise_is_named_and_its_repetitions_are_those_counted_by_eye(
    clip: str, shared: Callable[[str], Path]
) -> None:
    video = VideoFile(shared(f"data/clips/{clip}.mp4"))
    with Pipeline(PipelineOptions()) as pipeline:
        results = [result for frame in video for result in pipeline.add_picture(frame)]
    exercise, expected = str(TABLE[clip]["exercise"]), int(TABLE[clip]["repetitions"])

    assert share_named(exercise, results) >= 0.9

    repetitions, cues = coach_as(exercise, results)
    assert repetitions == expected
    assert cues <= expected

    recognised = count(results)
    assert abs(recognised.pop(exercise, 0) - expected) <= 1
    assert recognised.total() <= 1, "a movement was counted for another exercise"

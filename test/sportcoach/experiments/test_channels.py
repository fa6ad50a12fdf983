"""Words say what to change, a vibration where: who is told either way knows it when it is understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from sportcoach.experiments.channels import FELT, coached, understood
from sportcoach.experiments.outcome import Options
from sportcoach.experiments.trials import Setup
from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_feedback.exercise import load_exercises

EXERCISES = load_exercises()


def cue(exercise: str, joint: str, fault: str) -> Cue:
    return Cue(7, exercise, joint, fault, 9.0, "one two three four", Severity.FORM, 9)


@pytest.mark.parametrize(
    ("exercise", "joint", "fault", "felt"),
    [
        ("lunge", "trunk", "trunk_lean", FELT),  # judged by a rule for each view, and yet one fault
        ("squat", "left_knee", "knee_valgus", None),  # or not deep enough?
        ("jumping_jack", "left_shoulder", "arms_not_overhead", FELT),
    ],
)
def test_a_vibration_is_understood_where_one_fault_alone_is_felt(
    exercise: str, joint: str, fault: str, felt: float | None
) -> None:
    told = cue(exercise, joint, fault)
    assert understood(told, EXERCISES[exercise], "vibration") == felt
    words = understood(told, EXERCISES[exercise], "voice")
    assert words is not None and words > 1.0
    assert understood(told, EXERCISES[exercise], "both") == min(words, felt or words)


def test_an_athlete_in_the_loop_does_as_it_is_told(tmp_path: Path) -> None:
    setup = Setup.of(Options(tmp_path, tmp_path, 0, 0, True, lambda line: None))
    by_voice, by_vibration = (coached(setup, channels, 0, 0) for channels in ("voice", "vibration"))
    assert by_voice["told"] > 0 and by_voice["late"] > 0.5 and by_voice["left"] < 0.5
    assert by_vibration["late"] is None and by_vibration["left"] > 0.5  # not deep enough: felt like knees that fall in

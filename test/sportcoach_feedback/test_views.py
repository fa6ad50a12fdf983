"""What a view makes unobservable is not judged: the exercises' views against the measured table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sportcoach_feedback.exercise import VIEWS, Exercise, FaultRule, JudgedAngle, load_exercises, view_of
from sportcoach_recognition.action import ACTIONS
from sportcoach_sim import scene
from sportcoach_sim.pose_accuracy import OBSERVABLE_P95

TABLE = Path(__file__).parents[2] / "docs" / "results" / "pose-accuracy.json"
ROWS: dict[tuple[str, str, str], dict[str, Any]] = {
    (row["exercise"], row["view"], row["angle"]): row for row in json.loads(TABLE.read_text())["angles"]
}
EXERCISES = [exercise for exercise in load_exercises().values() if exercise.name in ACTIONS]
JOINTS = [pytest.param(e, j, v, id=f"{e.name}-{j.angle}-{v}") for e in EXERCISES for j in e.joints for v in j.views]
FAULTS = [pytest.param(e, f, v, id=f"{e.name}-{f.name}-{v}") for e in EXERCISES for f in e.faults for v in f.views]


def row_of(exercise: Exercise, angle: str, view: str) -> dict[str, Any]:
    """The measured error of `angle`; of the driving angle that of the picture where that is what is judged."""
    lowered = exercise.signal.lowered and angle == exercise.signal.angle
    return ROWS[exercise.name, view, f"{angle}_lowered" if lowered else angle]


def test_the_table_and_the_exercises_speak_of_the_same_views() -> None:
    assert tuple(VIEWS) == tuple(scene.VIEWS)
    assert [view_of(azimuth) for azimuth in scene.VIEWS.values()] == list(VIEWS)
    assert {(exercise.name, view) for exercise in EXERCISES for view in VIEWS} <= {key[:2] for key in ROWS}


@pytest.mark.parametrize(("exercise", "joint", "view"), JOINTS)
def test_a_joint_is_judged_where_it_can_be_observed(exercise: Exercise, joint: JudgedAngle, view: str) -> None:
    row = row_of(exercise, joint.angle, view)
    assert row["observable"] or row["near_p95"] <= joint.tolerance


@pytest.mark.parametrize(("exercise", "rule", "view"), FAULTS)
def test_a_fault_is_looked_for_where_its_angle_can_be_observed(exercise: Exercise, rule: FaultRule, view: str) -> None:
    """How often limits and errors together draw a cue is measured by `sportcoach experiment fig7`."""
    row = row_of(exercise, rule.angle, view)
    assert row["near_p95"] - abs(row["bias"]) <= OBSERVABLE_P95

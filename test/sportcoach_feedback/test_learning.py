"""A new exercise needs no code: a recording gives its definition, which the coach can follow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stick_figure import action, frames, squatter, swings

from sportcoach_feedback.coach import Coach
from sportcoach_feedback.cycles import find_cycles
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.learning import Learned, definition, learn
from sportcoach_perception.angles import joint_angles, view_angle
from sportcoach_perception.errors import UserError
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import Camera, Scene
from sportcoach_sim.subject import Subject


def squat_angles(**kind: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    world = np.stack([squatter(knee) for knee in swings(**kind)])  # type: ignore[arg-type]
    return np.arange(len(world)) / 30.0, joint_angles(world), view_angle(world)


def curls(azimuth: float, repetitions: int = 4) -> tuple[list[Truth], Learned]:
    scene = Scene(camera=Camera(azimuth=azimuth))
    with Athlete(Subject(), (PlannedSet("biceps_curl", repetitions),), 3, scene, draw=False) as athlete:
        truths = [o.data for o in athlete.observe() if isinstance(o.data, Truth)]
    world = np.stack([truth.skeleton.world for truth in truths])
    seconds = np.array([truth.stamp for truth in truths]) * 1e-9
    return truths, learn(seconds, joint_angles(world), view_angle(world))


def test_cycles_are_found_without_knowing_the_movement() -> None:
    seconds, angles, _ = squat_angles(count=4)
    cycles = find_cycles(seconds, angles)
    assert cycles.angle in ("hip", "knee")
    assert len(cycles.spans) == 4
    assert np.all(np.diff(cycles.spans, axis=1) > 0)


def test_an_unfinished_repetition_is_left_out() -> None:
    seconds, angles, _ = squat_angles(count=4)
    end = -30  # in the middle of the last way back
    assert len(find_cycles(seconds[:end], angles[:end]).spans) == 3


def test_a_movement_that_is_not_repeated_is_refused() -> None:
    seconds, angles, _ = squat_angles(count=1)
    with pytest.raises(UserError, match="repeated"):
        find_cycles(seconds, angles)


def test_a_learned_exercise_is_valid_and_coached(tmp_path: Path) -> None:
    truths, learned = curls(azimuth=90.0)
    (tmp_path / "curl.yaml").write_text(definition("curl", learned, "a test"), encoding="utf-8")
    exercise = load_exercises(tmp_path)["curl"]
    assert exercise.signal.angle == "elbow"
    assert next(joint.angle for joint in learned.joints if joint.moves) == "elbow"
    assert "trunk" in [joint.angle for joint in learned.joints if not joint.moves]
    coach, counted = Coach({"curl": exercise}, "curl"), 0
    for truth in truths:
        world = truth.skeleton.world
        (frame,) = frames([world], start=truth.stamp)
        coaching = coach.step(frame, action(frame.stamp, "other"))
        counted += len(coaching.repetitions)
        assert coaching.cue is None
    assert counted == 4


def test_names_that_cannot_be_files_are_refused() -> None:
    _, learned = curls(azimuth=90.0, repetitions=2)
    with pytest.raises(UserError, match="cannot name"):
        definition("../curl", learned, "a test")

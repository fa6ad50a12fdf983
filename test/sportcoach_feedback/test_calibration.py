"""Standing still for a moment tells the athlete's own body; it is kept, used, and forgotten on demand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from stick_figure import FRAME, action, frames, squatter, swings

from sportcoach_feedback.calibration import LARGEST, Athletes, Calibration, Calibrator
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.control import Command, Control
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.pose import Pose
from sportcoach_perception.errors import UserError

ALL_VISIBLE = np.ones(33, np.float32)
EXERCISES = load_exercises()
OWN = Calibration("front", {"left_knee_valgus": 4.0, "right_knee_valgus": 2.0, "trunk": 3.0}, 1.7)


def calibrate(knees: list[float], **kind: float) -> Calibration | None:
    calibrator = Calibrator()
    for index, knee in enumerate(knees):
        world = squatter(knee, **kind)
        found = calibrator.step(index * FRAME, Pose.of(world, ALL_VISIBLE), world)
        if found:
            return found
    return None


def test_standing_still_is_measured() -> None:
    found = calibrate([172.0] * 70, azimuth=0.0)
    assert found is not None
    assert found.view == "front" and found.angles["left_knee"] == pytest.approx(172.0, abs=1.0)
    assert 1.4 < found.legs < 2.0


@pytest.mark.parametrize("knees", [[172.0] * 40, list(swings(count=3)), [100.0] * 90])
def test_too_short_moving_or_bent_is_not(knees: list[float]) -> None:
    assert calibrate(knees) is None


def test_limits_move_with_the_athlete_in_that_view_only() -> None:
    squat = EXERCISES["squat"]
    adapted = OWN.adapt(squat)
    before = {(rule.name, view): rule.threshold for rule in squat.faults for view in rule.views}
    after = {(rule.name, view): rule.threshold for rule in adapted.faults for view in rule.views}
    assert set(after) == set(before)
    moved = {key for key in before if before[key] != after[key]}
    assert moved == {("knee_valgus", "front")}
    assert after["knee_valgus", "front"] == before["knee_valgus", "front"] + 3.0


def test_a_fault_cannot_calibrate_itself_away() -> None:
    bowed = replace(OWN, angles={"left_knee_valgus": 30.0, "right_knee_valgus": 30.0})
    assert bowed.shift("knee_valgus") == LARGEST


def test_the_coach_calibrates_when_it_is_wanted() -> None:
    coach = Coach(EXERCISES, "squat")
    coach.control(Control(0, Command.CALIBRATE))
    for frame in frames([squatter(172.0, azimuth=0.0)] * 80):
        coach.step(frame, action(frame.stamp, "squat"))
    assert coach.calibration is not None and coach.calibration.view == "front"


def test_athletes_are_kept_and_forgotten(tmp_path: Path) -> None:
    athletes = Athletes(tmp_path / "athletes")
    assert athletes.load("ada") is None
    athletes.keep("ada", OWN)
    assert athletes.load("ada") == OWN
    assert athletes.names() == ["ada"]
    assert athletes.forget("ada") and not athletes.forget("ada")
    assert athletes.names() == []


def test_damaged_files_and_wrong_names_are_refused(tmp_path: Path) -> None:
    (tmp_path / "ada.json").write_text("{")
    with pytest.raises(UserError, match="damaged"):
        Athletes(tmp_path).load("ada")
    with pytest.raises(UserError, match="cannot name"):
        Athletes(tmp_path).load("../ada")

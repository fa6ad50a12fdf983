"""Joints are compared with the reference where they can be seen, and faults are found on the right side."""

from __future__ import annotations

import numpy as np
import pytest
from stick_figure import squatter

from sportcoach_feedback.deviation import faults, in_posture, judge, progress_of
from sportcoach_feedback.exercise import VIEWS, Limit, load_exercises
from sportcoach_feedback.pose import Pose
from sportcoach_feedback.repetitions import Phase
from sportcoach_perception.angles import ANGLE_INDEX
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

SQUAT = load_exercises()["squat"]
ALL_VISIBLE = np.ones(len(LANDMARKS), np.float32)


def pose(knee: float = 85.0, **kind: float) -> Pose:
    return Pose.of(squatter(knee, **kind), ALL_VISIBLE)


@pytest.mark.parametrize(("knee", "progress"), [(170.0, 0.0), (125.0, 0.5), (80.0, 1.0)])
def test_progress_follows_the_driving_angle(knee: float, progress: float) -> None:
    assert progress_of(SQUAT, pose(knee)) == pytest.approx(progress, abs=1e-4)


@pytest.mark.parametrize("knee", [170.0, 130.0, 80.0, 60.0])
def test_the_reference_movement_is_within_tolerance_all_the_way(knee: float) -> None:
    seen = pose(knee)
    joints, quality = judge(SQUAT, seen, progress_of(SQUAT, seen))
    assert {joint.joint for joint in joints} >= {"left_knee", "right_knee", "trunk"}
    assert [joint.joint for joint in joints if not joint.in_tolerance] == []
    assert quality == 1.0
    assert faults(SQUAT, seen, Phase.EXECUTE, None)[0] == ()


def test_a_leaning_trunk_is_measured_and_lowers_the_quality() -> None:
    straight, leaning = pose(), pose(lean=35.0)
    (trunk,) = (joint for joint in judge(SQUAT, leaning, 1.0)[0] if joint.joint == "trunk")
    assert trunk.deviation == pytest.approx(trunk.angle - trunk.reference)
    assert not trunk.in_tolerance
    assert judge(SQUAT, leaning, 1.0)[1] < judge(SQUAT, straight, 1.0)[1]
    (fault,) = faults(SQUAT, leaning, Phase.EXECUTE, None)[0]
    assert (fault.name, fault.joint) == ("trunk_lean", "trunk")
    assert fault.deviation == pytest.approx(trunk.angle - 48.0)


def test_a_knee_that_falls_in_is_found_on_its_side_from_the_front_only() -> None:
    (fault,) = faults(SQUAT, pose(100.0, valgus=25.0, azimuth=0.0), Phase.EXECUTE, None)[0]
    assert (fault.name, fault.joint) == ("knee_valgus", "left_knee")
    assert fault.deviation == pytest.approx(20.0, abs=3.0)
    assert faults(SQUAT, pose(100.0, valgus=25.0, azimuth=90.0), Phase.EXECUTE, None)[0] == ()


def test_nothing_is_a_fault_between_repetitions() -> None:
    assert faults(SQUAT, pose(lean=35.0), Phase.IDLE, None)[0] == ()


def test_depth_is_judged_at_the_turning_point() -> None:
    shallow = pose(125.0)
    assert faults(SQUAT, shallow, Phase.EXECUTE, None)[0] == ()
    (fault,) = faults(SQUAT, shallow, Phase.END, shallow)[0]
    assert fault.name == "shallow_depth"
    assert fault.deviation == pytest.approx(41.0, abs=1.0)


def test_what_is_not_visible_is_not_judged() -> None:
    visibility = ALL_VISIBLE.copy()
    visibility[LANDMARK_INDEX["left_ankle"]] = 0.1
    joints, _ = judge(SQUAT, Pose.of(squatter(85.0), visibility), 1.0)
    names = {joint.joint for joint in joints}
    assert "left_knee" not in names
    assert "right_knee" in names


def test_nobody_visible_gives_no_joints_no_quality_and_no_progress() -> None:
    unseen = Pose.of(squatter(85.0), 0.1 * ALL_VISIBLE)
    assert judge(SQUAT, unseen, 1.0) == ((), 0.0)
    assert np.isnan(progress_of(SQUAT, unseen))


def test_a_hidden_leg_hardly_counts_in_the_mean() -> None:
    visibility = ALL_VISIBLE.copy()
    visibility[LANDMARK_INDEX["left_knee"]] = 0.1
    world = squatter(85.0)
    world[LANDMARK_INDEX["left_ankle"]] += np.array([0.4, -0.2, 0.1], np.float32)
    assert Pose.of(world, visibility).mean("knee") == pytest.approx(85.0, abs=1.5)


def test_another_posture_is_another_exercise() -> None:
    assert not in_posture(load_exercises()["push_up"], pose(170.0), 0.0)
    assert in_posture(SQUAT, pose(85.0), 1.0)


def test_a_squat_is_no_lunge_once_it_is_deep() -> None:
    lunge = load_exercises()["lunge"]
    assert in_posture(lunge, pose(150.0), 0.25)
    assert not in_posture(lunge, pose(90.0), 1.0)


def test_a_difference_goes_by_the_side_with_the_larger_angle() -> None:
    step = Limit("hip_flexion", "difference", tuple(VIEWS), 0.0, 20.0, 180.0)
    uneven = pose(90.0)
    uneven.angles[ANGLE_INDEX["right_hip_flexion"]] += 30.0
    ((name, degrees),) = uneven.readings(step)
    assert name == "right_hip_flexion"
    assert degrees == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize(("azimuth", "view"), [(5.0, "front"), (40.0, "oblique"), (85.0, "side")])
def test_what_the_view_does_not_show_is_not_judged(azimuth: float, view: str) -> None:
    judged = {joint.joint for joint in judge(SQUAT, pose(100.0, azimuth=azimuth), 0.8)[0]}
    assert ("left_knee_valgus" in judged) == (view == "front")
    assert ("trunk" in judged) == (view != "front")
    assert ("left_hip_flexion" in judged) == (view == "side")

"""A knee that bends towards the camera is seen in the picture, however straight the network takes it for."""

from __future__ import annotations

import numpy as np
import pytest
from stick_figure import FRAME, squatter

from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.lowering import MEMORY, LoweringMeter
from sportcoach_feedback.pose import Pose
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

SIGNAL = load_exercises()["squat"].signal
VISIBLE = np.ones(len(LANDMARKS), np.float32)


def pose(seen: float, true: float, distance: float = 1.0, picture: bool = True) -> Pose:
    """A pose whose knees the network takes for `seen` degrees while the picture shows `true` ones, `distance` away."""
    floor = 0.4 + 0.4 / distance
    image = np.full((len(LANDMARKS), 2), 0.5, np.float32)
    for side in ("left", "right"):
        image[LANDMARK_INDEX[f"{side}_ankle"], 1] = floor
        image[LANDMARK_INDEX[f"{side}_hip"], 1] = floor - 0.25 / distance * np.sin(np.radians(true / 2.0))
    return Pose.of(squatter(seen, azimuth=0.0), VISIBLE, image if picture else None)


def watch(*poses: Pose) -> list[float]:
    meter = LoweringMeter(SIGNAL)
    return [meter.step(index * FRAME, pose).mean("knee") for index, pose in enumerate(poses)]


def test_the_picture_corrects_a_knee_that_looks_too_straight() -> None:
    assert watch(pose(170.0, 170.0), pose(150.0, 110.0))[-1] == pytest.approx(110.0, abs=0.5)


def test_a_knee_that_is_seen_more_bent_is_left_alone() -> None:
    assert watch(pose(170.0, 170.0), pose(80.0, 110.0))[-1] == pytest.approx(80.0, abs=0.5)


def test_without_a_picture_the_network_is_believed() -> None:
    assert watch(pose(170.0, 170.0, picture=False), pose(150.0, 110.0, picture=False))[-1] == pytest.approx(
        150.0, abs=0.5
    )


def test_both_sides_keep_their_difference() -> None:
    meter = LoweringMeter(SIGNAL)
    meter.step(0, pose(170.0, 170.0))
    uneven = pose(150.0, 110.0)
    uneven.angles[:] += np.arange(len(uneven.angles))
    better = meter.step(FRAME, uneven)
    gap = [p.angle("right_knee") - p.angle("left_knee") for p in (uneven, better)]
    assert gap[0] == pytest.approx(gap[1])


def test_walking_away_from_the_camera_is_no_squat() -> None:
    angles = watch(*(pose(170.0, 170.0, distance) for distance in np.linspace(1.0, 1.8, 90)))
    assert min(angles) > 140.0


def test_who_was_taller_long_ago_is_forgotten() -> None:
    meter = LoweringMeter(SIGNAL)
    meter.step(0, pose(170.0, 170.0))
    assert meter.step(MEMORY + FRAME, pose(150.0, 110.0)).mean("knee") == pytest.approx(150.0, abs=0.5)

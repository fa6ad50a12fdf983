"""Joint angles are the angles of the body, whatever its place, size and direction; bad frames stay finite."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from sportcoach_perception.angles import (
    ANGLE_INDEX,
    ANGLES,
    angle_visibility,
    joint_angles,
    joint_of,
    view_angle,
)
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

Points = NDArray[np.float64]

STANDING = {
    "shoulder": (0.18, -0.5, 0.0),
    "elbow": (0.18, -0.2, 0.0),
    "wrist": (0.18, 0.05, 0.0),
    "hip": (0.1, 0.0, 0.0),
    "knee": (0.1, 0.4, 0.0),
    "ankle": (0.1, 0.8, 0.0),
    "foot_index": (0.1, 0.85, -0.2),
}
"""Left side of somebody who faces the camera (x right, y down, z away) [m]."""


def standing(**left: tuple[float, float, float]) -> Points:
    """World landmarks of the standing figure, with some joints of its left side elsewhere."""
    world = np.zeros((len(LANDMARKS), 3))
    for joint, (x, y, z) in STANDING.items():
        world[LANDMARK_INDEX[f"left_{joint}"]] = left.get(joint, (x, y, z))
        world[LANDMARK_INDEX[f"right_{joint}"]] = (-x, y, z)
    return world


def angle(world: Points, name: str) -> float:
    return float(joint_angles(world)[ANGLE_INDEX[name]])


def test_standing_straight() -> None:
    world = standing()
    for side in ("left", "right"):
        for name, expected in {"knee": 180, "hip_flexion": 0, "hip_abduction": 0, "knee_valgus": 0, "shank": 0}.items():
            assert angle(world, f"{side}_{name}") == pytest.approx(expected, abs=1e-4)
    assert angle(world, "trunk") == pytest.approx(0, abs=1e-4)
    assert view_angle(world) == pytest.approx(0)


def test_thigh_forward_is_hip_flexion_and_backward_is_overextension() -> None:
    forward = standing(knee=(0.1, 0.0, -0.4), ankle=(0.1, 0.4, -0.4))
    assert angle(forward, "left_hip_flexion") == pytest.approx(90)
    assert angle(forward, "left_knee") == pytest.approx(90)
    assert angle(forward, "right_hip_flexion") == pytest.approx(0, abs=1e-4)
    back = standing(knee=(0.1, 0.4, 0.1), ankle=(0.1, 0.8, 0.1))
    assert angle(back, "left_hip_flexion") == pytest.approx(-np.degrees(np.arctan(0.25)))


def test_leg_aside_is_abduction_without_valgus() -> None:
    world = standing(knee=(0.3, 0.35, 0.0), ankle=(0.5, 0.70, 0.0))
    assert angle(world, "left_hip_abduction") == pytest.approx(np.degrees(np.arctan2(0.2, 0.35)))
    assert angle(world, "left_knee_valgus") == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("side", ["left", "right"])
def test_knee_inward_is_positive_valgus_on_either_side(side: str) -> None:
    world = standing()
    world[LANDMARK_INDEX[f"{side}_knee"], 0] *= 0.3
    other = "right" if side == "left" else "left"
    assert angle(world, f"{side}_knee_valgus") == pytest.approx(2 * np.degrees(np.arctan2(0.07, 0.4)))
    assert angle(world, f"{other}_knee_valgus") == pytest.approx(0, abs=1e-4)
    world[LANDMARK_INDEX[f"{side}_knee"], 0] *= 5
    assert angle(world, f"{side}_knee_valgus") < -5


def test_trunk_and_shank_lean_against_the_vertical() -> None:
    tilted = standing() @ Rotation.from_euler("x", 30, degrees=True).as_matrix().T
    assert angle(tilted, "trunk") == pytest.approx(30)
    assert angle(tilted, "left_shank") == pytest.approx(30)


rotations = arrays(np.float64, 3, elements=st.floats(-3, 3)).map(Rotation.from_rotvec)
bodies = arrays(np.float64, (len(LANDMARKS), 3), elements=st.floats(-1, 1))


@given(rotations, st.floats(0.5, 2), arrays(np.float64, 3, elements=st.floats(-2, 2)))
def test_body_angles_do_not_depend_on_place_size_and_direction(turn: Rotation, size: float, place: Points) -> None:
    world = standing(knee=(0.05, 0.2, -0.3), ankle=(0.15, 0.6, -0.2), elbow=(0.3, -0.4, -0.2))
    own = [ANGLE_INDEX[name] for name in ANGLES if name != "trunk" and not name.endswith("shank")]
    moved = size * world @ turn.as_matrix().T + place
    np.testing.assert_allclose(joint_angles(moved)[own], joint_angles(world)[own], atol=1e-4)


def hardly_apart() -> Points:
    """Landmarks at one place, but for next to nothing at one of them."""
    world = np.zeros((len(LANDMARKS), 3))
    world[LANDMARK_INDEX["left_shoulder"], 0] = 3e-196
    return world


@given(bodies)
@example(hardly_apart())
def test_any_skeleton_has_finite_angles_in_range(world: Points) -> None:
    angles = joint_angles(world)
    assert np.isfinite(angles).all()
    assert (np.abs(angles) <= 180 + 1e-9).all()


@given(arrays(np.float32, (4, len(LANDMARKS), 3), elements=st.floats(-1, 1, width=32)))
def test_a_frame_has_the_same_angles_alone_as_in_a_batch(worlds: NDArray[np.float32]) -> None:
    assert np.array_equal(joint_angles(worlds), np.stack([joint_angles(world) for world in worlds]))


def test_an_angle_is_as_visible_as_the_least_visible_landmark_it_needs() -> None:
    visibility = np.ones(len(LANDMARKS))
    visibility[LANDMARK_INDEX["left_ankle"]] = 0.2
    seen = angle_visibility(visibility)
    hidden = {name for name in ANGLES if seen[ANGLE_INDEX[name]] == 0.2}
    assert hidden == {"left_knee", "left_ankle", "left_knee_valgus", "left_shank"}


def test_view_from_the_side_is_90_degrees() -> None:
    side = standing() @ Rotation.from_euler("y", 90, degrees=True).as_matrix().T
    assert view_angle(side) == pytest.approx(90)


def test_every_angle_belongs_to_a_joint() -> None:
    assert joint_of("left_knee_valgus") == "left_knee"
    assert joint_of("right_hip_flexion") == "right_hip"
    assert joint_of("left_shank") == "left_knee"
    assert joint_of("trunk") == "trunk"

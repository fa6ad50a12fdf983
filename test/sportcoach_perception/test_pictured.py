"""What the picture shows of legs and trunk is believed where it shows them, and the network everywhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.angles import ANGLE_INDEX, joint_angles, view_angle
from sportcoach_perception.frames import Floats
from sportcoach_perception.pictured import LEGS_FROM, TRUNK_FROM, seen_angles
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

LEGS = tuple(f"{side}_{name}" for side in ("left", "right") for name in ("knee", "shank"))
FLEXION = ("left_hip_flexion", "right_hip_flexion")

knees = st.floats(60.0, 179.0)
flexions = st.floats(-25.0, 110.0)
leans = st.floats(-10.0, 85.0)
aspects = st.sampled_from([4 / 3, 16 / 9, 9 / 16])
azimuths = st.sampled_from([90.0, -90.0])


def figure(knee: float, flexion: float, lean: float, azimuth: float) -> Floats:
    """World landmarks (33, 3) of somebody who moves in one plane [m].

    Args:
        knee: angle of both knees [degrees].
        flexion: of both hips [degrees].
        lean: of the trunk, 0 upright, 90 face down [degrees].
        azimuth: 0 seen from the front, 90 and -90 from either side [degrees].
    """
    turn, lean, thigh = np.radians([azimuth, lean, flexion])
    shin = thigh - np.radians(180.0 - knee)
    up, ahead = np.array([np.sin(lean), np.cos(lean)]), np.array([np.cos(lean), -np.sin(lean)])
    world = np.zeros((len(LANDMARKS), 3), np.float32)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        knee_point = 0.4 * (np.sin(thigh) * ahead - np.cos(thigh) * up)
        ankle = knee_point + 0.4 * (np.sin(shin) * ahead - np.cos(shin) * up)
        places = {"hip": (0.0, 0.0), "knee": knee_point, "ankle": ankle, "shoulder": 0.5 * up}
        for name, (forward, above) in places.items():
            left = sign * (0.18 if name == "shoulder" else 0.1)
            right = forward * np.sin(turn) + left * np.cos(turn)
            away = left * np.sin(turn) - forward * np.cos(turn)
            world[LANDMARK_INDEX[f"{side}_{name}"]] = right, -above, away
    return world


def picture_of(world: Floats, aspect: float) -> Floats:
    """(33, 2) landmarks in the picture of a camera far away."""
    return np.asarray(0.5 + world[:, :2] * 0.2 / np.array([aspect, 1.0]), np.float32)


def seen(network: Floats, shown: Floats, aspect: float = 4 / 3) -> dict[str, float]:
    """Angles of somebody whom the network takes for `network` while the picture shows `shown`."""
    angles, _ = seen_angles(network, picture_of(shown, aspect), aspect)
    return {name: angles[index] for name, index in ANGLE_INDEX.items()}


def exact(world: Floats) -> dict[str, float]:
    angles = joint_angles(world)
    return {name: float(angles[index]) for name, index in ANGLE_INDEX.items()}


@given(knees, flexions, leans, knees, flexions, aspects, azimuths)
def test_from_the_side_legs_and_trunk_are_as_the_picture_shows_them(
    knee: float, flexion: float, lean: float, guess: float, guessed: float, aspect: float, azimuth: float
) -> None:
    true = figure(knee, flexion, lean, azimuth)
    found = seen(figure(guess, guessed, lean, azimuth), true, aspect)
    for name in (*LEGS, *FLEXION, "trunk"):
        assert found[name] == pytest.approx(exact(true)[name], abs=0.1)


@given(knees, flexions, knees, st.sampled_from([40.0, -40.0, 50.0]))
def test_seen_obliquely_the_legs_of_who_stands_are_as_the_picture_shows_them(
    knee: float, flexion: float, guess: float, azimuth: float
) -> None:
    true, network = figure(knee, flexion, 10.0, azimuth), figure(guess, 40.0, 20.0, azimuth)
    found = seen(network, true)
    for name in LEGS:
        assert found[name] == pytest.approx(exact(true)[name], abs=0.1)
    for name in (*FLEXION, "trunk"):
        assert found[name] == pytest.approx(exact(network)[name], abs=1e-9)


def test_hips_that_sag_are_seen_obliquely_too() -> None:
    true, network = figure(178.0, -12.0, 80.0, 45.0), figure(178.0, -3.0, 78.0, 45.0)
    assert seen(network, true)["left_hip_flexion"] == pytest.approx(-12.0, abs=2.0)


@given(knees, flexions, leans)
def test_from_the_front_the_network_is_believed(knee: float, flexion: float, lean: float) -> None:
    network = figure(knee, flexion, lean, 5.0)
    assert seen(network, figure(170.0, 0.0, 0.0, 5.0)) == exact(network)


def test_without_the_shape_of_the_picture_the_network_is_believed() -> None:
    network, true = figure(120.0, 40.0, 20.0, 90.0), figure(90.0, 60.0, 30.0, 90.0)
    angles, view = seen_angles(network, picture_of(true, 4 / 3), 0.0)
    assert angles == joint_angles(network).tolist()
    assert view == pytest.approx(float(view_angle(network)))


@pytest.mark.parametrize("edge", [*LEGS_FROM, *TRUNK_FROM])
def test_a_view_that_flickers_makes_no_angle_jump(edge: float) -> None:
    before, after = (
        seen(figure(140.0, 20.0, 10.0, azimuth), figure(120.0, 40.0, 20.0, azimuth))
        for azimuth in (edge - 0.05, edge + 0.05)
    )
    assert all(abs(before[name] - after[name]) < 1.0 for name in before)

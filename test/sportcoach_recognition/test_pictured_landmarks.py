"""Landmarks that move as in the picture, of athletes whose landmarks in space and picture are made up."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_recognition.pictured_landmarks import SIZE_TIME, PicturedLandmarks

ASPECT = 16 / 9
HIP, ANKLE = LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["left_ankle"]


def standing() -> Floats:
    """(33, 3) [m], hip-centred."""
    world = np.random.default_rng(1).normal(0.0, 0.05, (len(LANDMARKS), 3)).astype(np.float32)
    heights = {"shoulder": -0.5, "hip": 0.0, "knee": 0.4, "ankle": 0.8}
    for side, x in (("left", 0.1), ("right", -0.1)):
        for joint, y in heights.items():
            world[LANDMARK_INDEX[f"{side}_{joint}"], :2] = x, y
    hips = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]
    return np.asarray(world - world[hips].mean(axis=0))


def pictured(world: Floats, metres: float = 2.5) -> Floats:
    """Where it is in a picture of this height [m], (33, 2)."""
    return np.asarray(0.5 + world[:, :2] / (metres * ASPECT, metres), np.float32)


def watch(landmarks: PicturedLandmarks, world: Floats, image: Floats, begin: float, seconds: float) -> Floats:
    """The landmarks at the end of a time in which nothing moves, at 20 frames per second."""
    for frame in range(round(20 * seconds)):
        shown = landmarks.update(round((begin + frame / 20) * 1e9), world, image, ASPECT)
    return shown


def leg(world: Floats) -> float:
    return float(world[ANKLE, 1] - world[HIP, 1])


def test_where_space_and_picture_agree_nothing_changes() -> None:
    world = standing()
    assert_allclose(PicturedLandmarks().update(0, world, pictured(world), ASPECT), world, atol=1e-5)


def test_hips_come_down_as_far_as_in_the_picture_and_depth_stays_that_of_space() -> None:
    landmarks, world = PicturedLandmarks(), standing()
    watch(landmarks, world, pictured(world), 0.0, 2.0)
    low = world.copy()
    legs = [LANDMARK_INDEX[f"{side}_{joint}"] for side in ("left", "right") for joint in ("knee", "ankle")]
    low[legs, 1] *= 0.75
    shown = watch(landmarks, world, pictured(low), 2.0, 0.25)
    assert abs(leg(shown) - leg(low)) < 0.3 * abs(leg(world) - leg(low))
    assert_allclose(shown[:, 2], world[:, 2])


def test_who_comes_nearer_is_soon_as_large_as_before() -> None:
    landmarks, world = PicturedLandmarks(), standing()
    watch(landmarks, world, pictured(world), 0.0, 2.0)
    near = pictured(world, metres=1.8)
    assert leg(watch(landmarks, world, near, 2.0, 0.05)) > 1.2 * leg(world)
    assert_allclose(leg(watch(landmarks, world, near, 2.05, 3.0 * SIZE_TIME)), leg(world), rtol=0.03)


def test_another_athlete_has_another_size_at_once() -> None:
    landmarks, world = PicturedLandmarks(), standing()
    watch(landmarks, world, pictured(world), 0.0, 2.0)
    landmarks.reset()
    assert_allclose(leg(watch(landmarks, world, pictured(world, metres=1.5), 2.0, 0.05)), leg(world), rtol=1e-4)


def test_without_a_picture_landmarks_are_those_in_space() -> None:
    world, nowhere = standing(), np.zeros((len(LANDMARKS), 2), np.float32)
    for image, aspect in ((nowhere, ASPECT), (pictured(world), 0.0)):
        assert_allclose(PicturedLandmarks().update(0, world, image, aspect), world)

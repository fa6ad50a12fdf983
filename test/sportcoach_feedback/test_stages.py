"""Energy and boundary score are those of eq. 1 and 2."""

from __future__ import annotations

import numpy as np
import pytest
from stick_figure import FRAME, squatter, swings

from sportcoach_feedback.stages import BETA, LAMBDA, MAX_GAP, SMOOTHING, STILL, MotionMeter
from sportcoach_perception.angles import ANGLE_INDEX, ANGLES, joint_angles
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

DT = FRAME * 1e-9


def test_a_still_body_has_no_energy_and_no_boundary() -> None:
    meter = MotionMeter()
    world = squatter()
    for index in range(5):
        assert meter.step(index * FRAME, world, joint_angles(world)) == STILL


def test_one_moving_wrist_has_its_speed_squared() -> None:
    """1 m/s for one frame, seen through smoothing; the body's centre moves 1/22 as fast."""
    meter = MotionMeter()
    world = np.zeros((len(LANDMARKS), 3), np.float32)
    angles = np.zeros(len(ANGLES))
    meter.step(0, world, angles)
    moved = world.copy()
    moved[LANDMARK_INDEX["left_wrist"], 0] = DT
    motion = meter.step(FRAME, moved, angles)
    assert motion.energy == pytest.approx(SMOOTHING**2)
    acceleration = SMOOTHING / 22 / DT
    assert motion.boundary_score == pytest.approx(LAMBDA * SMOOTHING**2 + (1 - LAMBDA) * acceleration)


def test_one_turning_joint_has_its_rate_squared_weighted_by_beta() -> None:
    meter = MotionMeter()
    world = np.zeros((len(LANDMARKS), 3), np.float32)
    angles = np.zeros(len(ANGLES))
    meter.step(0, world, angles)
    angles[ANGLE_INDEX["right_knee"]] = np.degrees(2.0 * DT)
    assert meter.step(FRAME, world, angles).energy == pytest.approx(BETA * (2.0 * SMOOTHING) ** 2)


def test_boundaries_stand_out_where_a_movement_starts_and_stops() -> None:
    meter = MotionMeter()
    knees = list(swings(seconds=1.5, rest=1.0))
    scores = []
    for index, knee in enumerate(knees):
        world = squatter(knee)
        scores.append(meter.step(index * FRAME, world, joint_angles(world)).boundary_score)
    assert max(scores[:28]) == 0.0
    assert min(scores[32:70]) > 0.0
    assert max(scores[-20:]) < 1e-2


def test_a_gap_is_no_movement() -> None:
    meter = MotionMeter()
    meter.step(0, squatter(170.0), joint_angles(squatter(170.0)))
    assert meter.step(MAX_GAP + 1, squatter(90.0), joint_angles(squatter(90.0))) == STILL

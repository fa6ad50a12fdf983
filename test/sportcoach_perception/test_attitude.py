"""The accelerometer's reading comes out in the axes of the room."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from sportcoach_perception.attitude import Attitude, Row

GRAVITY = (0.0, 0.0, 9.81)
RATE = 100.0
angles = st.floats(-3.1, 3.1)


def sensed(turn: Rotation, vector: Row = GRAVITY) -> Row:
    """A vector of the room in the axes of a sensor that is turned by `turn` against it."""
    x, y, z = turn.inv().apply(vector).tolist()
    return x, y, z


@given(angles, angles, angles)
def test_a_resting_sensor_finds_the_vertical_at_once(roll: float, pitch: float, yaw: float) -> None:
    acc = sensed(Rotation.from_euler("xyz", (roll, pitch, yaw)))
    assert Attitude().update(acc, (0.0, 0.0, 0.0), 0.0) == pytest.approx(GRAVITY, abs=0.5)


def test_a_sensor_upside_down_finds_it_too() -> None:
    assert Attitude().update((0.0, 0.0, -9.81), (0.0, 0.0, 0.0), 0.0) == pytest.approx(GRAVITY)


def test_turning_is_followed_without_lag() -> None:
    attitude = Attitude()
    for k in range(500):
        turn = Rotation.from_euler("x", np.sin(6.0 * k / RATE))
        gyro = (6.0 * float(np.cos(6.0 * k / RATE)), 0.0, 0.0)
        attitude.update(sensed(turn), gyro, 1.0 / RATE)
        assert np.allclose(attitude.rotation, turn.as_matrix(), atol=0.01)


def test_a_biased_gyro_does_not_tilt_it_for_long() -> None:
    attitude = Attitude()
    for _ in range(20_000):
        acc = attitude.update(GRAVITY, (0.005, 0.0, 0.0), 1.0 / RATE)
    assert acc == pytest.approx(GRAVITY, abs=1.5) and abs(acc[1]) > 0.5
    assert np.allclose(np.array(attitude.rotation) @ np.transpose(attitude.rotation), np.eye(3), atol=1e-9)

"""Sequences on an even grid: both modalities at the same times, whatever their rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_recognition.datasets.sequence import Sequence, even_stamps
from sportcoach_recognition.grid import duration, even, on_grid, stack


def ramp(seconds: float, rate: float = 30.0, imu_rate: float = 100.0) -> Sequence:
    """Every coordinate and reading is the time [s]."""
    stamps, imu_stamps = even_stamps(int(seconds * rate) + 1, rate), even_stamps(int(seconds * imu_rate) + 1, imu_rate)
    world = np.broadcast_to((stamps / 1e9)[:, None, None], (len(stamps), 33, 3)).astype(np.float32)
    imu = np.broadcast_to((imu_stamps / 1e9)[:, None, None], (len(imu_stamps), 4, 6)).astype(np.float32)
    seen = np.ones((len(stamps), 33), np.bool_)
    worn = np.array([[True, True], [True, False], [False, False], [False, True]])
    return Sequence(stamps, world, seen, "a", "b", "c", "d", imu_stamps=imu_stamps, imu=imu, imu_seen=worn)


@given(st.floats(1.0, 4.0), st.floats(8.0, 60.0), st.floats(20.0, 200.0), st.integers(1, 4))
def test_pose_and_readings_are_those_of_their_time(seconds: float, rate: float, imu_rate: float, k: int) -> None:
    sequence = ramp(seconds, rate, imu_rate)
    stamps = even(0.0, 0.8e9, 16.0)
    grid = on_grid(sequence, stamps, k)
    np.testing.assert_allclose(grid.pose[:, 0, 0], stamps / 1e9, atol=1e-5)
    readings = grid.imu.reshape(len(stamps), 4, k, 6)[:, 0, :, 0]
    fine = (stamps[:, None] - 1e9 / 16.0 / k * np.arange(k - 1, -1, -1)) / 1e9
    np.testing.assert_allclose(readings, np.maximum(fine, 0.0), atol=1e-5)
    assert grid.imu_seen.tolist() == [[True, True, False, True]] * len(stamps)


def test_a_landmark_between_seen_and_unseen_is_unseen() -> None:
    sequence = ramp(1.0)
    sequence.seen[10:12, 5] = False
    grid = on_grid(sequence, even(0.0, 1e9, 60.0), 1)
    assert not grid.seen[19:24, 5].any()
    assert not grid.pose[19:24, 5].any()
    assert grid.seen[:18, 5].all()


def test_one_modality_alone_and_movements_of_one_frame() -> None:
    both = ramp(1.0)
    empty = np.zeros(0, np.int64)
    sensors = replace(both, stamps=empty, world=np.zeros((0, 33, 3), np.float32), seen=np.zeros((0, 33), np.bool_))
    grid = on_grid(sensors, even(*duration(sensors), 10.0), 2)
    assert not grid.seen.any()
    assert grid.imu_seen.any()
    still = replace(both, stamps=both.stamps[:1], world=both.world[:1], seen=both.seen[:1], imu_stamps=empty)
    grid = on_grid(still, even(*duration(still), 10.0), 2)
    assert grid.pose.shape == (1, 33, 3)
    assert not grid.imu_seen.any()


@pytest.mark.parametrize("lengths", [(3, 7), (5, 5, 1)])
def test_short_movements_are_padded_behind(lengths: tuple[int, ...]) -> None:
    grids = [on_grid(ramp(2.0), even(0.0, (n - 1) * 0.1e9, 10.0), 3) for n in lengths]
    inputs = stack(grids)
    assert inputs.valid.sum(1).tolist() == list(lengths)
    assert inputs.pose.shape == (len(lengths), max(lengths), 33, 3)
    for row, n in enumerate(lengths):
        assert inputs.valid[row, :n].all()
        assert not inputs.pose[row, n:].any()

"""What is seen and felt of a movement becomes the same quantity, whatever the times at which it is sampled."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sportcoach_perception.recent import Recent
from sportcoach_perception.swing import SETTLING, FeltSwing, SeenSwing

Array = NDArray[np.float64]
FREQUENCY = 2.0 * np.pi * 0.7
GRAVITY = 9.81


def position(times: Array) -> Array:
    return np.asarray(0.3 * np.sin(FREQUENCY * times))


def felt(times: Array) -> Recent:
    """An IMU that turns and pushes with `position`: in the first entry of the matrix, and up."""
    recent = Recent(size=1024, columns=12)
    for time, value in zip(times, position(times), strict=True):
        push = GRAVITY - FREQUENCY**2 * value
        recent.append(float(time), [value, *np.zeros(8), 0.0, 0.0, push])
    return recent


def seen(times: Array) -> Array:
    swing = SeenSwing()
    return np.array(
        [swing.update(np.array([value]), float(time)) for time, value in zip(times, position(times), strict=True)]
    )[:, 0]


def test_seen_turned_and_pushed_swing_alike() -> None:
    rng = np.random.default_rng(0)
    frames = np.arange(240) / 30.0 + rng.uniform(-0.005, 0.005, 240)
    samples = np.arange(900) / 100.0 + rng.uniform(-0.002, 0.002, 900)
    swing = FeltSwing(0.15)
    swing.extend(felt(samples))
    at = swing.at(frames[120:220], np.array([0.0, 0.02]))
    assert at is not None
    assert at[0, :, 0] == pytest.approx(seen(frames)[120:220], abs=0.004)
    assert at[0, :, 11] == pytest.approx(seen(frames)[120:220], abs=0.012)


def test_piece_by_piece_is_the_same_as_all_at_once() -> None:
    samples = np.arange(500) / 100.0
    whole, pieces = FeltSwing(0.15), FeltSwing(0.15)
    whole.extend(felt(samples))
    for end in (3, 50, 51, 300, 500):
        pieces.extend(felt(samples[:end]))
    times, offsets = np.arange(2.0, 4.0, 1.0 / 30.0), np.arange(-5, 6) * 0.02
    first, second = whole.at(times, offsets), pieces.at(times, offsets)
    assert first is not None and second is not None and np.allclose(first, second, atol=1e-12)


def test_nothing_is_known_before_the_filters_settle_beyond_the_samples_and_after_a_gap() -> None:
    samples = np.arange(500) / 100.0
    swing, offsets = FeltSwing(0.15), np.array([0.0, 0.02])
    assert swing.at(np.array([1.0]), offsets) is None
    swing.extend(felt(samples))
    assert swing.at(np.array([SETTLING - 0.1]), offsets) is None
    assert swing.at(np.array([SETTLING + 0.1]), offsets) is not None
    assert swing.at(np.array([4.98]), offsets) is None
    swing.extend(felt(np.concatenate([samples, 7.0 + samples])))
    assert swing.at(np.array([4.0]), offsets) is None
    assert swing.at(np.array([7.0 + SETTLING + 0.1]), offsets) is not None


def test_memory_is_bounded() -> None:
    swing, recent = FeltSwing(0.15), Recent(size=64, columns=12)
    for number in range(20_000):
        recent.append(number / 100.0, np.zeros(12))
        if number % 50 == 0:
            swing.extend(recent)
    assert len(recent.after(-np.inf)) <= 128
    assert swing.at(np.array([150.0]), np.array([0.0, 0.02])) is None
    assert swing.at(np.array([198.0]), np.array([0.0, 0.02])) is not None


def test_recent_rows_are_found_by_time_unless_there_is_a_hole() -> None:
    recent = Recent(size=8, columns=1)
    assert recent.first == np.inf and recent.last == -np.inf
    for number in range(20):
        recent.append(float(number), [10.0 * number])
    rows = recent.between(15.5, 17.5, max_gap=1.0)
    assert rows is not None and rows[:, 0].tolist() == [15.0, 16.0, 17.0, 18.0] and rows[0, 1] == 150.0
    assert recent.last == 19.0 and recent.between(18.0, 20.0, 1.0) is None and recent.between(1.0, 18.0, 1.0) is None
    recent.append(22.0, [0.0])
    assert recent.between(16.5, 21.0, max_gap=1.0) is None

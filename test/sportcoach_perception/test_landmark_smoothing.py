"""MediaPipe's smoothing delays slow landmarks most, and can be undone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from sportcoach_perception.landmark_smoothing import EXPANSION, InverseOneEuroFilter, OneEuroFilter, region_size
from sportcoach_perception.skeleton import LANDMARK_INDEX

Array = NDArray[np.float64]
PERIOD = 1.0 / 30.0


def smoothed(points: Array, size: float = 1.0) -> Array:
    smooth = OneEuroFilter()
    return np.array([smooth.update(p, size, PERIOD) for p in points])


def recovered(points: Array, size: float = 1.0) -> Array:
    inverse = InverseOneEuroFilter()
    return np.array([inverse.update(p, size, PERIOD) for p in points])


def moving(speed: float) -> Array:
    """(90, 1, 2) a landmark at a constant speed [1/s] to the right."""
    return np.stack([speed * PERIOD * np.arange(90.0), np.zeros(90)], axis=1)[:, None, :]


@pytest.mark.parametrize("speed", [0.1, 0.5, 2.0])
def test_the_delay_is_that_of_the_cut_off_at_this_speed(speed: float) -> None:
    points = moving(speed)
    delay = (points - smoothed(points, 0.5))[-1, 0, 0] / speed
    assert delay == pytest.approx(1.0 / (2.0 * np.pi * (0.05 + 80.0 * speed / 0.5)), rel=0.05)


@given(st.integers(0, 1000), st.floats(0.2, 2.0), st.floats(0.02, 0.3))
def test_a_movement_to_one_side_is_recovered_exactly(seed: int, size: float, speed: float) -> None:
    rng = np.random.default_rng(seed)
    points = np.cumsum(speed * PERIOD * rng.uniform(0.1, 2.0, (60, 5, 2)), axis=0)
    assert np.allclose(recovered(smoothed(points, size), size), points, atol=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.004])
def test_back_and_forth_is_recovered_but_for_a_third_of_what_smoothing_took(noise: float) -> None:
    rng = np.random.default_rng(1)
    turns = 0.2 * np.sin(2.0 * np.pi * 0.4 * PERIOD * np.arange(600.0)[:, None, None] + rng.uniform(0.0, 6.0, (33, 2)))
    points = turns + noise * rng.standard_normal(turns.shape)
    shown = smoothed(points)
    assert np.std(recovered(shown) - points) < np.std(shown - points) / 3.0


def test_where_it_began_is_forgotten() -> None:
    points = moving(0.3)
    assert np.allclose(recovered(smoothed(points)[30:])[30:], points[60:], atol=1e-3)


def test_what_rests_stays_where_it_is() -> None:
    points = np.full((10, 33, 2), 0.4)
    assert np.array_equal(recovered(points), points)


def test_the_region_holds_the_athlete() -> None:
    image = np.full((33, 2), 0.5)
    image[LANDMARK_INDEX["left_ankle"]] = 0.5, 0.9
    assert region_size(image) == pytest.approx(2.0 * EXPANSION * 0.4)

"""MediaPipe's smoothing delays slow landmarks most."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach_perception.landmark_delay import MAX_DELAY, athlete_size, mean_delay

PERIOD = 1.0 / 30.0


def moving(speed: float) -> np.ndarray[tuple[int, int, int], np.dtype[np.float64]]:
    """(90, 1, 2) a landmark at a constant speed [1/s] to the right."""
    return np.stack([speed * PERIOD * np.arange(90.0), np.zeros(90)], axis=1)[:, None, :]


@pytest.mark.parametrize("speed", [0.1, 0.5, 2.0])
def test_the_delay_is_that_of_the_cut_off_at_this_speed(speed: float) -> None:
    expected = 1.0 / (2.0 * np.pi * (0.05 + 80.0 * speed / 0.5))
    assert mean_delay(moving(speed), np.full(90, 0.5), PERIOD)[0] == pytest.approx(expected, rel=0.5)
    assert mean_delay(moving(speed), np.full(90, 0.5), PERIOD)[0] > expected  # the filter's speed starts at rest


def test_what_rests_has_the_largest_delay_and_a_small_athlete_a_smaller_one() -> None:
    assert mean_delay(moving(0.0), np.full(90, 0.5), PERIOD)[0] == pytest.approx(MAX_DELAY)
    near, far = (mean_delay(moving(0.2), np.full(90, size), PERIOD)[0] for size in (0.8, 0.2))
    assert far < near


def test_the_size_is_that_of_the_box_around_the_landmarks() -> None:
    image = np.zeros((33, 2))
    image[5], image[7] = (0.2, 0.1), (0.4, 0.9)
    assert athlete_size(image) == pytest.approx((0.4 + 0.9) / 2.0)

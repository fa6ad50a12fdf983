"""Cycles are compared with their reference and with each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach.cycle_quality import correlation, cosine, moving_joints, quality_of, resampled, warped_deviation

PHASE = np.linspace(0.0, 2.0 * np.pi, 50)
SWING = 130.0 + 40.0 * np.cos(PHASE)


def test_the_reference_itself_is_perfect() -> None:
    found = quality_of({"left_knee": [(SWING, SWING), (SWING, SWING)], "trunk": [(SWING * 0 + 5, SWING * 0 + 5)]})
    assert found is not None
    assert found.joints == ("left_knee",)
    assert (found.cosine, found.correlation, found.velocity_consistency, found.range) == (1.0, 1.0, 1.0, 1.0)
    assert found.deviation_deg == 0.0


def test_half_the_range_keeps_its_shape() -> None:
    found = quality_of({"left_knee": [(150.0 + 20.0 * np.cos(PHASE), SWING)]})
    assert found is not None
    assert found.range == pytest.approx(0.5) and found.correlation == pytest.approx(1.0)
    assert found.deviation_deg > 5.0 and found.velocity_consistency is None


def test_warping_forgives_rhythm_but_not_range() -> None:
    late = 130.0 + 40.0 * np.cos(2.0 * np.pi * (PHASE / PHASE[-1]) ** 1.5)
    assert warped_deviation(late, SWING) < 3.0 < float(np.abs(late - SWING).mean())


def test_nothing_moved_nothing_told() -> None:
    assert quality_of({}) is None
    assert moving_joints({"knee": 80.0, "hip": 30.0, "elbow": 5.0}) == ("knee", "hip")


def test_cycles_are_resampled_by_their_own_time() -> None:
    assert resampled(np.array([3.0, 5.0]), np.array([0.0, 98.0]))[[0, 1, -1]] == pytest.approx([0.0, 2.0, 98.0])


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=20))
def test_similarities_stay_in_range(values: list[float]) -> None:
    a = np.array(values)
    for similarity in (cosine, correlation):
        assert -1.000001 <= similarity(a, a[::-1]) <= 1.000001
    assert warped_deviation(a, a) == 0.0

"""Features: even sampling whatever the camera's rate, and dynamics by differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_recognition.features import PERIOD, RATE, SMOOTHING, FeatureExtractor, Resampler, Sample


def sample(stamp: int, value: float, seen: bool = True) -> Sample:
    return Sample(stamp, np.full((33, 3), value, np.float32), np.full(33, seen), np.zeros((4, 6), np.float32))


@pytest.mark.parametrize("rate", [12.0, 24.0, 25.0, 30.0, 60.0])
def test_a_steady_motion_is_sampled_evenly_at_any_rate(rate: float) -> None:
    resampler = Resampler()
    stamps = [round(i * 1e9 / rate) for i in range(int(2 * rate))]
    out = [s for t in stamps for s in resampler.feed(sample(t, t / 1e9))]
    assert [s.stamp for s in out] == [i * PERIOD for i in range(len(out))]
    np.testing.assert_allclose([s.world[0, 0] for s in out], np.arange(len(out)) / RATE, atol=1e-5)
    assert len(out) == stamps[-1] // PERIOD + 1


@given(st.lists(st.integers(1, 400_000_000), min_size=1, max_size=60))
def test_every_grid_point_comes_out_once_and_never_early(steps: list[int]) -> None:
    resampler, stamp, out = Resampler(), 0, []
    for step in steps:
        stamp += step
        for s in resampler.feed(sample(stamp, stamp / 1e9)):
            assert s.stamp <= stamp
            out.append(s)
    assert np.diff([s.stamp for s in out]).tolist() == [PERIOD] * (len(out) - 1)
    np.testing.assert_allclose([s.world[0, 0] for s in out], [s.stamp / 1e9 for s in out], atol=1e-4)


def test_a_landmark_between_seen_and_unseen_is_unseen() -> None:
    resampler = Resampler()
    list(resampler.feed(sample(0, 0.0)))
    (between,) = resampler.feed(sample(PERIOD, 1.0, seen=False))
    assert not between.seen.any()


def test_velocity_and_acceleration_of_a_steady_motion() -> None:
    extractor = FeatureExtractor()
    for t in range(60):
        features = extractor.step(sample(t * PERIOD, 0.5 * t / RATE))
    lag = (1.0 - SMOOTHING) / SMOOTHING / RATE
    np.testing.assert_allclose(features[:, :3], 0.5 * (59 / RATE - lag), atol=1e-4)
    np.testing.assert_allclose(features[:, 3:6], 0.5, atol=1e-3)
    np.testing.assert_allclose(features[:, 6:9], 0.0, atol=2e-3)


def test_nothing_is_claimed_about_what_is_not_seen() -> None:
    extractor = FeatureExtractor()
    extractor.step(sample(0, 1.0))
    hidden = extractor.step(sample(PERIOD, 5.0, seen=False))
    assert not hidden.any()
    back = extractor.step(sample(2 * PERIOD, 2.0))
    assert (back[:, :3] == 2.0).all()
    assert not back[:, 3:9].any()


def test_the_imu_goes_to_the_limbs_and_nowhere_else() -> None:
    imu = np.ones((4, 6), np.float32)
    features = FeatureExtractor().step(Sample(0, np.zeros((33, 3), np.float32), np.ones(33, bool), imu))
    assert set(np.nonzero(features[:, 9:15].any(axis=1))[0].tolist()) == {15, 16, 27, 28}


def test_batches_and_single_streams_agree() -> None:
    rng = np.random.default_rng(0)
    world = rng.normal(size=(3, 20, 33, 3)).astype(np.float32)
    seen = rng.random((3, 20, 33)) > 0.2
    imu = np.zeros((3, 20, 4, 6), np.float32)
    together = FeatureExtractor()
    batch = [together.step(Sample(0, world[:, t], seen[:, t], imu[:, t])) for t in range(20)]
    for row in range(3):
        alone = FeatureExtractor()
        for t in range(20):
            assert np.array_equal(alone.step(Sample(0, world[row, t], seen[row, t], imu[row, t])), batch[t][row])

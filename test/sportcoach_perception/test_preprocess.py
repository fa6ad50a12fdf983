"""Streaming and batch forms of the paper's preprocessing agree, and the streaming ones see no future."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_perception.preprocess.band_pass import BandPass, band_pass, band_pass_zero_phase, design
from sportcoach_perception.preprocess.missing import Filling, fill, fill_centred
from sportcoach_perception.preprocess.smoothing import Smoothing, smooth
from sportcoach_perception.preprocess.standardization import Standardization, standardize, standardize_so_far
from sportcoach_perception.preprocess.window import Window, fit

Array = NDArray[np.float64]
SECTIONS = design(100.0)

sequences = st.integers(1, 150).flatmap(lambda n: arrays(np.float64, (n, 2, 3), elements=st.floats(-50, 50, width=32)))


@pytest.mark.parametrize(
    ("batch", "make"),
    [
        (smooth, Smoothing),
        (standardize_so_far, Standardization),
        (lambda x: band_pass(x, SECTIONS), lambda: BandPass(SECTIONS)),
    ],
    ids=["smoothing", "standardization", "band_pass"],
)
@given(sequences)
def test_streaming_agrees_with_batch(batch: Callable[[Array], Array], make: Callable[[], Smoothing], x: Array) -> None:
    x = np.round(x, 2)  # deviations are 0 or well above what is divided by
    stream = make()
    np.testing.assert_allclose([stream.step(frame) for frame in x], batch(x), atol=1e-6)


@given(sequences, st.data())
def test_streaming_filling_agrees_with_batch(x: Array, data: st.DataObject) -> None:
    present = np.array(data.draw(st.lists(st.booleans(), min_size=len(x), max_size=len(x))))
    stream = Filling()
    filled = [stream.step(frame, bool(here)) for frame, here in zip(x, present, strict=True)]
    np.testing.assert_allclose(filled, fill(x, present), atol=1e-9)


@given(st.integers(1, 200), st.integers(1, 70))
def test_streaming_window_agrees_with_batch(frames: int, length: int) -> None:
    x = np.arange(frames, dtype=np.float32)[:, None]
    window = Window((1,), length)
    for t in range(frames):
        np.testing.assert_array_equal(window.step(x[t]), fit(x[: t + 1], length))
    assert window.full == (frames >= length)


def test_a_window_that_was_cleared_starts_anew() -> None:
    window = Window((), 3)
    for value in (1, 2, 3, 4):
        window.step(np.float32(value))
    window.clear()
    assert window.step(np.float32(9)).tolist() == [9, 9, 9] and not window.full


def test_an_empty_sequence_cannot_be_repeated() -> None:
    with pytest.raises(ValueError, match="no frame"):
        fit(np.zeros((0, 3)))


def test_smoothing_weighs_the_newest_frame_with_alpha() -> None:
    assert smooth(np.array([0.0, 1.0, 1.0])).tolist() == pytest.approx([0.0, 0.6, 0.84])


@given(sequences)
def test_the_last_z_score_so_far_is_that_of_the_whole_sequence(x: Array) -> None:
    x = np.round(x, 2)
    np.testing.assert_allclose(standardize_so_far(x)[-1], standardize(x)[-1], atol=1e-6)


def test_the_band_pass_keeps_movement_and_takes_gravity_and_noise_out() -> None:
    t = np.arange(1000) / 100.0
    movement = np.sin(2.0 * np.pi * 2.0 * t)
    signal = (9.81 + movement + np.sin(2.0 * np.pi * 45.0 * t))[:, None]
    middle = slice(300, 700)
    np.testing.assert_allclose(band_pass_zero_phase(signal, SECTIONS)[middle, 0], movement[middle], atol=0.1)
    causal = band_pass(signal, SECTIONS)[middle, 0]
    assert np.abs(causal).max() == pytest.approx(1.0, abs=0.1) and abs(causal.mean()) < 0.02
    assert band_pass(np.full((50, 1), 9.81), SECTIONS) == pytest.approx(0.0, abs=1e-9)


def test_a_band_beyond_half_the_rate_is_refused() -> None:
    with pytest.raises(UserError, match="half the rate"):
        design(30.0, (0.3, 20.0))


def test_missing_frames_get_the_average_around_or_before_them() -> None:
    x = np.array([1.0, 3.0, 0.0, 8.0])
    present = np.array([True, True, False, True])
    assert fill_centred(x, present)[2] == pytest.approx(4.0)
    assert fill(x, present)[2] == pytest.approx(2.0)
    assert fill(x, np.zeros(4, np.bool_)).tolist() == x.tolist()

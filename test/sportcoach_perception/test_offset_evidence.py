"""Evidence of an offset is the same in pieces, and small movement is none."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sportcoach_perception.motion_signals import LANDMARKS_SEEN
from sportcoach_perception.offset_evidence import OFFSETS, OffsetEvidence
from sportcoach_perception.swing import FELT

Array = NDArray[np.float64]
TIMES = np.arange(151) / 30.0
LATE = 0.06


def felt(times: Array) -> Array:
    """(K, N, FELT) of an IMU that is `LATE`: each axis moves in a way of its own."""
    shifted = (times + OFFSETS[:, None] - LATE)[..., None]
    return np.asarray(0.1 * np.sin(2.0 * np.pi * np.linspace(0.4, 1.4, FELT) * shifted + np.arange(FELT)))


def seen(times: Array, size: float = 1.0) -> Array:
    """(N, 2 LANDMARKS_SEEN) mixtures of what is felt without delay, with errors that last and new ones."""
    rng = np.random.default_rng(0)
    exact = 0.1 * np.sin(2.0 * np.pi * np.linspace(0.4, 1.4, FELT) * times[:, None] + np.arange(FELT))
    mixing = rng.standard_normal((FELT, 2 * LANDMARKS_SEEN)) * 0.1
    errors = rng.standard_normal((len(times), 2 * LANDMARKS_SEEN)) * 0.001
    return np.asarray(size * (exact @ mixing) + errors + 0.5 * np.cumsum(errors, axis=0))


def test_the_likelihood_is_highest_at_the_offset() -> None:
    evidence = OffsetEvidence()
    evidence.add(TIMES, seen(TIMES), felt(TIMES))
    likelihood = evidence.likelihood()
    assert OFFSETS[np.argmax(likelihood)] == pytest.approx(LATE) and likelihood.min() >= 0.0
    assert evidence.frames == 150 and evidence.seconds == pytest.approx(5.0)


def test_piece_by_piece_is_the_same_as_all_at_once() -> None:
    whole, pieces = OffsetEvidence(), OffsetEvidence()
    whole.add(TIMES, seen(TIMES), felt(TIMES))
    for begin, end in ((0, 9), (8, 10), (9, 60), (59, 151)):  # each begins with the last frame of the one before
        pieces.add(TIMES[begin:end], seen(TIMES)[begin:end], felt(TIMES[begin:end]))
    assert pieces.frames == whole.frames
    assert pieces.likelihood() == pytest.approx(whole.likelihood(), rel=1e-9)


def test_an_interruption_is_no_movement() -> None:
    evidence = OffsetEvidence()
    evidence.add(TIMES[:60], seen(TIMES)[:60], felt(TIMES[:60]))
    evidence.interrupt()
    evidence.add(TIMES[100:], seen(TIMES)[100:], felt(TIMES[100:]))
    assert OFFSETS[np.argmax(evidence.likelihood())] == pytest.approx(LATE)
    assert evidence.frames == 59 + 50 and evidence.seconds == pytest.approx((59 + 50) / 30.0)


def test_movement_within_the_errors_says_nothing() -> None:
    evidence = OffsetEvidence()
    evidence.add(TIMES, seen(TIMES, size=1e-3), 1e-3 * felt(TIMES))
    assert np.ptp(evidence.likelihood()) < 1.0


def test_older_evidence_fades() -> None:
    evidence = OffsetEvidence()
    evidence.add(TIMES, seen(TIMES), felt(TIMES))
    before = np.ptp(evidence.likelihood())
    evidence.fade(20.0)
    assert evidence.frames == pytest.approx(75.0)
    assert 0.3 * before < np.ptp(evidence.likelihood()) < 0.6 * before

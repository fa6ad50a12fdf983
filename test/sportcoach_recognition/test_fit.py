"""`fit`: learns, repeats for the same seed, and what is saved predicts the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.training import FitConfig, Fitted, class_balance, fit

SEQUENCES = list(synthetic.read(60, seed=3))
SMALL = FitConfig(
    steps=60, batch=12, average=0.9, validate_every=30, longest=24,
    network={"joint": 6, "part": 9, "limb": 6, "body": 16},
)  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, SMALL, seed=0)


def test_the_same_seed_gives_the_same_answers(fitted: Fitted) -> None:
    again = fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, SMALL, seed=0)
    assert np.array_equal(fitted.predict(SEQUENCES), again.predict(SEQUENCES))


def test_it_learns_distributions(fitted: Fitted) -> None:
    probabilities = fitted.predict(SEQUENCES)
    assert probabilities.shape == (len(SEQUENCES), len(ACTIONS))
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)
    truth = np.array([ACTIONS.index(sequence.label) for sequence in SEQUENCES])
    assert (probabilities.argmax(1) == truth).mean() > 0.4


def test_what_is_saved_predicts_the_same(fitted: Fitted, tmp_path: Path) -> None:
    fitted.save(tmp_path / "net.safetensors")
    loaded = Fitted.load(tmp_path / "net.safetensors")
    assert loaded.classes == ACTIONS
    assert np.array_equal(loaded.predict(SEQUENCES), fitted.predict(SEQUENCES))


def test_every_class_is_drawn_equally_often() -> None:
    labels = np.array([0, 0, 0, 1])
    chance = class_balance(labels)
    assert chance[:3].sum() == pytest.approx(chance[3]) == pytest.approx(0.5)

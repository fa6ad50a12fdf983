"""`fit`: learns, repeats for the same seed, and what is saved predicts the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sportcoach_perception.errors import UserError
from sportcoach_recognition import training_run
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.drawing import class_balance
from sportcoach_recognition.fitted import Fitted, build
from sportcoach_recognition.training import balanced_accuracy, fit
from sportcoach_recognition.training_run import follow

SETTINGS = Path(__file__).parents[2] / "config" / "train" / "evaluate"
SEQUENCES = list(synthetic.read(60, seed=3))
SMALL = FitConfig(
    steps=70, batch=12, average=0.9, validate_every=35, longest=24,
    network={"joint": 6, "part": 8, "limb": 6, "body": 16},
)  # fmt: skip


@pytest.fixture(scope="module")
def fitted() -> Fitted:
    return fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, SMALL, seed=0)


def test_the_same_seed_gives_the_same_answers() -> None:
    config = replace(SMALL, steps=10)
    one, two = (fit(SEQUENCES[:40], [], ACTIONS, config, seed=0).predict(SEQUENCES) for _ in range(2))
    assert np.array_equal(one, two)


def test_it_learns_distributions(fitted: Fitted) -> None:
    probabilities = fitted.predict(SEQUENCES)
    assert probabilities.shape == (len(SEQUENCES), len(ACTIONS))
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)
    labels = [ACTIONS.index(sequence.label) for sequence in SEQUENCES]
    assert balanced_accuracy(probabilities, labels) > 0.4


def test_what_is_saved_predicts_the_same(fitted: Fitted, tmp_path: Path) -> None:
    fitted.save(tmp_path / "net.safetensors")
    loaded = Fitted.load(tmp_path / "net.safetensors")
    assert loaded.classes == ACTIONS
    assert np.array_equal(loaded.predict(SEQUENCES), fitted.predict(SEQUENCES))


class KilledError(Exception):
    pass


@pytest.mark.parametrize("model", ["stream_gat", "tcn"])
def test_a_killed_training_goes_on_where_it_was(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(SMALL, model=model, steps=12, validate_every=4, network={} if model == "tcn" else SMALL.network)
    straight = fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, config, 1)
    steps = 0

    def die_at_seven(*arguments: object) -> None:
        nonlocal steps
        steps += 1
        if steps == 7:
            raise KilledError

    with monkeypatch.context() as context, pytest.raises(KilledError):
        context.setattr(training_run, "follow", lambda *arguments: (follow(*arguments), die_at_seven()))
        fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, config, 1, tmp_path)
    resumed = fit(SEQUENCES[:40], SEQUENCES[40:], ACTIONS, config, 1, tmp_path)
    assert np.array_equal(resumed.predict(SEQUENCES), straight.predict(SEQUENCES))
    curves = (tmp_path / "seed1.csv").read_text().splitlines()
    assert curves[0] == "step,loss,validation"
    assert [row.split(",")[0] for row in curves[1:]] == ["4", "8", "12"]


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    config = replace(SMALL, steps=10, validate_every=10)
    fit(SEQUENCES[:20], [], ACTIONS, config, 1, tmp_path)
    with pytest.raises(UserError, match="another run"):
        fit(SEQUENCES[:19], [], ACTIONS, config, 1, tmp_path)
    (tmp_path / "seed1.checkpoint").write_bytes(b"not a checkpoint")
    with pytest.raises(UserError, match="cannot be read"):
        fit(SEQUENCES[:20], [], ACTIONS, config, 1, tmp_path)


def test_training_stops_early_when_nothing_gets_better(tmp_path: Path) -> None:
    config = replace(SMALL, learning_rate=1e-12, patience=6, steps=30, validate_every=3)
    fit(SEQUENCES[:20], SEQUENCES[40:], ACTIONS, config, 0, tmp_path)
    assert len((tmp_path / "seed0.csv").read_text().splitlines()) <= 6


def test_members_of_an_ensemble_answer_together(fitted: Fitted) -> None:
    other = fit(SEQUENCES[:40], [], ACTIONS, replace(SMALL, steps=10), seed=4)
    both = Fitted(fitted.model, ACTIONS, (*fitted.networks, *other.networks), ACTIONS)
    mean = (fitted.predict(SEQUENCES) + other.predict(SEQUENCES)) / 2
    np.testing.assert_allclose(both.predict(SEQUENCES), mean, atol=1e-6)


@pytest.mark.parametrize("damage", ["model.json", "model.safetensors"])
def test_damaged_files_are_a_user_error(fitted: Fitted, tmp_path: Path, damage: str) -> None:
    fitted.save(tmp_path / "model.safetensors")
    (tmp_path / damage).write_text("{}")
    with pytest.raises(UserError, match="train it again"):
        Fitted.load(tmp_path / "model.safetensors")


def test_a_subtask_is_learned_along_and_summed_over(tmp_path: Path) -> None:
    labels = ("even", "odd")
    named = [replace(s, label=labels[i % 2], name=f"{s.label}_{i}") for i, s in enumerate(SEQUENCES)]
    fitted = fit(named, [], labels, replace(SMALL, steps=10, subtask="^(.*)_"), seed=0)
    kinds = {(s.label, s.name.split("_")[0]) for s in named}
    assert len(fitted.outputs) >= len(kinds)
    assert set(fitted.outputs) == set(labels)
    fitted.save(tmp_path / "net.safetensors")
    probabilities = Fitted.load(tmp_path / "net.safetensors").predict(named)
    assert probabilities.shape == (len(named), 2)
    np.testing.assert_allclose(probabilities.sum(1), 1.0, atol=1e-5)
    with pytest.raises(UserError, match="subtask"):
        fit(named, [], labels, replace(SMALL, subtask="(nothing)"), seed=0)


def test_every_class_is_drawn_equally_often() -> None:
    labels = np.array([0, 0, 0, 1])
    chance = class_balance(labels)
    assert chance[:3].sum() == pytest.approx(chance[3]) == pytest.approx(0.5)


@pytest.mark.parametrize("path", sorted(SETTINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_settings_make_a_network(path: Path) -> None:
    config = FitConfig.read(path)
    network = build(config.model, 3, config.network)
    assert network.config.window >= config.longest  # an answer looks back on the whole piece


def test_unfit_settings_are_a_user_error(tmp_path: Path) -> None:
    for text in ("steps: 3", "nonsense: 1", "perturbations: {turn: 3}", "- a"):
        (tmp_path / "bad.yaml").write_text(text)
        with pytest.raises(UserError):
            FitConfig.read(tmp_path / "bad.yaml")
    for model, sizes in (("resnet", {}), ("tcn", {"layers": 9}), ("stream_gat", {"heads": 3})):
        with pytest.raises(UserError, match=f"{model}|multiples"):
            build(model, 3, sizes)

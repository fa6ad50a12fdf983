"""Training of any network on labelled sequences: the same seed gives the same network, killed in between or not."""

from __future__ import annotations

import math
from collections.abc import Sequence as Rows
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sportcoach_perception.errors import UserError
from sportcoach_recognition import batch_learning, losses
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.drawing import class_balance, draw
from sportcoach_recognition.fitted import LEARN_AT_ONCE, Fitted, build, subtask
from sportcoach_recognition.grid import on_grid, stack
from sportcoach_recognition.models.heads import HEADS
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.perturb import perturb
from sportcoach_recognition.tracks import Track, stack_tracks, track
from sportcoach_recognition.training_run import Pace, TrainingRun


def fit(
    train: Rows[Sequence],
    validation: Rows[Sequence],
    classes: tuple[str, ...],
    config: FitConfig,
    seed: int,
    folder: Path | None = None,
    tracks: Rows[Track] | None = None,
) -> Fitted:
    """Networks trained on `train`, each as it was when it did best on `validation` (at the end without one).

    Args:
        train: labelled with `classes`.
        validation: likewise, other people.
        classes: in the order of the answers.
        config: settings.
        seed: of the first network; each further member of the ensemble has the next one.
        folder: keeps a checkpoint and the curves of each member, and goes on from there when the run was killed.
        tracks: of each of `train`, what the heads for stage, angles and quality learn from; what the sequences know
            themselves when the settings ask for heads.

    Raises:
        UserError: tracks with mirroring, which would need to know which angles change places.
    """
    if config.heads and tracks is None:
        tracks = [track(sequence) for sequence in train]
    if tracks is not None and config.perturbations.mirror:
        raise UserError("tracks cannot be mirrored: set mirror to 0 to train heads for stage, angles or quality")
    labels, outputs, exercises = _outputs(train, classes, config)
    if config.model in LEARN_AT_ONCE:
        told = {"exercises": exercises, "labels": outputs} if config.model == "reference" else {}
        members: list[nn.Module] = [
            batch_learning.learn(
                build(config.model, len(outputs), {**_branches(train, config), **told}), train, labels, config, seed + n
            )
            for n in range(config.members)
        ]
    else:
        members = [
            _Run(train, validation, classes, config, seed + member, folder, tracks).finish().cpu()
            for member in range(config.members)
        ]
    told_by = config.subtask if config.told else ""
    beside = None
    if config.beside:
        beside = fit(train, validation, classes, config.beside, seed, folder / "beside" if folder else None)
    subtasks, heads = exercises if told_by else (), tuple(config.heads)
    return Fitted(config.model, classes, tuple(members), outputs, subtasks, told_by, beside, heads)


def _outputs(
    train: Rows[Sequence], classes: tuple[str, ...], config: FitConfig
) -> tuple[list[int], tuple[str, ...], tuple[str, ...]]:
    """The output of the network that each sequence should raise; the class and the subtask that each output is for.

    Raises:
        UserError: the subtask is not found in the name of a sequence.
    """
    if not config.subtask:
        return [classes.index(sequence.label) for sequence in train], classes, ("",) * len(classes)
    pairs = [(sequence.label, subtask(config.subtask, sequence.name)) for sequence in train]
    kinds = sorted(set(pairs), key=lambda pair: (classes.index(pair[0]), pair[1]))
    outputs, subtasks = tuple(label for label, _ in kinds), tuple(name for _, name in kinds)
    return [kinds.index(pair) for pair in pairs], outputs, subtasks


def _branches(train: Rows[Sequence], config: FitConfig) -> dict[str, Any]:
    """Sizes of the network, with the branches that the data need where it has any."""
    heads = {name: size for head in config.heads for name, size in HEADS[head].items()}
    return {**(present(train) if config.model in ("stream_gat", "rocket") else {}), **heads, **config.network}


class _Run(TrainingRun[nn.Module]):
    """The training of one network."""

    def __init__(
        self,
        train: Rows[Sequence],
        validation: Rows[Sequence],
        classes: tuple[str, ...],
        config: FitConfig,
        seed: int,
        folder: Path | None,
        tracks: Rows[Track] | None,
    ) -> None:
        self._train, self._validation, self._tracks = train, validation, tracks
        self._classes, self._config, self._seed = classes, config, seed
        labels, self._outputs, _ = _outputs(train, classes, config)
        self._labels = np.array(labels)
        self._chance = class_balance(self._labels)
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(seed)
        network = build(config.model, len(self._outputs), _branches(train, config)).to(self._device)
        self._forward = torch.compile(network) if self._device.type == "cuda" else network
        pace = Pace(
            steps=config.steps,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            rise=0.2,
            validate_every=config.validate_every,
            patience=config.patience,
            average=config.average,
        )
        made_for = repr((config, seed, classes, [(s.source, s.name, s.label) for s in train]))
        super().__init__(network, pace, made_for, folder / f"seed{seed}.checkpoint" if folder else None, {})

    def _loss(self) -> Tensor:
        """What is random in a step depends on the seed and its number alone."""
        config = self._config
        rng = np.random.default_rng([self._seed, self._state.step])
        torch.manual_seed(int(rng.integers(1 << 62)))
        chosen = rng.choice(len(self._train), config.batch, p=self._chance)
        sizes: Any = self._network.config
        pieces = [draw(self._train[i], sizes.rate, config, rng) for i in chosen]
        grids = [on_grid(self._train[i], stamps, sizes.imu_per_step) for i, stamps in zip(chosen, pieces, strict=True)]
        random = torch.Generator().manual_seed(int(rng.integers(1 << 62)))
        inputs = perturb(stack(grids), config.perturbations, random).to(self._device)
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            scores = self._forward(inputs)
            loss = self._of_answer(scores, inputs, torch.from_numpy(self._labels[chosen]).to(self._device))
            if self._tracks is not None:
                truth = stack_tracks([self._tracks[i].at(stamps) for i, stamps in zip(chosen, pieces, strict=True)])
                loss = loss + config.heads_loss * losses.of_heads(scores, truth.to(self._device))
        return loss

    def _of_answer(self, scores: Scores, inputs: Inputs, labels: Tensor) -> Tensor:
        c = self._config
        return losses.total(scores, inputs, labels, c.label_smoothing, c.branch_loss, c.attention_loss)

    def _score(self) -> float:
        if not len(self._validation):
            return math.nan
        judged = Fitted(self._config.model, self._classes, (self._judged,), self._outputs)
        labels = [self._classes.index(sequence.label) for sequence in self._validation]
        return balanced_accuracy(judged.predict(self._validation), labels)


def present(sequences: Rows[Sequence]) -> dict[str, Any]:
    """Which of the two branches the sequences have any use for."""
    return {
        "skeleton": any(sequence.seen.any() for sequence in sequences),
        "sensors": any(sequence.imu_seen.any() for sequence in sequences),
    }


def balanced_accuracy(probabilities: NDArray[np.float32], labels: Rows[int]) -> float:
    """Mean over the classes that occur of the share of right answers."""
    truth, answers = np.array(labels), probabilities.argmax(1)
    return float(np.mean([(answers[truth == label] == label).mean() for label in np.unique(truth)]))

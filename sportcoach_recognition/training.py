"""Training of any network on labelled sequences: the same seed gives the same network, killed in between or not."""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from torch import Tensor, nn

from sportcoach_perception.angles import ANGLES
from sportcoach_perception.errors import UserError
from sportcoach_recognition import batch_learning, checkpoint, losses, refinement
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.drawing import class_balance, draw
from sportcoach_recognition.fitted import LEARN_AT_ONCE, Fitted, build, subtask
from sportcoach_recognition.grid import on_grid, stack
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.perturb import perturb
from sportcoach_recognition.tracks import Track, stack_tracks


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
        tracks: of each of `train`, what the heads for stage, angles and quality learn from; those of the refinement
            when the settings ask for it.

    Raises:
        UserError: tracks with mirroring, which would need to know which angles change places.
    """
    if config.refines and tracks is None:
        tracks = [refinement.track(sequence) for sequence in train]
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
            _Run(train, validation, classes, config, seed + member, folder, tracks).finish()
            for member in range(config.members)
        ]
    told_by = config.subtask if config.told else ""
    beside = None
    if config.beside:
        beside = fit(train, validation, classes, config.beside, seed, folder / "beside" if folder else None)
    return Fitted(
        config.model, classes, tuple(members), outputs, exercises if told_by else (), told_by, beside, config.refines
    )


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
    heads = {"angles": len(ANGLES)} if config.refines else {}
    return {**(present(train) if config.model in ("stream_gat", "rocket") else {}), **heads, **config.network}


@dataclass
class _Progress:
    """How far a run has come; everything but the networks and the optimizer."""

    step: int = 0
    best_score: float = -1.0
    best_step: int = 0
    loss: float = 0.0


class _Run:
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
        self._network = build(config.model, len(self._outputs), _branches(train, config)).to(self._device)
        self._forward = torch.compile(self._network) if self._device.type == "cuda" else self._network
        self._averaged = copy.deepcopy(self._network).eval()
        self._best = copy.deepcopy(self._averaged.state_dict())
        self._optimizer = torch.optim.AdamW(
            self._network.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, config.learning_rate, config.steps, pct_start=0.2
        )
        self._state, self._curves = _Progress(), list[tuple[int, float, float]]()
        self._checkpoint = folder / f"seed{seed}.checkpoint" if folder else None
        self._resume()

    def finish(self) -> nn.Module:
        """Train to the end and return the best network, in evaluation mode."""
        config, state = self._config, self._state
        with Progress(console=Console(stderr=True)) as progress:
            task = progress.add_task("training", total=config.steps, completed=state.step)
            while state.step < config.steps and not self._stopped():
                state.step += 1
                state.loss += self._learn()
                if state.step % config.validate_every == 0 or state.step == config.steps:
                    progress.console.print(self._look())
                progress.advance(task)
        self._averaged.load_state_dict(self._best)
        return self._averaged.to("cpu").eval()

    def _stopped(self) -> bool:
        """Early: not better on the validation part for `patience` steps."""
        return bool(len(self._validation)) and self._state.step - self._state.best_step >= self._config.patience

    def _learn(self) -> float:
        """One step; what is random in it depends on the seed and its number alone."""
        config, step = self._config, self._state.step
        rng = np.random.default_rng([self._seed, step])
        torch.manual_seed(int(rng.integers(1 << 62)))
        chosen = rng.choice(len(self._train), config.batch, p=self._chance)
        sizes: Any = self._network.config
        pieces = [draw(self._train[i], sizes.rate, config, rng) for i in chosen]
        grids = [on_grid(self._train[i], stamps, sizes.imu_per_step) for i, stamps in zip(chosen, pieces, strict=True)]
        random = torch.Generator().manual_seed(int(rng.integers(1 << 62)))
        inputs = perturb(stack(grids), config.perturbations, random).to(self._device)
        self._network.train()
        with torch.autocast(self._device.type, torch.bfloat16, enabled=self._device.type == "cuda"):
            scores = self._forward(inputs)
            loss = self._loss(scores, inputs, torch.from_numpy(self._labels[chosen]).to(self._device))
            if self._tracks is not None:
                truth = stack_tracks([self._tracks[i].at(stamps) for i, stamps in zip(chosen, pieces, strict=True)])
                loss = loss + config.heads_loss * losses.of_heads(scores, truth.to(self._device))
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        follow(self._averaged, self._network, min(config.average, step / (step + 10.0)))
        return loss.item()

    def _loss(self, scores: Scores, inputs: Inputs, labels: Tensor) -> Tensor:
        c = self._config
        return losses.total(scores, inputs, labels, c.label_smoothing, c.branch_loss, c.attention_loss)

    def _look(self) -> str:
        """Judge the averaged network on the validation part, keep it when it is the best, and write it all down."""
        state, score = self._state, math.nan
        if len(self._validation):
            answers = Fitted(self._config.model, self._classes, (self._averaged,), self._outputs).predict(
                self._validation
            )
            score = balanced_accuracy(answers, [self._classes.index(s.label) for s in self._validation])
        if not score < state.best_score:  # of equals, and without a validation part, the latest
            self._best = copy.deepcopy(self._averaged.state_dict())
        if score > state.best_score:
            state.best_score, state.best_step = score, state.step
        steps = state.step - (self._curves[-1][0] if self._curves else 0)
        self._curves.append((state.step, state.loss / steps, score))
        state.loss = 0.0
        self._keep()
        return f"step {state.step}: loss {self._curves[-1][1]:.3f}, validation {score:.4f}"

    def _keep(self) -> None:
        if self._checkpoint is None:
            return
        about = {"made_for": self._made_for(), "state": vars(self._state), "curves": self._curves, "best": self._best}
        checkpoint.save(self._checkpoint, self._parts, about)

    def _resume(self) -> None:
        kept = checkpoint.load(self._checkpoint, self._parts, self._made_for()) if self._checkpoint else None
        if kept is None:
            return
        self._state, self._curves, self._best = _Progress(**kept["state"]), kept["curves"], kept["best"]

    @property
    def _parts(self) -> dict[str, checkpoint.Part]:
        return {
            "network": self._network,
            "averaged": self._averaged,
            "optimizer": self._optimizer,
            "schedule": self._schedule,
        }

    def _made_for(self) -> str:
        """Tells runs apart: settings, seed and data."""
        return repr((self._config, self._seed, self._classes, [(s.source, s.name, s.label) for s in self._train]))


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


def follow(averaged: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights towards the network's; statistics of the inputs are taken over."""
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - decay)
        for kept, measured in zip(averaged.buffers(), network.buffers(), strict=True):
            kept.copy_(measured)

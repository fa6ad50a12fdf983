"""Training of any network on labelled sequences: `fit`, and what it gives, `Fitted`."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress
from safetensors.torch import load_file, save_file
from torch import Tensor

from sportcoach_perception.frames import Floats
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import Grid, duration, even, on_grid, stack
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.stream_gat import Config, Scores, StreamGat
from sportcoach_recognition.perturb import Perturbations, perturb


@dataclass(frozen=True)
class FitConfig:
    """Settings of `fit`.

    Attributes:
        steps, batch: number of batches, movements in each.
        learning_rate, weight_decay: of AdamW; the rate follows one cycle.
        label_smoothing: of the cross entropy.
        branch_loss: weight of the loss of each branch alone.
        average: decay of the moving average of the weights, which is what is kept.
        validate_every: steps between two looks at the validation part.
        longest: steps of the longest piece that is trained on.
        perturbations: variants of the movements.
        network: sizes that differ from the network's defaults.
    """

    steps: int = 600
    batch: int = 48
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    branch_loss: float = 0.5
    average: float = 0.99
    validate_every: int = 100
    longest: int = 128
    perturbations: Perturbations = field(default_factory=Perturbations)
    network: dict[str, object] = field(default_factory=lambda: {"window": 256})


@dataclass
class Fitted:
    """A trained network and what its answers mean."""

    network: StreamGat
    classes: tuple[str, ...]

    def predict(self, sequences: Rows[Sequence], batch: int = 32) -> Floats:
        """Probabilities (N, K) float32 of the classes for each sequence as it is."""
        config = self.network.config
        answers = []
        self.network.eval()
        for begin in range(0, len(sequences), batch):
            grids = [_whole(sequence, config) for sequence in sequences[begin : begin + batch]]
            with torch.inference_mode():
                answers.append(self.network(stack(grids)).action.softmax(-1).numpy())
        return np.concatenate(answers) if answers else np.zeros((0, len(self.classes)), np.float32)

    def save(self, path: Path) -> None:
        """Write the weights to `path` (.safetensors) and the description beside it (.json)."""
        save_file({name: tensor.contiguous() for name, tensor in self.network.state_dict().items()}, path)
        about = {"model": "stream_gat", "classes": self.classes, "config": asdict(self.network.config)}
        path.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Fitted:
        """What `save` wrote."""
        about = json.loads(path.with_suffix(".json").read_text())
        network = StreamGat(Config(**about["config"]))
        network.load_state_dict(load_file(path))
        return cls(network.eval(), tuple(about["classes"]))


def _whole(sequence: Sequence, config: Config) -> Grid:
    return on_grid(sequence, even(*duration(sequence), config.rate), config.imu_per_step)


def fit(
    train: Rows[Sequence], validation: Rows[Sequence], classes: tuple[str, ...], config: FitConfig, seed: int
) -> Fitted:
    """A network trained on `train`, as it was when it did best on `validation` (at the end when that is empty)."""
    torch.manual_seed(seed)
    network = StreamGat(Config(classes=len(classes), **config.network))  # type: ignore[arg-type]
    averaged = copy.deepcopy(network).eval()
    best, best_score = Fitted(averaged, classes), -1.0
    optimizer = torch.optim.AdamW(network.parameters(), config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate, config.steps, pct_start=0.2)
    labels = np.array([classes.index(sequence.label) for sequence in train])
    chance = class_balance(labels)
    truth = np.array([classes.index(sequence.label) for sequence in validation])
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("training", total=config.steps)
        for step in range(1, config.steps + 1):
            rng = np.random.default_rng([seed, step])
            chosen = rng.choice(len(train), config.batch, p=chance)
            grids = [draw(train[i], network.config, config, rng) for i in chosen]
            random = torch.Generator().manual_seed(int(rng.integers(1 << 62)))
            inputs = perturb(stack(grids), config.perturbations, random)
            network.train()
            loss = action_loss(network(inputs), inputs, torch.from_numpy(labels[chosen]), config)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            follow(averaged, network, min(config.average, step / (step + 10.0)))
            if len(validation) and (step % config.validate_every == 0 or step == config.steps):
                score = float((Fitted(averaged, classes).predict(validation).argmax(1) == truth).mean())
                progress.console.print(f"step {step}: loss {loss.item():.3f}, validation {score:.4f}")
                if score >= best_score:
                    best, best_score = Fitted(copy.deepcopy(averaged), classes), score
            progress.advance(task)
    return best


def class_balance(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Eq. 8: how likely each sequence is drawn, so that every class is drawn equally often."""
    counts = Counter(labels.tolist())
    chance = np.array([1.0 / counts[label] for label in labels.tolist()])
    return np.asarray(chance / chance.sum())


def draw(sequence: Sequence, network: Config, config: FitConfig, rng: np.random.Generator) -> Grid:
    """A random piece of a sequence at a random tempo."""
    how = config.perturbations
    tempo = float(np.exp(rng.uniform(-1.0, 1.0) * np.log(how.tempo)))
    begin, end = duration(sequence)
    longest = config.longest * tempo * 1e9 / network.rate
    length = min((end - begin) * rng.uniform(how.crop, 1.0), longest)
    start = begin + rng.uniform(0.0, 1.0) * (end - begin - length)
    return on_grid(sequence, even(start, start + length, network.rate / tempo), network.imu_per_step)


def action_loss(scores: Scores, inputs: Inputs, labels: Tensor, config: FitConfig) -> Tensor:
    """Cross entropy of the answer, and of each branch's own answer where it has something to go by."""

    def entropy(logits: Tensor, there: Tensor) -> Tensor:
        each = F.cross_entropy(logits, labels, reduction="none", label_smoothing=config.label_smoothing)
        return (each * there).sum() / there.sum().clamp(min=1.0)

    everything = torch.ones(len(labels))
    skeleton, sensors = inputs.seen.amax((1, 2)), inputs.imu_seen.amax((1, 2))
    loss = entropy(scores.action, everything)
    return loss + config.branch_loss * (entropy(scores.skeleton, skeleton) + entropy(scores.sensors, sensors))


def follow(averaged: torch.nn.Module, network: torch.nn.Module, decay: float) -> None:
    """Move the averaged weights towards the network's; statistics of the inputs are taken over."""
    with torch.no_grad():
        for slow, fast in zip(averaged.parameters(), network.parameters(), strict=True):
            slow.lerp_(fast, 1.0 - decay)
        for kept, measured in zip(averaged.buffers(), network.buffers(), strict=True):
            kept.copy_(measured)

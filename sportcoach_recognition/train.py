"""Training of the recogniser: `sportcoach train config/train/frame_gat.yaml`."""

from __future__ import annotations

import copy
import sys
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from rich.console import Console
from rich.progress import Progress
from torch import Tensor

from sportcoach_perception.errors import UserError
from sportcoach_recognition import checkpoint, model_file
from sportcoach_recognition.card import Facts, render
from sportcoach_recognition.clips import ClipResult, judge, table
from sportcoach_recognition.config import TrainConfig
from sportcoach_recognition.datasets import held, irds, penn_action, pushup_form, synthetic, utd_mhad, videos
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.graph import node_indices
from sportcoach_recognition.models import framewise
from sportcoach_recognition.models.frame_gat import FrameGat
from sportcoach_recognition.models.framewise import Framewise
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_recognition.sampler import Batch, Sampler
from sportcoach_recognition.source_accuracy import accuracy, per_source_accuracy
from sportcoach_recognition.torch_stepper import TorchStepper

_STATISTICS_BATCHES: Final = 16
"""Batches that mean and deviation of the inputs (eq. 9) are measured on."""


def load_sequences(
    config: TrainConfig, data_root: Path, pose_model: Path, cache: Path, simulated: Iterable[Sequence] = ()
) -> list[Sequence]:
    """Every set below `data_root`, in its published layout, and what was `simulated`, at the recogniser's rate.

    Raises:
        UserError: a set is missing, empty or damaged.
    """
    sources: tuple[Iterable[Sequence], ...] = (
        utd_mhad.exercises(data_root / "utd_mhad"),
        penn_action.exercises(data_root / "penn_action"),
        pushup_form.exercises(data_root / "pushup_form"),
        irds.exercises(data_root / "irds", config.irds_every),
        videos.exercises(data_root / "clips", pose_model, cache),
        synthetic.read(config.synthetic, config.seed),
        (sequence for sequence in simulated if sequence.part != "test" and len(sequence.stamps)),
    )
    return [sequence.resampled() for source in sources for sequence in source]


def split(sequences: list[Sequence], validation_share: float, seed: int) -> tuple[list[Sequence], list[Sequence]]:
    """Training and validation part, with held poses out of each; no subject is in both.

    The clips are too few to give any away.
    """
    subjects: dict[str, set[str]] = defaultdict(set)
    for sequence in sequences:
        if sequence.source != "clips":
            subjects[sequence.source].add(sequence.subject)
    held_back = set()
    for source, names in subjects.items():
        shuffled = sorted(names, key=lambda name: zlib.crc32(name.encode()))
        held_back |= {(source, name) for name in shuffled[: max(1, round(validation_share * len(names)))]}
    train = [sequence for sequence in sequences if (sequence.source, sequence.subject) not in held_back]
    validation = [sequence for sequence in sequences if (sequence.source, sequence.subject) in held_back]
    return [*train, *held.read(_real(train), seed)], [*validation, *held.read(_real(validation), seed)]


def _real(sequences: list[Sequence]) -> list[Sequence]:
    """People; those who are made up have planks of their own."""
    return [sequence for sequence in sequences if sequence.source not in ("synthetic", "simulated")]


@dataclass(frozen=True)
class Trained:
    """A network in evaluation mode, and the processor time that it took [s]."""

    network: Framewise
    seconds: float


def train(
    config: TrainConfig, training: list[Sequence], validation: list[Sequence], kept: Path | None = None
) -> Trained:
    """A network trained on `training`, as it was when it did best on `validation`.

    Args:
        config: settings.
        training: what it learns from.
        validation: other subjects.
        kept: checkpoint (.pt) from which a killed run goes on, to the same network; its curves (.csv) are beside.

    Raises:
        UserError: the checkpoint cannot be read, or belongs to another run.
    """
    run = _Run(config, training, validation)
    if kept:
        run.resume(kept)
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("training", total=config.steps, completed=run.step)
        while run.step < config.steps:
            run.learn()
            if run.step % config.validate_every == 0 or run.step == config.steps:
                progress.console.print(run.look())
                if kept:
                    run.keep(kept)
            progress.advance(task)
    return Trained(run.best(), run.seconds)


class _Run:
    """A training that can be interrupted between two steps."""

    def __init__(self, config: TrainConfig, training: list[Sequence], validation: list[Sequence]) -> None:
        torch.manual_seed(config.seed)
        self._config, self._validation = config, validation
        self._network = framewise.build(config.network)
        self._sampler = Sampler(training, config.source_weight, config.frames, config.seed, config.other_share)
        if isinstance(self._network, FrameGat):
            measure_inputs(self._network, self._sampler, config.batch)
        rate = config.learning_rate
        self._optimizer = torch.optim.AdamW(self._network.parameters(), rate, weight_decay=config.weight_decay)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, rate, config.steps, pct_start=0.15)
        self._best, self._best_score = copy.deepcopy(self._network.state_dict()), -1.0
        self._losses: list[float] = []
        self._curves: list[tuple[int, float, float]] = []
        self._made_for = repr((config, [(s.source, s.name, s.label) for s in (*training, *validation)]))
        self.step, self.seconds = 0, 0.0

    def learn(self) -> None:
        """One step."""
        begun = process_time()
        self._network.train()
        loss = batch_loss(self._network, self._sampler.batch(self._config.batch), self._config)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._network.parameters(), 1.0)
        self._optimizer.step()
        self._schedule.step()
        self._losses.append(loss.item())
        self.step += 1
        self.seconds += process_time() - begun

    def look(self) -> str:
        """Judge the network, keep its weights when they are the best; returns how it went since the last look."""
        score = float(np.mean(list(per_source_accuracy(self._network, self._validation).values())))
        loss, self._losses = float(np.mean(self._losses)), []
        self._curves.append((self.step, loss, score))
        if score >= self._best_score:
            self._best, self._best_score = copy.deepcopy(self._network.state_dict()), score
        return f"step {self.step}: loss {loss:.3f}, validation {score:.3f}"

    def best(self) -> Framewise:
        """The network as it was at its best."""
        self._network.load_state_dict(self._best)
        return self._network.eval()

    def keep(self, path: Path) -> None:
        """Write all that the run depends on from here on, and its curves."""
        about = {
            "made_for": self._made_for,
            "best": self._best,
            "best_score": self._best_score,
            "curves": self._curves,
            "step": self.step,
            "seconds": self.seconds,
            "sampler": self._sampler.random,
            "torch": torch.get_rng_state(),
        }
        checkpoint.save(path, self._parts, about)

    def resume(self, path: Path) -> None:
        """Go on where the run that wrote `path` was, if there was one."""
        kept = checkpoint.load(path, self._parts, self._made_for)
        if kept is None:
            return
        self._best, self._best_score, self._curves = kept["best"], kept["best_score"], kept["curves"]
        self.step, self.seconds, self._sampler.random = kept["step"], kept["seconds"], kept["sampler"]
        torch.set_rng_state(kept["torch"])

    @property
    def _parts(self) -> dict[str, checkpoint.Part]:
        return {"network": self._network, "optimizer": self._optimizer, "schedule": self._schedule}


def measure_inputs(network: FrameGat, sampler: Sampler, batch: int) -> None:
    """Set the network's mean and deviation per node and channel (eq. 9) from drawn pieces."""
    n = len(network.config.nodes)
    count, total, square = torch.zeros(n, 1), torch.zeros(n, 9), torch.zeros(n, 9)
    for _ in range(_STATISTICS_BATCHES):
        x = torch.from_numpy(sampler.batch(batch).features)[:, :, node_indices(network.config.nodes)].flatten(0, 1)
        seen = x[..., 15:]
        count += seen.sum(0)
        total += (x[..., :9] * seen).sum(0)
        square += (x[..., :9].square() * seen).sum(0)
    network.mean.copy_(total / count)
    network.std.copy_((square / count - network.mean.square()).clamp(min=1e-4).sqrt())


def batch_loss(network: Framewise, batch: Batch, config: TrainConfig) -> Tensor:
    """Cross entropy of every stride-th frame, weighted by how much can be known at it."""
    scores = network(torch.from_numpy(batch.features), config.stride)
    labels = torch.from_numpy(batch.labels)[:, :: config.stride]
    counts = torch.from_numpy(batch.weights)[:, :: config.stride]
    each = F.cross_entropy(
        scores.flatten(0, 1), labels.flatten(), reduction="none", label_smoothing=config.label_smoothing
    )
    return (each * counts.flatten()).sum() / counts.sum()


def main(
    config_path: Path,
    out: Path,
    data_root: Path,
    pose_model: Path,
    cache: Path,
    simulated: Iterable[Sequence] = (),
    kept: Path | None = None,
) -> Facts:
    """Train by the configuration; write the weights to `out`, their sha256 and model card (.md) beside.

    Args:
        config_path: a config/train/*.yaml.
        out: the .safetensors file to write.
        data_root: folder that holds the sets.
        pose_model: the pose_landmarker_*.task for the clips.
        cache: folder for the landmarks of the clips.
        simulated: athletes to learn from too; those of the test part, and whoever MediaPipe never sees, are left out.
        kept: folder for checkpoints and curves, where a killed run goes on.

    Returns:
        What the run found out, which is what the card says.

    Raises:
        UserError: bad configuration, `out` cannot be written, a set or the pose model is missing, or what is `kept` is
            of another run.
    """
    check_writable(out)
    torch.set_num_threads(1)  # twice the threads gain little here, and the other core stays free
    config = TrainConfig.read(config_path)
    sequences = load_sequences(config, data_root, pose_model, cache, simulated)
    clips = videos.labels(data_root / "clips")

    def judged(network: Framewise, chosen: Iterable[Path]) -> list[ClipResult]:
        recognizer = Recognizer(TorchStepper(network), "")
        return [judge(clip.stem, clips[clip], videos.frames(clip, pose_model, cache), recognizer) for clip in chosen]

    unseen = []
    for group in range(config.leave_out_groups):
        chosen = list(clips)[group :: config.leave_out_groups]
        rest = without_clips(sequences, {clip.stem for clip in chosen})
        name = kept / f"without_{group + 1}_of_{config.leave_out_groups}.pt" if kept else None
        results = judged(train(config, *split(rest, config.validation_share, config.seed), name).network, chosen)
        print(table(results), file=sys.stderr)
        unseen += results
    training, validation = split(sequences, config.validation_share, config.seed)
    trained = train(config, training, validation, kept / "all.pt" if kept else None)
    network = trained.network
    facts = Facts(
        name=out.stem,
        digest=model_file.store(network, out),
        size=out.stat().st_size,
        network=framewise.name(network),
        parameters=sum(parameter.numel() for parameter in network.parameters()),
        seed=config.seed,
        minutes=trained.seconds / 60.0,
        command=command(config_path, training),
        groups=config.leave_out_groups,
        training=training,
        held_back=accuracy(network, validation),
        unseen_clips=sorted(unseen, key=lambda result: result.name),
        seen_clips=judged(network, clips),
    )
    out.with_suffix(".md").write_text(render(facts))
    return facts


def command(config_path: Path, training: Iterable[Sequence]) -> str:
    """What to type for the same training."""
    simulated = any(sequence.source == "simulated" for sequence in training)
    return f"sportcoach train config/train/{config_path.name}{' --simulated COLLECTION' if simulated else ''}"


def check_writable(out: Path) -> None:
    """Find out before hours of training that the weights could not be written.

    Raises:
        UserError: `out` is not a .safetensors file, or there can be no such file.
    """
    if out.suffix != ".safetensors" or out.is_dir():
        raise UserError(f"the weights {out} must be a .safetensors file")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=out.parent).close()
    except OSError as error:
        raise UserError(f"cannot write the weights {out}: {error.strerror}") from error


def without_clips(sequences: list[Sequence], names: set[str]) -> list[Sequence]:
    """`sequences` without these clips, nor the landmarks of the same clips in the push-up set."""
    twins = {name.replace("pushup_", "").replace("_", "/") for name in names}
    return [
        sequence
        for sequence in sequences
        if not (sequence.source == "clips" and sequence.name in names)
        and not (sequence.source == "pushup-form" and sequence.name in twins)
    ]

"""Training of the recogniser: `sportcoach train config/train/frame_gat.yaml`."""

from __future__ import annotations

import sys
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from sportcoach_perception.errors import UserError
from sportcoach_recognition import model_file
from sportcoach_recognition.card import Facts, render
from sportcoach_recognition.clips import ClipResult, judge, table
from sportcoach_recognition.config import TrainConfig
from sportcoach_recognition.datasets import held, irds, penn_action, pushup_form, synthetic, utd_mhad, videos
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.models import framewise
from sportcoach_recognition.models.framewise import Framewise
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_recognition.sampler import Batch, Sampler
from sportcoach_recognition.source_accuracy import accuracy, per_source_accuracy
from sportcoach_recognition.torch_stepper import TorchStepper
from sportcoach_recognition.training_run import Pace, TrainingRun

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
    run = _Run(config, training, validation, kept)
    return Trained(run.finish(), run.seconds)


class _Run(TrainingRun[Framewise]):
    """The training of one network that answers frame by frame."""

    def __init__(
        self, config: TrainConfig, training: list[Sequence], validation: list[Sequence], kept: Path | None
    ) -> None:
        torch.manual_seed(config.seed)
        self._config, self._validation = config, validation
        network = framewise.build(config.network)
        self._sampler = Sampler(training, config.source_weight, config.frames, config.seed, config.other_share)
        drawn = (self._sampler.batch(config.batch).features for _ in range(_STATISTICS_BATCHES))
        network.measure(map(torch.from_numpy, drawn))
        pace = Pace(
            steps=config.steps,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            rise=0.15,
            validate_every=config.validate_every,
        )
        made_for = repr((config, [(s.source, s.name, s.label) for s in (*training, *validation)]))
        super().__init__(network, pace, made_for, kept, {"sampler": self._sampler})

    def _loss(self) -> Tensor:
        return batch_loss(self._network, self._sampler.batch(self._config.batch), self._config)

    def _score(self) -> float:
        return float(np.mean(list(per_source_accuracy(self._network, self._validation).values())))


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

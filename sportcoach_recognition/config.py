"""What a training run is made of, from config/train/*.yaml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from sportcoach_perception.errors import UserError
from sportcoach_recognition.models import frame_gat, framewise
from sportcoach_recognition.models.heads import HEADS
from sportcoach_recognition.perturb import Perturbations

Settings = TypeVar("Settings")


@dataclass(frozen=True)
class TrainConfig:
    """Settings of a training run.

    Attributes:
        seed: of everything drawn at random.
        steps, batch, frames: batches, pieces per batch, frames per piece (at 20 per second).
        stride: every stride-th frame is answered while training, and is all that frame_gat's attention sees.
        learning_rate, weight_decay: of AdamW; the rate follows one cycle.
        label_smoothing: of the cross entropy.
        other_share: how often `other` is drawn, against 1 for each exercise.
        validation_share: part of the subjects of each set kept for choosing the best step.
        validate_every: steps between two looks at them.
        synthetic: number of synthetic movements.
        irds_every: every n-th repetition of IntelliRehabDS is read.
        source_weight: share of each source within an action, 1 where not named.
        leave_out_groups: the clips are also judged by networks trained without them, in so many groups: 1 leaves all of
            them out at once, their number is leave-one-out, 0 skips this. Each group costs a training.
        network: sizes of the network, and thereby which one; in the file `model` names it (frame_gat by default).
    """

    seed: int = 0
    steps: int = 1500
    batch: int = 32
    frames: int = 96
    stride: int = 4
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.05
    other_share: float = 2.0
    validation_share: float = 0.1
    validate_every: int = 250
    synthetic: int = 3000
    irds_every: int = 4
    source_weight: Mapping[str, float] = field(default_factory=dict)
    leave_out_groups: int = 1
    network: framewise.Sizes = field(default_factory=frame_gat.Config)

    @classmethod
    def read(cls, path: Path) -> TrainConfig:
        """The settings in a YAML file; one that says `like: FILE` names another in its folder and what differs from it.

        Raises:
            UserError: no such file, not YAML, or an unknown or unfit setting.
        """

        def make(settings: dict[str, Any]) -> TrainConfig:
            like = settings.pop("like", None)
            usual = cls.read(path.parent / str(like)) if like else cls()
            if "model" in settings or "network" in settings:
                model = settings.pop("model", "frame_gat")
                settings["network"] = framewise.sizes(model, settings.get("network", {}))
            return replace(usual, **settings)

        return _read(path, make)


@dataclass(frozen=True)
class FitConfig:
    """Settings of `training.fit`.

    Attributes:
        model: name of the network.
        members: networks that answer together, trained one after the other.
        subtask: regular expression with one group; what it finds in a sequence's name (the exercise, say) is learned
            together with the label, and the answer sums over it. Empty for the label alone.
        told: whether the subtask is known when the network is asked, as the exercise is that was asked for.
        heads: what the network also learns to tell where it is known, of `heads.HEADS`: the stage, how far the
            joint angles of the landmarks are off, the quality.
        copies: random variants of each sequence for networks that learn from everything at once (`batch_learning`),
            which have no use for the settings from `steps` on, except perturbations and network.
        steps, batch: number of batches, movements in each.
        longest: steps of the longest piece that is trained on.
        learning_rate, weight_decay: of AdamW; the rate follows one cycle.
        label_smoothing: of the cross entropy.
        branch_loss, attention_loss, heads_loss: weight of each branch's own loss, of eq. 16, of the other heads.
        average: decay of the moving average of the weights, which is what is kept.
        validate_every, patience: steps between two looks at the validation part, without a better one before the end.
        perturbations: variants of the movements.
        network: sizes that differ from the network's defaults.
        beside: settings of networks of another kind that answer together with these, with the same weight.
    """

    model: str = "stream_gat"
    members: int = 1
    subtask: str = ""
    told: bool = False
    heads: Sequence[str] = ()
    copies: int = 0
    steps: int = 600
    batch: int = 48
    longest: int = 128
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    branch_loss: float = 0.5
    attention_loss: float = 1.0
    heads_loss: float = 0.5
    average: float = 0.99
    validate_every: int = 100
    patience: int = 1000
    perturbations: Perturbations = field(default_factory=Perturbations)
    network: Mapping[str, Any] = field(default_factory=lambda: {"window": 256})
    beside: FitConfig | None = None

    def __post_init__(self) -> None:
        if self.steps < 10:
            raise UserError(f"{self.steps} steps are too few to train anything: give 10 or more")
        if isinstance(self.heads, str):
            raise UserError(f"heads is a list: [{self.heads}]")
        if strange := sorted({*self.heads} - {*HEADS}):
            raise UserError(f"there is no head for {', '.join(strange)}: choose from {', '.join(HEADS)}")

    @classmethod
    def read(cls, path: Path) -> FitConfig:
        """The settings in a YAML file; one that says `together: [A, B]` names two others in its folder.

        Raises:
            UserError: no such file, not YAML, or an unknown or unfit setting.
        """

        def make(settings: dict[str, Any]) -> FitConfig:
            if "together" not in settings:
                return cls(**{**settings, "perturbations": Perturbations(**settings.get("perturbations", {}))})
            if len(settings) > 1 or len(settings["together"]) != 2:
                raise TypeError("together names two files of settings, and nothing stands beside it")
            first, second = (cls.read(path.parent / str(name)) for name in settings["together"])
            if first.beside or second.beside:
                raise TypeError("together names settings of single kinds")
            return replace(first, beside=second)

        return _read(path, make)


def _read(path: Path, make: Callable[[dict[str, Any]], Settings]) -> Settings:
    try:
        return make(yaml.safe_load(path.read_text()) or {})
    except OSError as error:
        raise UserError(f"training configuration {path} cannot be read") from error
    except (yaml.YAMLError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise UserError(f"training configuration {path} is not valid: {reason}") from error

"""A trained network with the meaning of its answers: ask it, keep it in a file, read it again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from collections.abc import Sequence as Rows
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration, even, on_grid, stack
from sportcoach_recognition.head_scores import Told, ToldAndTrue, compare
from sportcoach_recognition.models import plank, reference, rocket, stream_gat, tcn, tcn_gat
from sportcoach_recognition.models.inputs import Inputs

Build = Callable[..., nn.Module]

NETWORKS: Final[dict[str, Build]] = {
    "stream_gat": lambda **sizes: stream_gat.StreamGat(stream_gat.Config(**sizes)),
    "tcn_gat": lambda **sizes: tcn_gat.TcnGat(tcn_gat.Config(**sizes)),
    "tcn": lambda **sizes: tcn.Tcn(tcn.Config(**sizes)),
    "tcn_lstm": lambda **sizes: tcn.Tcn(tcn.Config(**{"lstm": True, **sizes})),
}
"""The networks by name, each built from the number of classes and the sizes that differ from its defaults."""

LEARN_AT_ONCE: Final[dict[str, Build]] = {
    "rocket": lambda **sizes: rocket.Rocket(rocket.Config(**sizes)),
    "reference": lambda **sizes: reference.Reference(reference.Config(**sizes)),
    "plank": lambda **sizes: plank.Plank(plank.Config(**sizes)),
}
"""Likewise those that are fitted to everything in one go (`batch_learning`) and see whole movements only."""


def build(model: str, classes: int, sizes: Mapping[str, Any]) -> nn.Module:
    """A network that knows nothing yet.

    Raises:
        UserError: no such network, or it has no such size.
    """
    every = NETWORKS | LEARN_AT_ONCE
    if model not in every:
        raise UserError(f"there is no network {model!r}: choose one of {', '.join(every)}")
    try:
        return every[model](classes=classes, **sizes)
    except TypeError as error:
        raise UserError(f"the sizes of the network {model} are not valid: {error}") from error


@dataclass(frozen=True)
class Fitted:
    """Networks of one kind that answer together, by the mean of their probabilities.

    model: the name of the kind.
    classes: in the order of the answers.
    networks: one, or several that were trained with different seeds.
    outputs: the class that each output of the networks speaks for; the probabilities of several are summed.
    subtasks, told_by: the subtask that each output is for, and the expression that finds it in a sequence's name, when
        it is known which one was asked for.
    beside: networks of another kind that answer together with these, with the same weight.
    heads: what they tell of what `tracks.track` knows, of `heads.HEADS`.
    """

    model: str
    classes: tuple[str, ...]
    networks: tuple[nn.Module, ...]
    outputs: tuple[str, ...]
    subtasks: tuple[str, ...] = ()
    told_by: str = ""
    beside: Fitted | None = None
    heads: tuple[str, ...] = ()

    def predict(self, sequences: Rows[Sequence], view: Callable[[Inputs], Inputs] | None = None) -> Floats:
        """Probabilities (N, K) float32 of the classes for each sequence as it is.

        Args:
            sequences: N of them.
            view: what the networks may see of them, such as Inputs.without_imu.
        """
        own = self._own(sequences, view)
        return own if self.beside is None else np.asarray(0.5 * (own + self.beside.predict(sequences, view)))

    def _own(self, sequences: Rows[Sequence], view: Callable[[Inputs], Inputs] | None) -> Floats:
        answers = [np.zeros((0, len(self.outputs)), np.float32)]
        for begin in range(0, len(sequences), _BATCH):
            inputs = gridded(sequences[begin : begin + _BATCH], self.networks[0].config)
            inputs = (view(inputs) if view else inputs).to(self._device)
            with torch.inference_mode():
                each = [network.eval()(inputs).action.float().softmax(-1) for network in self.networks]
            answers.append(torch.stack(each).mean(0).cpu().numpy())
        of_class = np.array([[output == name for name in self.classes] for output in self.outputs], np.float32)
        of_output = np.concatenate(answers)
        if self.told_by:
            of_output = of_output * self._asked(sequences)
            of_output /= of_output.sum(1, keepdims=True)
        summed: Floats = of_output @ of_class
        return summed

    def heads_compared(self, sequences: Rows[Sequence]) -> list[ToldAndTrue]:
        """What the heads tell about each of the sequences whose truth is known, without what `beside` may say."""
        sizes: Any = self.networks[0].config
        return [
            compare(sequence, self._told(sequence) if self.heads else Told(), sizes.rate, sizes.window)
            for sequence in sequences
            if sequence.has_truth and sequence.seen.any()
        ]

    def _told(self, sequence: Sequence) -> Told:
        """The mean of what the networks tell."""
        inputs = gridded([sequence], self.networks[0].config).to(self._device)
        with torch.inference_mode():
            each = [network.eval()(inputs) for network in self.networks]

        def mean(name: str) -> Floats:
            return np.asarray(torch.stack([getattr(scores, name)[0] for scores in each]).mean(0).cpu().numpy())

        told = {head: mean(head) for head in self.heads}
        quality = float(told["quality"]) if "quality" in told else None
        return Told(told.get("stage"), told.get("angles"), quality)

    @property
    def _device(self) -> torch.device:
        return next(iter((*self.networks[0].parameters(), *self.networks[0].buffers()))).device

    def _asked(self, sequences: Rows[Sequence]) -> Floats:
        """(N, outputs) 1 where the output is for the subtask that was asked for, everywhere if it was never trained."""
        asked = [subtask(self.told_by, sequence.name) for sequence in sequences]
        known = [name if name in self.subtasks else None for name in asked]
        return np.array([[own == name or name is None for own in self.subtasks] for name in known], np.float32)

    def save(self, path: Path) -> None:
        """Write the weights to `path` (.safetensors), what they are next to it (.json), and likewise `beside`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(
            {
                f"{member}.{name}": tensor.cpu().contiguous()
                for member, network in enumerate(self.networks)
                for name, tensor in network.state_dict().items()
            },
            path,
        )
        about: dict[str, Any] = {
            "model": self.model,
            "classes": self.classes,
            "outputs": self.outputs,
            "subtasks": self.subtasks,
            "told_by": self.told_by,
            "heads": self.heads,
            "members": len(self.networks),
            "config": asdict(self.networks[0].config),  # type: ignore[call-overload]
        }
        if self.beside:
            about["beside"] = f"{path.stem}-beside.safetensors"
            self.beside.save(path.with_name(about["beside"]))
        path.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n")

    @classmethod
    def load(cls, path: Path) -> Fitted:
        """What `save` wrote.

        Raises:
            UserError: a file is missing or not what `save` wrote.
        """
        try:
            about, tensors = json.loads(path.with_suffix(".json").read_text()), load_file(path)
            sizes = {name: size for name, size in about["config"].items() if name != "classes"}
            networks = []
            for member in range(about["members"]):
                network = build(about["model"], len(about["outputs"]), sizes)
                prefix = f"{member}."
                network.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
                networks.append(network.eval())
            heads = tuple(about["heads"])
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise UserError(
                f"{path} does not hold a trained network with its .json beside it; train it again"
            ) from error
        beside = cls.load(path.with_name(about["beside"])) if about.get("beside") else None
        return cls(
            about["model"],
            tuple(about["classes"]),
            tuple(networks),
            tuple(about["outputs"]),
            tuple(about.get("subtasks", ())),
            about.get("told_by", ""),
            beside,
            heads,
        )


_BATCH: Final = 32


def subtask(expression: str, name: str) -> str:
    """What the one group of the regular expression finds in the name of a sequence.

    Raises:
        UserError: nothing.
    """
    found = re.search(expression, name)
    if not found or not found.groups():
        raise UserError(f"the subtask {expression!r} finds no group in the name {name!r}")
    return found[1]


def gridded(sequences: Rows[Sequence], config: Any) -> Inputs:
    """Whole sequences at the rate of a network's configuration."""
    return stack([on_grid(s, even(*duration(s), config.rate), config.imu_per_step) for s in sequences])

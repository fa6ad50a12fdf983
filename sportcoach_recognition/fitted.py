"""A trained network with the meaning of its answers: ask it, keep it in a file, read it again."""

from __future__ import annotations

import json
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
from sportcoach_recognition.models import stream_gat, tcn, tcn_gat
from sportcoach_recognition.models.inputs import Inputs

Build = Callable[..., nn.Module]

NETWORKS: Final[dict[str, Build]] = {
    "stream_gat": lambda **sizes: stream_gat.StreamGat(stream_gat.Config(**sizes)),
    "tcn_gat": lambda **sizes: tcn_gat.TcnGat(tcn_gat.Config(**sizes)),
    "tcn": lambda **sizes: tcn.Tcn(tcn.Config(**sizes)),
    "tcn_lstm": lambda **sizes: tcn.Tcn(tcn.Config(**{"lstm": True, **sizes})),
}
"""The networks by name, each built from the number of classes and the sizes that differ from its defaults."""


def build(model: str, classes: int, sizes: Mapping[str, Any]) -> nn.Module:
    """A network that knows nothing yet.

    Raises:
        UserError: no such network, or it has no such size.
    """
    if model not in NETWORKS:
        raise UserError(f"there is no network {model!r}: choose one of {', '.join(NETWORKS)}")
    try:
        return NETWORKS[model](classes=classes, **sizes)
    except TypeError as error:
        raise UserError(f"the sizes of the network {model} are not valid: {error}") from error


@dataclass(frozen=True)
class Fitted:
    """Networks of one kind that answer together, by the mean of their probabilities.

    model: the name of the kind.
    classes: in the order of the answers.
    networks: one, or several that were trained with different seeds.
    outputs: the class that each output of the networks speaks for; the probabilities of several are summed.
    """

    model: str
    classes: tuple[str, ...]
    networks: tuple[nn.Module, ...]
    outputs: tuple[str, ...]

    def predict(self, sequences: Rows[Sequence], view: Callable[[Inputs], Inputs] | None = None) -> Floats:
        """Probabilities (N, K) float32 of the classes for each sequence as it is.

        Args:
            sequences: N of them.
            view: what the networks may see of them, such as Inputs.without_imu.
        """
        answers = [np.zeros((0, len(self.outputs)), np.float32)]
        device = next(self.networks[0].parameters()).device
        for begin in range(0, len(sequences), _BATCH):
            inputs = gridded(sequences[begin : begin + _BATCH], self.networks[0].config)
            inputs = (view(inputs) if view else inputs).to(device)
            with torch.inference_mode():
                each = [network.eval()(inputs).action.float().softmax(-1) for network in self.networks]
            answers.append(torch.stack(each).mean(0).cpu().numpy())
        of_class = np.array([[output == name for name in self.classes] for output in self.outputs], np.float32)
        summed: Floats = np.concatenate(answers) @ of_class
        return summed

    def save(self, path: Path) -> None:
        """Write the weights to `path` (.safetensors), and what they are beside it (.json)."""
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file(
            {
                f"{member}.{name}": tensor.cpu().contiguous()
                for member, network in enumerate(self.networks)
                for name, tensor in network.state_dict().items()
            },
            path,
        )
        about = {
            "model": self.model,
            "classes": self.classes,
            "outputs": self.outputs,
            "members": len(self.networks),
            "config": asdict(self.networks[0].config),  # type: ignore[call-overload]
        }
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
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise UserError(
                f"{path} does not hold a trained network with its .json beside it; train it again"
            ) from error
        return cls(about["model"], tuple(about["classes"]), tuple(networks), tuple(about["outputs"]))


_BATCH: Final = 32


def gridded(sequences: Rows[Sequence], config: Any) -> Inputs:
    """Whole sequences at the rate of a network's configuration."""
    return stack([on_grid(s, even(*duration(s), config.rate), config.imu_per_step) for s in sequences])

"""Networks in files: safetensors, which hold numbers and text and cannot run anything when they are read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE
from sportcoach_recognition.models import framewise
from sportcoach_recognition.models.framewise import Framewise
from sportcoach_recognition.weights_file import HEADER, other_version, read_network, write_checked


def store(network: Framewise, path: Path) -> str:
    """Write `network` to `path` and its sha256 beside it; returns the sha256."""
    about = {"model": framewise.name(network), "config": asdict(network.config), "actions": ACTIONS, "rate": RATE}
    header = {HEADER: json.dumps(about)}  # one entry: their order in the file is not reproducible
    data = save({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, header)
    return write_checked(path, data)


def restore(path: Path) -> tuple[Framewise, str]:
    """The network at `path`, ready for inference, and its model id.

    Raises:
        UserError: the file is missing, doesn't match its sha256, or isn't such a network.
    """
    about, numbers, model_id = read_network(path)
    try:
        network = framewise.build(framewise.sizes(about["model"], about["config"]))
        network.load_state_dict({name: torch.tensor(array) for name, array in numbers.items()})
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise other_version(path) from error
    return network.eval().requires_grad_(False), model_id

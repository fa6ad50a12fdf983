"""Networks in files: safetensors, which hold numbers and text and cannot run anything when they are read."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE
from sportcoach_recognition.models.frame_gat import Config, FrameGat
from sportcoach_recognition.weights_file import HEADER, read_checked, read_header, write_checked


def store(network: FrameGat, path: Path) -> str:
    """Write `network` to `path` and its sha256 beside it; returns the sha256."""
    about = {"model": "frame_gat", "config": asdict(network.config), "actions": ACTIONS, "rate": RATE}
    header = {HEADER: json.dumps(about)}  # one entry: their order in the file is not reproducible
    data = save({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, header)
    return write_checked(path, data)


def restore(path: Path) -> tuple[FrameGat, str]:
    """The network at `path`, ready for inference, and its model id.

    Raises:
        UserError: the file is missing, doesn't match its sha256, or isn't such a network.
    """
    data, digest = read_checked(path)
    try:
        about = read_header(data)
        if about["actions"] != list(ACTIONS) or about["rate"] != RATE:
            raise ValueError("made for other actions or another frame rate")
        network = FrameGat(Config(**about["config"]))
        network.load_state_dict(load(data))
    except (SafetensorError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"weights {path} do not hold a network of this version; train it again") from error
    if not all(bool(torch.isfinite(tensor).all()) for tensor in network.state_dict().values()):
        raise UserError(f"weights {path} hold numbers that are not finite; train it again")
    return network.eval().requires_grad_(False), f"{path.stem}-{digest[:12]}"

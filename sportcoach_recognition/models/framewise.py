"""Networks that answer at every frame from its node features, as the graph asks them: frame_gat, or stream_gat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import torch.nn.functional as F
from torch import Tensor, nn

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE
from sportcoach_recognition.models import frame_gat, stream_gat
from sportcoach_recognition.models.frame_gat import FrameGat
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.stream_gat import State, StreamGat

Sizes = frame_gat.Config | stream_gat.Config
"""Of one network or the other."""


class FramewiseStreamGat(nn.Module):
    """A stream_gat of the skeleton alone that takes what FrameGat takes and answers when it answers.

    Of the features it looks at positions and masks only; it has its own way to tell what moves.
    """

    def __init__(self, config: stream_gat.Config) -> None:
        super().__init__()
        self.config = config
        self.network = StreamGat(config)

    @property
    def reads_sensors(self) -> bool:
        """Whether the answers depend on the IMU part of the features."""
        return False

    def measure(self, features: Iterator[Tensor]) -> None:
        """Nothing to do: it learns means and deviations along."""

    def forward(self, features: Tensor, stride: int = 1) -> Tensor:
        """Scores (B, ceil(T / stride), 5) at every stride-th frame of features (B, T, 33, 16), each from the past."""
        b, window = len(features), self.config.window
        embedded, _ = self.network.encode(_inputs(features), self.network.start(b))
        windows = F.pad(embedded, (0, 0, window - 1, 0)).unfold(1, window, stride).transpose(2, 3).flatten(0, 1)
        scores: Tensor = self.network.heads(windows, windows).action
        return scores.view(b, -1, scores.shape[-1])

    def start(self) -> State:
        """The state of a stream that begins now."""
        return self.network.start()

    def step(self, features: Tensor, state: State) -> tuple[Tensor, State]:
        """Scores (5,) after one more frame of features (33, 16), and the state to go on with."""
        scores, state = self.network.step(_inputs(features[None, None]), state)
        return scores.action[0], state


Framewise = FrameGat | FramewiseStreamGat
"""Features (B, T, 33, 16) and a stride to scores at every stride-th frame; `start` and `step` for a stream."""


def _inputs(features: Tensor) -> Inputs:
    """Positions and masks in node features (B, T, 33, 16)."""
    b, t = features.shape[:2]
    nothing = features.new_zeros(b, t, 4, 6)
    return Inputs(features[..., :3], features[..., 15], nothing, nothing[..., 0], features.new_ones(b, t))


def sizes(model: str, given: Mapping[str, Any]) -> Sizes:
    """Sizes of the network called `model`, with its defaults where nothing is `given`.

    Raises:
        TypeError: no such network, it has no such size, or the graph leaves no choice of it.
    """
    if model == "frame_gat":
        return frame_gat.Config(**given)
    if model == "stream_gat":
        if other := [name for name, value in _OF_THE_GRAPH.items() if given.get(name, value) != value]:
            raise TypeError(f"the graph leaves no choice of {', '.join(other)}")
        return stream_gat.Config(**{**given, **_OF_THE_GRAPH})
    raise TypeError(f"there is no network {model!r} that answers frame by frame: choose frame_gat or stream_gat")


_OF_THE_GRAPH: Final = {
    "classes": len(ACTIONS), "rate": RATE, "imu_per_step": 1, "window": frame_gat.WINDOW, "sensors": False,
}  # fmt: skip


def name(network: Framewise) -> str:
    """What `sizes` calls it."""
    return "frame_gat" if isinstance(network, FrameGat) else "stream_gat"


def build(config: Sizes) -> Framewise:
    """A network of these sizes that knows nothing yet."""
    return FrameGat(config) if isinstance(config, frame_gat.Config) else FramewiseStreamGat(config)

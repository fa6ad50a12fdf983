"""The network that ships, after the paper but smaller and causal: convolution per joint, graph attention per frame.

`forward` sees whole windows (training), `step` one frame at a time (live); they share the weights and agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.nn.dense import DenseGATConv

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import CHANNELS, SENSOR_CHANNELS
from sportcoach_recognition.graph import NODES, adjacency, node_indices

WINDOW = 64
"""Frames that an answer rests on (3.2 s)."""

AGE_STEP = 4
"""So many frames that follow each other are of the same age (0.2 s)."""

_LOUDEST = 3.0
"""Bound of the logarithm of a frame's weight, lest one frame drown all others."""


@dataclass(frozen=True)
class Config:
    """Sizes of the network."""

    nodes: Sequence[str] = field(default=NODES)
    channels: int = 32
    heads: int = 4
    kernel: int = 3
    dilations: Sequence[int] = (1, 2, 4)
    dropout: float = 0.3


class CausalConv(nn.Module):
    """Eq. 5: H_t = x_t + ReLU(sum_k W_k x_{t - k d}), the same for every joint, zeros before the beginning."""

    def __init__(self, channels: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, kernel, dilation=dilation)
        self.dilation = dilation
        self.padding = dilation * (kernel - 1)

    def forward(self, x: Tensor) -> Tensor:
        """(M, C, T) to (M, C, T)."""
        return x + F.relu(self.conv(F.pad(x, (self.padding, 0))))

    def step(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(M, C) at t and the inputs before, oldest first (M, C, P): the answer (M, C), and what is before t + 1."""
        sequence = torch.cat([past, x[..., None]], dim=-1)
        taps = sequence[..., :: self.dilation]
        answer = torch.einsum("mck,ock->mo", taps, self.conv.weight) + self.conv.get_parameter("bias")
        return x + F.relu(answer), sequence[..., 1:]

    def empty_past(self, like: Tensor) -> Tensor:
        """The past of a stream that begins now, for inputs shaped as `like`."""
        return like.new_zeros(*like.shape, self.padding)


State = list[Tensor]
"""What `step` remembers of a stream: the past of every convolution, then the weighted frames of the window."""


class FrameGat(nn.Module):
    """Features of the last frames to scores of the actions.

    A frame counts as much as it tells, and as its age lets it: standing still must not outvote the beginning of a
    movement.

    Attributes:
        mean, std: (N, 9) of p, v, alpha a over the training set, for the z-score of eq. 9.
    """

    mean: Tensor
    std: Tensor
    adjacency: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        n, c = len(config.nodes), config.channels
        self.indices = node_indices(config.nodes)
        self.register_buffer("adjacency", adjacency(config.nodes), persistent=False)
        self.register_buffer("mean", torch.zeros(n, 9))
        self.register_buffer("std", torch.ones(n, 9))
        self.embed = nn.Linear(CHANNELS, c)
        with torch.no_grad():  # the IMU part of eq. 14 says nothing until it has been trained
            self.embed.weight[:, SENSOR_CHANNELS] = 0.0
        self.joint = nn.Parameter(0.1 * torch.randn(n, c))
        self.tcn = nn.ModuleList(CausalConv(c, config.kernel, d) for d in config.dilations)
        self.gat = nn.ModuleList(DenseGATConv(c, c // config.heads, config.heads) for _ in range(2))
        self.hidden = nn.Linear(2 * c, 2 * c)
        self.telling = nn.Linear(2 * c, 1)
        self.age = nn.Parameter(torch.zeros(WINDOW // AGE_STEP))
        self.classifier = nn.Linear(2 * c, len(ACTIONS))
        self.dropout = nn.Dropout(config.dropout)

    @property
    def reads_sensors(self) -> bool:
        """Whether the answers depend on the IMU part of the features: not before that has been trained."""
        return bool(self.embed.weight[:, SENSOR_CHANNELS].any())

    def measure(self, features: Iterator[Tensor]) -> None:
        """Set mean and deviation per node and channel (eq. 9) from batches of features (B, T, 33, 16)."""
        n = len(self.config.nodes)
        count, total, square = torch.zeros(n, 1), torch.zeros(n, 9), torch.zeros(n, 9)
        for batch in features:
            x = batch[:, :, self.indices].flatten(0, 1)
            seen = x[..., 15:]
            count += seen.sum(0)
            total += (x[..., :9] * seen).sum(0)
            square += (x[..., :9].square() * seen).sum(0)
        self.mean.copy_(total / count)
        self.std.copy_((square / count - self.mean.square()).clamp(min=1e-4).sqrt())

    def _normalise(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """(..., 33, 16) to z-scored inputs (..., N, 16) and which nodes are seen (..., N)."""
        x = features[..., self.indices, :]
        seen = x[..., 15:]
        z = (x[..., :9] - self.mean) / self.std
        return torch.cat([z * seen, x[..., 9:]], dim=-1), seen[..., 0]

    def _attend(self, h: Tensor, seen: Tensor) -> Tensor:
        """Eq. 6 and pooling over the joints: (B, N, C), (B, N) to (B, 2 C). Joints that are not seen are not heard."""
        edges = torch.maximum(self.adjacency * seen[:, None, :], torch.eye(h.shape[1], device=h.device))
        for layer in self.gat:
            h = h + F.elu(layer(self.dropout(h), edges, add_loop=False))
        weight = seen[..., None]
        mean = (h * weight).sum(1) / weight.sum(1).clamp(min=1.0)
        peak = (h - 1e4 * (1.0 - weight)).amax(1).clamp(min=-10.0)
        return F.relu(self.hidden(torch.cat([mean, peak], dim=-1)))

    def _weighted(self, pooled: Tensor) -> Tensor:
        """Pooled features (..., 2 C) times how much the frame tells, and that as the last channel (..., 2 C + 1)."""
        weight = (_LOUDEST * torch.tanh(self.telling(pooled) / _LOUDEST)).exp()
        return torch.cat([weight * pooled, weight], dim=-1)

    def _by_age(self) -> Tensor:
        """(WINDOW,) weight of a frame by its age in frames."""
        return self.age.exp().repeat_interleave(AGE_STEP)

    def forward(self, features: Tensor, stride: int = 1) -> Tensor:
        """Scores (B, ceil(T / stride), 5) at every stride-th frame of features (B, T, 33, 16), each from the past only.

        With a stride, attention over joints and over time see every stride-th frame only: cheaper, and the same on
        average.
        """
        x, seen = self._normalise(features)
        b, t, n, _ = x.shape
        h = self.embed(x) + self.joint
        h = h.permute(0, 2, 3, 1).reshape(b * n, -1, t)
        for layer in self.tcn:
            h = layer(h)
        h = h.reshape(b, n, -1, t).permute(0, 3, 1, 2)[:, ::stride]
        seen = seen[:, ::stride]
        pooled = self._attend(h.reshape(-1, n, h.shape[-1]), seen.reshape(-1, n)).view(b, h.shape[1], -1)
        total = _moving_sum(self._weighted(pooled), self._by_age()[::stride])
        scores: Tensor = self.classifier(self.dropout(total[..., :-1] / total[..., -1:]))
        return scores

    def start(self) -> State:
        """The state of a stream that begins now."""
        like = self.joint.detach()
        window = like.new_zeros(WINDOW - 1, 2 * like.shape[1] + 1)
        return [*(layer.empty_past(like) for layer in self.tcn), window]  # type: ignore[operator]

    def step(self, features: Tensor, state: State) -> tuple[Tensor, State]:
        """Scores (5,) after one more frame of features (33, 16), and the state to go on with."""
        x, seen = self._normalise(features)
        h = self.embed(x) + self.joint
        after = []
        for layer, past in zip(self.tcn, state[:-1], strict=True):
            h, past = layer.step(h, past)  # type: ignore[operator]
            after.append(past)
        window = torch.cat([state[-1], self._weighted(self._attend(h[None], seen[None]))])
        total = self._by_age().flip(0) @ window
        scores: Tensor = self.classifier(total[:-1] / total[-1])
        return scores, [*after, window[1:]]


def _moving_sum(x: Tensor, weights: Tensor) -> Tensor:
    """Sum of (B, T, C) over each frame and those before it, weighted by their age (A,) in frames."""
    rows = x.transpose(1, 2).flatten(0, 1)[:, None]
    total = F.conv1d(F.pad(rows, (len(weights) - 1, 0)), weights.flip(0)[None, None])
    return total.view(x.shape[0], x.shape[2], -1).transpose(1, 2)

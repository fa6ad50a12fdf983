"""The paper's network: one dilated temporal convolution, two graph attention layers over joints and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.nn import GATConv

from sportcoach_perception.skeleton import LANDMARKS, LIMB_LANDMARKS
from sportcoach_recognition.graph import spatio_temporal_edges
from sportcoach_recognition.models.dynamics import DYNAMICS, JointDynamics, mean_reading
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import CausalConv, Norm
from sportcoach_recognition.models.scores import Scores

AT_ONCE: Final = 4
"""Movements whose graphs a CPU puts together: few enough for their messages to be in its cache when they are summed."""


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: number of actions.
        rate, imu_per_step: steps per second, IMU readings per step (their mean is used).
        window: steps that an answer looks back on.
        channels, heads: of a node, of each attention layer.
        kernel, dilation: of the temporal convolution.
        dropout: everywhere.
        gate: fuse the IMU by eq. 15, f = P + sigmoid(W u); else by eq. 14, f = (P || gamma u).
        attend: with the attention layers; without them the nodes of a window are averaged.
    """

    classes: int
    rate: float = 16.0
    imu_per_step: int = 3
    window: int = 64
    channels: int = 64
    heads: int = 4
    kernel: int = 3
    dilation: int = 2
    dropout: float = 0.3
    gate: bool = True
    attend: bool = True


class TcnGat(nn.Module):
    """Movements to scores of the actions.

    The z-score of eq. 9 uses mean and deviation of the training set, so that a window need not be complete.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        n, c = len(LANDMARKS), config.channels
        self.dynamics = JointDynamics(LANDMARKS, config.rate)
        self.norm = Norm(n * DYNAMICS)
        self.fuse = nn.Linear(6, DYNAMICS) if config.gate else None
        self.embed = nn.Linear(DYNAMICS if config.gate else DYNAMICS + 6, c)
        self.tcn = CausalConv(c, config.kernel, config.dilation, config.dropout)
        self.gat = nn.ModuleList(
            GATConv(c, c // config.heads, config.heads, dropout=config.dropout, add_self_loops=False) for _ in range(2)
        )
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(c, config.classes)

    def forward(self, inputs: Inputs) -> Scores:
        """The answer at the end of each movement, from its last `window` steps."""
        inputs = inputs.last(self.config.window)
        b, t = inputs.valid.shape
        n = len(LANDMARKS)
        h = self.embed(self._node_features(inputs))
        h, _ = self.tcn(h, self.tcn.start(b, n))
        h = h.reshape(b * t * n, -1)
        weight = inputs.valid[..., None].expand(b, t, n).reshape(-1)
        if self.config.attend:
            h, attention = self._attend(h, t)
            weight = weight * attention
        weight = weight.view(b, t * n)
        weight = weight / weight.sum(1, keepdim=True).clamp(min=1e-6)
        nodes = self.dropout(h.view(b, t * n, -1))
        whole = (nodes * weight[..., None]).sum(1)
        return Scores(self.classifier(whole), nodes=self.classifier(nodes), attention=weight)

    def _node_features(self, inputs: Inputs) -> Tensor:
        """Eq. 14 or 15: (B, T, 33, C), the IMU at wrists and ankles and zero elsewhere."""
        p, _ = self.dynamics(inputs, self.dynamics.start(len(inputs.valid)))
        p = self.norm(p[..., :DYNAMICS].flatten(2)).view(*p.shape[:3], DYNAMICS)
        u = mean_reading(inputs)
        if self.fuse is None:
            zeros = p.new_zeros(*p.shape[:3], 6)
            return torch.cat([p, zeros.index_copy(2, self._limbs(p), u)], dim=-1)
        gate = torch.sigmoid(self.fuse(u)) * inputs.imu_seen[..., None]
        fused: Tensor = p.index_add(2, self._limbs(p), gate)
        return fused

    def _attend(self, h: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """Eq. 6 twice: (B T N, C) to the same, and how much attention each node receives from the others.

        No edge leads from one movement to another, so that a few at a time give the same.
        """
        count = steps * len(LANDMARKS)
        together = AT_ONCE * count if h.device.type == "cpu" else len(h)
        parts = [self._attend_few(part, steps) for part in torch.split(h, together)]
        nodes, received = zip(*parts, strict=True)
        return torch.cat(nodes), torch.cat(received)

    def _attend_few(self, h: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """`_attend` for movements that are put together into one graph."""
        edges = spatio_temporal_edges(LANDMARKS, steps).to(h.device)
        count = steps * len(LANDMARKS)
        batch = len(h) // count
        edges = (edges[:, None] + count * torch.arange(batch, device=h.device)[:, None]).flatten(1)
        alpha = h.new_zeros(0)
        for layer in self.gat:
            answer, (_, alpha) = layer(h, edges, return_attention_weights=True)
            h = self.dropout(F.elu(answer))
        received = h.new_zeros(batch * count).index_add(0, edges[0], alpha.mean(1))
        return h, received

    @staticmethod
    def _limbs(like: Tensor) -> Tensor:
        return torch.tensor(LIMB_LANDMARKS, device=like.device)

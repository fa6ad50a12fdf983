"""The paper's baselines: temporal convolution without a graph, alone or before an LSTM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_recognition.models.dynamics import DYNAMICS, JointDynamics, mean_reading
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import CausalConv, Norm
from sportcoach_recognition.models.scores import Scores


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: number of actions.
        rate, imu_per_step: steps per second, IMU readings per step (their mean is used).
        window: steps that an answer looks back on.
        channels: of a step.
        kernel, dilations: of the convolutions.
        lstm: whether an LSTM reads what the convolutions give; without, it is averaged.
        dropout: everywhere.
    """

    classes: int
    rate: float = 16.0
    imu_per_step: int = 3
    window: int = 64
    channels: int = 128
    kernel: int = 3
    dilations: Sequence[int] = (1, 2, 4)
    lstm: bool = False
    dropout: float = 0.3


class Tcn(nn.Module):
    """Movements to scores of the actions, all joints and sensors of a step in one vector."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        c, channels = config.channels, len(LANDMARKS) * DYNAMICS + len(LIMBS) * 6
        self.dynamics = JointDynamics(LANDMARKS, config.rate)
        self.norm = Norm(channels)
        self.embed = nn.Linear(channels, c)
        self.tcn = nn.ModuleList(CausalConv(c, config.kernel, d, config.dropout) for d in config.dilations)
        self.lstm = nn.LSTM(c, c, batch_first=True) if config.lstm else None
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(c, config.classes)

    def forward(self, inputs: Inputs) -> Scores:
        """The answer at the end of each movement, from its last `window` steps."""
        inputs = inputs.last(self.config.window)
        b = len(inputs.valid)
        p, _ = self.dynamics(inputs, self.dynamics.start(b))
        x = torch.cat([p[..., :DYNAMICS].flatten(2), mean_reading(inputs).flatten(2)], dim=-1)
        h = F.relu(self.embed(self.norm(x)))[:, :, None]
        for layer in self.tcn:
            h, _ = layer(h, layer.start(b, 1))  # type: ignore[operator]
        h = h[:, :, 0]
        steps = inputs.valid.sum(1, keepdim=True).clamp(min=1.0)
        if self.lstm is None:
            whole = (h * inputs.valid[..., None]).sum(1) / steps
        else:
            last = (steps.long() - 1)[..., None].expand(b, 1, h.shape[2])
            whole = self.lstm(h)[0].gather(1, last)[:, 0]
        return Scores(self.classifier(self.dropout(whole)))

"""What a network is told of each joint (eq. 3) and of each sensor, from the present and the two steps before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn

from sportcoach_recognition.graph import node_indices, parents
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import extend

DYNAMICS: Final = 9
"""Eq. 3: p (3), v (3), a (3)."""

JOINT_CHANNELS: Final = DYNAMICS + 4
"""... bone (3), seen (1)."""

_RATE_OF_MOTION: Final = 0.25
"""Time constant that brings velocities [m/s] to the size of positions [s]; its square, accelerations."""

_GRAVITY: Final = 9.81
_BRISK: Final = 5.0
"""Turning rate of a brisk limb [rad/s]."""


class JointDynamics(nn.Module):
    """Eq. 3: f = [p, beta v, beta^2 a] by differences, and the bone to the parent joint; zero where not seen.

    Args:
        nodes: names of the landmarks to use.
        rate: steps per second.
    """

    indices: Tensor
    parents: Tensor

    def __init__(self, nodes: Sequence[str], rate: float) -> None:
        super().__init__()
        self.scale = _RATE_OF_MOTION * rate
        self.register_buffer("indices", torch.tensor(node_indices(nodes)), persistent=False)
        self.register_buffer("parents", torch.tensor(parents(nodes)), persistent=False)

    def start(self, batch: int) -> Tensor:
        """(B, 2, N, 4): positions and whether seen."""
        return torch.zeros(batch, 2, self.indices.shape[0], 4, device=self.indices.device)

    def forward(self, inputs: Inputs, past: Tensor) -> tuple[Tensor, Tensor]:
        """Features (B, T, N, 13), and the past of what comes next."""
        seen = inputs.seen[:, :, self.indices, None]
        now = torch.cat([inputs.pose[:, :, self.indices] * seen, seen], dim=-1)
        sequence, past = extend(now, past)
        position, known = sequence[..., :3], sequence[..., 3:]
        both = known[:, 1:] * known[:, :-1]
        velocity = (position[:, 1:] - position[:, :-1]) * (self.scale * both)
        acceleration = (velocity[:, 1:] - velocity[:, :-1]) * (self.scale * both[:, 1:] * both[:, :-1])
        here, seen = position[:, 2:], known[:, 2:]
        bone = (here - here[:, :, self.parents]) * (seen * seen[:, :, self.parents])
        return torch.cat([here, velocity[:, 1:], acceleration, bone, seen], dim=-1), past


def sensor_signals(inputs: Inputs) -> Tensor:
    """(B, T, 4, 8 k + 1): each reading in g and brisk turns with its two magnitudes, and whether measured."""
    seen = inputs.imu_seen[..., None]
    return torch.cat([scaled_readings(inputs).flatten(3) * seen, seen], dim=-1)


def scaled_readings(inputs: Inputs) -> Tensor:
    """(B, T, 4, k, 8): each reading in g and brisk turns, each with its magnitude."""
    b, t, limbs, _ = inputs.imu.shape
    readings = inputs.imu.view(b, t, limbs, -1, 2, 3) / inputs.imu.new_tensor([_GRAVITY, _BRISK])[:, None]
    magnitude = readings.square().sum(-1, keepdim=True).clamp(min=1e-8).sqrt()
    scaled: Tensor = torch.cat([readings, magnitude], dim=-1).flatten(4)
    return scaled


def mean_reading(inputs: Inputs) -> Tensor:
    """(B, T, 4, 6): gamma u of eq. 14, the mean of a step's readings in g and brisk turns; zero where not measured."""
    scale = inputs.imu.new_tensor([_GRAVITY] * 3 + [_BRISK] * 3)
    reading: Tensor = inputs.imu.view(*inputs.imu.shape[:3], -1, 6).mean(3) / scale * inputs.imu_seen[..., None]
    return reading

"""What every network takes in: one batch of evenly sampled movements."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Inputs:
    """B movements of T steps; what was not measured is zero and its mask says so.

    pose: (B, T, 33, 3) metres, origin between the hips, camera optical frame (y down).
    seen: (B, T, 33) 1 where the landmark was seen, else 0.
    imu: (B, T, 4, 6 k) k readings per step, oldest first, each acc [m/s^2] with gravity, gyro [rad/s].
    imu_seen: (B, T, 4) 1 where the limb's sensor was measured, else 0.
    valid: (B, T) 1 for the movement, 0 for the padding behind a short one.
    """

    pose: Tensor
    seen: Tensor
    imu: Tensor
    imu_seen: Tensor
    valid: Tensor

    def to(self, device: torch.device) -> Inputs:
        """The same on another device."""
        return Inputs(*(tensor.to(device) for tensor in self.tensors()))

    def between(self, begin: int, end: int) -> Inputs:
        """Steps `begin` up to `end`."""
        return Inputs(*(tensor[:, begin:end] for tensor in self.tensors()))

    def last(self, steps: int) -> Inputs:
        """The last `steps` valid ones of each movement."""
        if self.valid.shape[1] <= steps:
            return self
        begin = (self.valid.sum(1).long() - steps).clamp(min=0)
        at = begin[:, None] + torch.arange(steps, device=begin.device)
        rows = torch.arange(len(at), device=begin.device)[:, None]
        return Inputs(*(tensor[rows, at] for tensor in self.tensors()))

    def without_pose(self) -> Inputs:
        """As if there were no camera."""
        return Inputs(torch.zeros_like(self.pose), torch.zeros_like(self.seen), self.imu, self.imu_seen, self.valid)

    def without_imu(self) -> Inputs:
        """As if no sensor were worn."""
        return Inputs(self.pose, self.seen, torch.zeros_like(self.imu), torch.zeros_like(self.imu_seen), self.valid)

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Every field, in order."""
        return self.pose, self.seen, self.imu, self.imu_seen, self.valid

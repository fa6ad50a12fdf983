"""Movements made of noise, for tests of networks."""

from __future__ import annotations

import torch

from sportcoach_recognition.models.inputs import Inputs


def movement(steps: int, k: int = 3, batch: int = 1, seed: int = 2) -> Inputs:
    """Every fifth landmark unseen."""
    random = torch.Generator().manual_seed(seed)
    seen = (torch.rand(batch, steps, 33, generator=random) > 0.2).float()
    pose = torch.randn(batch, steps, 33, 3, generator=random) * seen[..., None]
    imu_seen = torch.ones(batch, steps, 4)
    return Inputs(pose, seen, torch.randn(batch, steps, 4, 6 * k, generator=random), imu_seen, torch.ones(batch, steps))

"""Movements made of noise, for tests of networks."""

from __future__ import annotations

import torch
from torch import Tensor

from sportcoach_recognition.features import CHANNELS
from sportcoach_recognition.models.framewise import Framewise
from sportcoach_recognition.models.inputs import Inputs


def movement(steps: int, k: int = 3, batch: int = 1, seed: int = 2) -> Inputs:
    """Every fifth landmark unseen."""
    random = torch.Generator().manual_seed(seed)
    seen = (torch.rand(batch, steps, 33, generator=random) > 0.2).float()
    pose = torch.randn(batch, steps, 33, 3, generator=random) * seen[..., None]
    imu_seen = torch.ones(batch, steps, 4)
    return Inputs(pose, seen, torch.randn(batch, steps, 4, 6 * k, generator=random), imu_seen, torch.ones(batch, steps))


def features(frames: int, seed: int = 2) -> Tensor:
    """(1, frames, 33, 16) node features, every third landmark unseen."""
    random = torch.Generator().manual_seed(seed)
    made = torch.randn(1, frames, 33, CHANNELS, generator=random)
    made[..., 15] = (torch.rand(1, frames, 33, generator=random) > 0.3).float()
    return made


def two_futures(network: Framewise) -> tuple[Tensor, Tensor]:
    """(1, 25, 5) scores of the first frames of two streams that differ from then on."""
    given = features(40)
    changed = given.clone()
    changed[:, 25:] = features(15, seed=3)
    with torch.inference_mode():
        return network(given)[:, :25], network(changed)[:, :25]


def frame_by_frame(network: Framewise, given: Tensor) -> Tensor:
    """(T, 5) scores after each frame of `given` (1, T, 33, 16)."""
    with torch.inference_mode():
        state, steps = network.start(), []
        for frame in given[0]:
            scores, state = network.step(frame, state)
            steps.append(scores)
    return torch.stack(steps)

"""What stream_gat says about its embeddings: the action of a window, its quality, stage and angles of each step."""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor, nn

from sportcoach_perception.angles import ANGLES
from sportcoach_recognition.models.scores import Scores

STAGES: Final = ("idle", "begin", "execute", "end")
"""Of a movement, in the order of their scores."""

HEADS: Final[dict[str, dict[str, Any]]] = {
    "stage": {"stages": len(STAGES)},
    "angles": {"angles": len(ANGLES)},
    "quality": {"quality": True},
}
"""What a network can tell beside the action, and the size that gives it a head for that."""


class Heads(nn.Module):
    """Embeddings of both branches to scores.

    Args:
        channels: C of each branch.
        classes: number of actions.
        stages, angles: number of stages and joint angles, 0 for no such head.
        quality: whether there is a head for it.
    """

    def __init__(self, channels: int, classes: int, stages: int, angles: int, quality: bool) -> None:
        super().__init__()
        self.skeleton = nn.Linear(2 * channels, classes)
        self.sensors = nn.Linear(2 * channels, classes)
        self.both = nn.Linear(4 * channels, classes)
        self.quality = nn.Linear(4 * channels, 1) if quality else None
        self.stage = nn.Linear(2 * channels, stages) if stages else None
        self.angles = nn.Linear(2 * channels, angles) if angles else None
        self.dropout = nn.Dropout(0.5)

    def forward(self, window: Tensor, steps: Tensor) -> Scores:
        """Scores of a window (B, W, 2 C + 2), and of each of the steps (B, T, 2 C + 2).

        The last two channels tell whether the skeleton and the sensors have anything to say about a step; where they
        don't, their embeddings are zero. A branch that says nothing all along has no part in the answer.
        """
        count = window[..., -2:].sum(1)
        skeleton, sensors = (
            self.dropout(torch.cat([part.sum(1) / number.clamp(min=1.0), part.amax(1)], dim=-1))  # never negative
            for part, number in zip(window[..., :-2].chunk(2, dim=-1), count.chunk(2, dim=-1), strict=True)
        )
        together = torch.cat([skeleton, sensors], dim=-1)
        there = (count > 0).float()
        alone = self.skeleton(skeleton), self.sensors(sensors)
        action = alone[0] * there[:, :1] + alone[1] * there[:, 1:] + self.both(together) * there.prod(-1, keepdim=True)
        return Scores(
            action,
            *alone,
            stage=self.stage(steps[..., :-2]) if self.stage else None,
            angles=self.angles(steps[..., :-2]) if self.angles else None,
            quality=self.quality(together).sigmoid()[:, 0] if self.quality else None,
        )

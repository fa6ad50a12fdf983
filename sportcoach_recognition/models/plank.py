"""Push-up form: whether the body moves as one straight line, seen from its side.

Few clips from few sources teach a network the sources. So this one is told what can be wrong about a push-up, measures
it in the picture plane (what MediaPipe guesses of depth differs between views), and learns only how much each fault
counts: never in favour. What the view doesn't show is not held against anyone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.models.whole import spread_pose

FAULTS: Final = ("bent hips", "hips apart from shoulders", "moving hips", "bending knees", "shallow")
"""What is measured, in the order of the weights."""

_JOINTS: Final = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_FROM: Final = (4.0, 0.0, 5.0, 5.0, 0.30)
_TO: Final = (20.0, 0.5, 25.0, 30.0, 0.55)
"""Where each fault begins and where it counts as 1: degrees, 1 - correlation, degrees, degrees, lengths of the trunk
that the shoulders stay above the hands."""
_MOST: Final = 1.5
_LEARNING_STEPS: Final = 400


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: correct and wrong.
        rate, imu_per_step, window: of the inputs; all of a movement is looked at, and no sensor.
        steps: that a movement is brought to, whatever its duration.
        frontal: how far apart, in lengths of the trunk, the shoulders are where the view no longer shows faults.
        strength: of the penalty on large weights.
    """

    classes: int = 2
    rate: float = 15.0
    imu_per_step: int = 1
    window: int = 4096
    steps: int = 128
    frontal: float = 0.6
    strength: float = 0.1


class Plank(nn.Module):
    """Movements to scores of correct and wrong."""

    weights: Tensor
    offset: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.register_buffer("weights", torch.zeros(len(FAULTS)))
        self.register_buffer("offset", torch.zeros(()))

    def signals(self, inputs: Inputs) -> list[Tensor]:
        """The faults of each movement (N, 5), 0..1.5."""
        return [faults(spread_pose(inputs, self.config.steps), self.config.frontal)]

    def learn(self, signals: list[Tensor], labels: Tensor, weight: Tensor, random: torch.Generator) -> None:
        """Fit the weights of the faults by logistic regression, none below zero.

        Args:
            signals: as `signals` gives them.
            labels: (N,) 0 for correct, 1 for wrong.
            weight: (N,) how much each counts, 1 on average.
            random: not needed.
        """
        raw, offset = torch.full_like(self.weights, -1.0).requires_grad_(), torch.zeros(()).requires_grad_()
        optimizer = torch.optim.Adam([raw, offset], 0.05)
        with torch.enable_grad():
            for _ in range(_LEARNING_STEPS):
                weights = F.softplus(raw)
                error = F.binary_cross_entropy_with_logits(
                    signals[0] @ weights + offset, labels.float(), weight, reduction="sum"
                )
                optimizer.zero_grad()
                (error + self.config.strength * weights.square().sum()).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
        self.weights.copy_(F.softplus(raw).detach())
        self.offset.copy_(offset.detach())

    def forward(self, inputs: Inputs) -> Scores:
        """The answer at the end of each movement."""
        wrong = self.signals(inputs)[0] @ self.weights + self.offset
        return Scores(torch.stack([torch.zeros_like(wrong), wrong], dim=1))


def faults(pose: Tensor, frontal: float) -> Tensor:
    """(N, T, 33, 3) hip-centred to (N, 5) how marked each of FAULTS is; zero in a view along the body."""
    at = _nearer_side(pose)
    trunk = (at["shoulder"] - at["hip"]).norm(dim=-1).median(dim=1).values.clamp(min=1e-3)[:, None]
    hips = _bend(at["shoulder"], at["hip"], at["ankle"])
    knees = _bend(at["hip"], at["knee"], at["ankle"])
    shoulder_height, hip_height = (
        (at["wrist"][..., 1] - at[joint][..., 1]) / trunk for joint in ("shoulder", "hip")
    )
    measured = torch.stack(
        [
            hips.abs().quantile(0.75, dim=1),
            1.0 - _correlation(shoulder_height, hip_height),
            hips.quantile(0.9, dim=1) - hips.quantile(0.1, dim=1),
            knees.quantile(0.9, dim=1) - knees.quantile(0.1, dim=1),
            shoulder_height.quantile(0.1, dim=1),
        ],
        dim=1,
    )
    begin, end = measured.new_tensor(_FROM), measured.new_tensor(_TO)
    marked = ((measured - begin) / (end - begin)).clamp(0.0, _MOST)
    left, right = (pose[:, :, LANDMARK_INDEX[f"{side}_shoulder"], 0] for side in ("left", "right"))
    width = ((left - right).abs() / trunk).median(dim=1).values
    visible: Tensor = marked * (width <= frontal)[:, None]
    return visible


def _nearer_side(pose: Tensor) -> dict[str, Tensor]:
    """(N, T, 2) joints of the side that is nearer to the camera, in the picture, the head to the right."""
    sides = {side: pose[:, :, [LANDMARK_INDEX[f"{side}_{joint}"] for joint in _JOINTS]] for side in ("left", "right")}
    depth = {side: joints[:, :, 0, 2].median(dim=1).values for side, joints in sides.items()}
    nearer = torch.where((depth["left"] < depth["right"])[:, None, None, None], sides["left"], sides["right"])[..., :2]
    ahead = (nearer[:, :, 0, 0] - nearer[:, :, -1, 0]).median(dim=1).values
    nearer = nearer * torch.stack([torch.where(ahead < 0, -1.0, 1.0), torch.ones_like(ahead)], dim=1)[:, None, None]
    return dict(zip(_JOINTS, nearer.unbind(2), strict=True))


def _bend(a: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """(N, T) signed angle at b between straight (0) and folded (180 or -180) [degrees]."""
    u, v = b - a, c - b
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return torch.rad2deg(torch.atan2(cross, (u * v).sum(-1)))


def _correlation(a: Tensor, b: Tensor) -> Tensor:
    """(N,) of (N, T) and (N, T); 0 where one of them doesn't change."""
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    correlation: Tensor = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1)).clamp(min=1e-6)
    return correlation

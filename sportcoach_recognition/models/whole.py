"""A whole movement as a fixed number of steps in the body's own frame: for networks that look at it from its end."""

from __future__ import annotations

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.graph import node_indices
from sportcoach_recognition.models.inputs import Inputs

JOINTS: Final = (
    "nose", "left_shoulder", "left_elbow", "left_wrist", "right_shoulder", "right_elbow", "right_wrist",
    "left_hip", "left_knee", "left_ankle", "right_hip", "right_knee", "right_ankle", "left_foot_index",
    "right_foot_index",
)  # fmt: skip

_BONES: Final = (
    ("left_wrist", "left_shoulder"), ("right_wrist", "right_shoulder"), ("left_elbow", "left_shoulder"),
    ("right_elbow", "right_shoulder"), ("left_wrist", "left_elbow"), ("right_wrist", "right_elbow"),
    ("left_knee", "left_hip"), ("right_knee", "right_hip"), ("left_ankle", "left_knee"),
    ("right_ankle", "right_knee"), ("left_wrist", "right_wrist"), ("nose", "left_shoulder"),
    ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"),
)  # fmt: skip
"""Bones, and how far hands are from shoulders and from each other."""

_ANGLES: Final = tuple(
    (f"{side}_{a}", f"{side}_{b}", f"{side}_{c}")
    for side in ("left", "right")
    for a, b, c in (
        ("shoulder", "elbow", "wrist"),
        ("elbow", "shoulder", "hip"),
        ("shoulder", "hip", "knee"),
        ("hip", "knee", "ankle"),
    )
)

SKELETON_CHANNELS: Final = 3 * len(JOINTS) + 3 * len(_BONES) + len(_ANGLES)

_SHORTEST_TRUNK: Final = 0.2
"""Below, a trunk [m] was not measured."""


def spread_pose(inputs: Inputs, steps: int) -> Tensor:
    """The landmarks of each movement at so many even steps: (B, steps, 33, 3)."""
    return spread(inputs.pose.flatten(2), inputs.valid, steps).view(len(inputs.pose), steps, -1, 3)


def spread(x: Tensor, valid: Tensor, steps: int) -> Tensor:
    """(B, T, C) of which the first valid ones count (B, T), linearly interpolated to (B, steps, C)."""
    last = (valid.sum(1) - 1.0).clamp(min=0.0)
    at = last[:, None] * torch.linspace(0.0, 1.0, steps, device=x.device)
    low = at.floor().long()
    high = (low + 1).clamp(max=x.shape[1] - 1)
    rows = torch.arange(len(x), device=x.device)[:, None]
    return torch.lerp(x[rows, low], x[rows, high], (at - low)[..., None])


def body_frame(pose: Tensor) -> Tensor:
    """(B, T, 33, 3) turned about the vertical until shoulders and hips are, on average, parallel to x."""
    side = (_at(pose, "left_shoulder") - _at(pose, "right_shoulder") + _at(pose, "left_hip") - _at(pose, "right_hip"))
    mean = side.mean(1)
    angle = torch.atan2(mean[:, 2], mean[:, 0])[:, None, None]
    c, s = angle.cos(), angle.sin()
    x, y, z = pose.unbind(-1)
    return torch.stack([c * x + s * z, y, c * z - s * x], dim=-1)


def skeleton_channels(pose: Tensor, turn: bool) -> Tensor:
    """(B, T, 33, 3) to (B, C, T): joints and bones in lengths of the trunk, angles [rad].

    Args:
        pose: hip-centred.
        turn: whether to look from the body's front, whatever the camera's place.
    """
    if turn:
        pose = body_frame(pose)
    trunk = ((_at(pose, "left_shoulder") + _at(pose, "right_shoulder")) / 2).norm(dim=-1).median(dim=1).values
    pose = pose / trunk.clamp(min=_SHORTEST_TRUNK)[:, None, None, None]
    bones = torch.stack([_at(pose, a) - _at(pose, b) for a, b in _BONES], dim=2)
    angles = torch.stack([_angle(pose, *joints) for joints in _ANGLES], dim=2)
    return torch.cat([pose[:, :, node_indices(JOINTS)].flatten(2), bones.flatten(2), angles], dim=-1).transpose(1, 2)


def log_duration(inputs: Inputs, rate: float) -> Tensor:
    """(B, 1) logarithm of how long each movement takes [s]."""
    return (inputs.valid.sum(1, keepdim=True) / rate).log()


def _at(pose: Tensor, name: str) -> Tensor:
    return pose[:, :, LANDMARK_INDEX[name]]


def _angle(pose: Tensor, a: str, b: str, c: str) -> Tensor:
    cosine = F.cosine_similarity(_at(pose, a) - _at(pose, b), _at(pose, c) - _at(pose, b), dim=-1)
    return torch.acos(cosine.clamp(-0.999, 0.999))

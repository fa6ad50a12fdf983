"""The body as a graph: which landmarks are nodes, which of them are joined."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

import torch
from torch import Tensor

from sportcoach_perception.skeleton import LANDMARKS, other_side
from sportcoach_recognition.nodes import NODES, node_indices
from sportcoach_recognition.nodes import adjacency as joined

__all__ = [
    "NODES",
    "PARTS",
    "adjacency",
    "anatomical_prior",
    "node_indices",
    "parents",
    "part_prior",
    "spatio_temporal_edges",
]

PARTS: Final = {
    "trunk": ("nose", "left_shoulder", "right_shoulder", "left_hip", "right_hip"),
    "left_arm": ("left_shoulder", "left_elbow", "left_wrist", "left_index"),
    "right_arm": ("right_shoulder", "right_elbow", "right_wrist", "right_index"),
    "left_leg": ("left_hip", "left_knee", "left_ankle", "left_heel", "left_foot_index"),
    "right_leg": ("right_hip", "right_knee", "right_ankle", "right_heel", "right_foot_index"),
}
"""Parts of the body and their joints, in the order of their chain."""

_PARENTS: Final = {
    "nose": "left_shoulder", "left_shoulder": "left_hip", "right_shoulder": "right_hip",
    "left_elbow": "left_shoulder", "left_wrist": "left_elbow", "left_index": "left_wrist",
    "right_elbow": "right_shoulder", "right_wrist": "right_elbow", "right_index": "right_wrist",
    "left_hip": "right_hip", "right_hip": "left_hip",
    "left_knee": "left_hip", "left_ankle": "left_knee", "left_heel": "left_ankle", "left_foot_index": "left_ankle",
    "right_knee": "right_hip", "right_ankle": "right_knee", "right_heel": "right_ankle",
    "right_foot_index": "right_ankle",
    **{name: "nose" for name in LANDMARKS if any(part in name for part in ("eye", "left_ear", "right_ear", "mouth"))},
    **{f"{side}_{finger}": f"{side}_wrist" for side in ("left", "right") for finger in ("pinky", "thumb")},
}  # fmt: skip
"""Where each joint's bone begins."""


def adjacency(nodes: Sequence[str]) -> Tensor:
    """(N, N) float, 1 where two nodes share a body edge or are the same node."""
    return torch.from_numpy(joined(nodes))


def parents(nodes: Sequence[str]) -> list[int]:
    """Place among `nodes` of the joint where each node's bone begins."""
    return [nodes.index(_PARENTS[name]) for name in nodes]


def anatomical_prior(nodes: Sequence[str], delays: Sequence[int]) -> Tensor:
    """(N, D, N) bool: which joints have something to tell each other, so many steps ago.

    Now: joints at most two bones apart (a joint bends between its neighbours) and left-right pairs. Earlier: the joint
    itself and its direct neighbours.
    """
    near = adjacency(nodes) > 0
    mirrored = [other_side(name) for name in nodes]
    pairs = torch.zeros_like(near)
    pairs[range(len(nodes)), [nodes.index(name) for name in mirrored]] = True
    now = (near.float() @ near.float() > 0) | pairs
    return torch.stack([near if delay else now for delay in delays], dim=1)


def part_prior(delays: Sequence[int]) -> Tensor:
    """(P, D, P) bool: parts hear every part now, and at earlier steps themselves and the trunk."""
    names = list(PARTS)
    before = torch.eye(len(names), dtype=torch.bool)
    before[:, names.index("trunk")] = True
    return torch.stack([before if delay else torch.ones_like(before) for delay in delays], dim=1)


@cache
def spatio_temporal_edges(nodes: tuple[str, ...], steps: int) -> Tensor:
    """Edge index (2, E) from source to target over nodes t N + i, for t < `steps`.

    Body edges and self-loops within a step, and from each joint to itself one step later.
    """
    n = len(nodes)
    within = adjacency(nodes).nonzero().T
    spatial = (within[:, None] + n * torch.arange(steps)[:, None]).flatten(1)
    earlier = torch.arange(n * (steps - 1))
    return torch.cat([spatial, torch.stack([earlier, earlier + n])], dim=1)

"""The joints that the networks see, and which of them are joined, without loading torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX, LANDMARKS

NODES: Final = tuple(
    name for name in LANDMARKS if not any(part in name for part in ("eye", "ear", "mouth", "pinky", "thumb"))
)
"""Landmarks that move with the exercise and that more than one kind of data gives; eyes or thumbs would only tell a
network which data set it looks at."""

_NECK: Final = (
    (LANDMARK_INDEX["nose"], LANDMARK_INDEX["left_shoulder"]),
    (LANDMARK_INDEX["nose"], LANDMARK_INDEX["right_shoulder"]),
)
"""MediaPipe's own edges leave the head unconnected."""


def node_indices(nodes: Sequence[str]) -> list[int]:
    """Landmark index of each node name."""
    return [LANDMARK_INDEX[name] for name in nodes]


def adjacency(nodes: Sequence[str]) -> Floats:
    """(N, N), 1 where two nodes share a body edge or are the same node."""
    place = {landmark: node for node, landmark in enumerate(node_indices(nodes))}
    matrix = np.eye(len(nodes), dtype=np.float32)
    for a, b in (*BONES, *_NECK):
        if a in place and b in place:
            matrix[place[a], place[b]] = matrix[place[b], place[a]] = 1.0
    return matrix

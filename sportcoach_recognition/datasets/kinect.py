"""Kinect skeletons (v1 with 20 joints, v2 with 25) as landmarks."""

from __future__ import annotations

from typing import Final

import numpy as np

from sportcoach_perception.frames import Bools, Floats
from sportcoach_recognition.datasets.sequence import hip_centred, place

_NAMES: Final = (
    "nose",
    "left_shoulder", "left_elbow", "left_wrist", "left_index",
    "right_shoulder", "right_elbow", "right_wrist", "right_index",
    "left_hip", "left_knee", "left_ankle", "left_foot_index",
    "right_hip", "right_knee", "right_ankle", "right_foot_index",
)  # fmt: skip
_V1: Final = (0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)
_V2: Final = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)


def landmarks(joints: Floats) -> tuple[Floats, Bools]:
    """Joints (T, 20 or 25, 3) in metres, Kinect axes (x to the camera's left, y up, z away), as world, seen."""
    camera_optical = joints * np.array([-1.0, -1.0, 1.0], np.float32)
    world, seen = place(camera_optical, _NAMES, _V1 if joints.shape[1] == 20 else _V2)
    return hip_centred(world, seen), seen

"""Penn Action (Zhang, Zhu, Derpanis 2013): 2-D joints of web videos, labels/NNNN.mat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import loadmat

from sportcoach_perception.frames import Bools, Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, hip_centred, metres_per_unit, place

FRAME_RATE: Final = 30.0
"""Nominal; the files hold no time."""

_JOINTS: Final = (
    "nose",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_LABELS: Final = {"squat": "squat", "pushup": "push_up", "jumping_jacks": "jumping_jack"}
_AMBIGUOUS: Final = ("clean_and_jerk",)
"""Left out: it holds a squat."""


def read(root: Path) -> Iterator[Sequence]:
    """Every clip below `root` in which a hip is seen, but for the ambiguous action."""
    for path in sorted(root.rglob("[0-9]*.mat")):
        clip = loadmat(path)
        action = str(clip["action"][0])
        if action in _AMBIGUOUS:
            continue
        pixels = np.stack([clip["x"], clip["y"], np.zeros_like(clip["x"])], axis=-1).astype(np.float32)
        world, seen = place(pixels, _JOINTS, tuple(range(len(_JOINTS))))
        seen[:, [LANDMARK_INDEX[name] for name in _JOINTS]] &= clip["visibility"].astype(np.bool_)
        if not _complete_hips(world, seen):
            continue
        world = hip_centred(world, seen)
        world *= np.float32(metres_per_unit(world, seen))
        stamps, label = even_stamps(len(world), FRAME_RATE), _LABELS.get(action, "other")
        yield Sequence(stamps, world, seen, label, "penn-action", path.stem, path.stem, depth=False)


def _complete_hips(world: Floats, seen: Bools) -> bool:
    """Put an unseen hip where the other one is, or was; False when no hip is ever seen."""
    left, right = LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]
    one = seen[:, left] | seen[:, right]
    if not one.any():
        return False
    frames = np.arange(len(world))
    world[:, left] = np.where(seen[:, left, None], world[:, left], world[:, right])
    world[:, right] = np.where(seen[:, right, None], world[:, right], world[:, left])
    for hip in (left, right):
        for axis in range(2):
            world[:, hip, axis] = np.interp(frames, frames[one], world[one, hip, axis])
    return True

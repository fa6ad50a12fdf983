"""Penn Action (Zhang, Zhu, Derpanis 2013): 2-D joints of web videos, labels/NNNN.mat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Bools, Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.datasets import reading
from sportcoach_recognition.datasets.sequence import (
    Sequence,
    even_stamps,
    hip_centred,
    labelled,
    metres_per_unit,
    place,
)

CLASSES: Final = (
    "baseball_pitch", "baseball_swing", "bench_press", "bowl", "clean_and_jerk", "golf_swing", "jump_rope",
    "jumping_jacks", "pullup", "pushup", "situp", "squat", "strum_guitar", "tennis_forehand", "tennis_serve",
)  # fmt: skip

ACTIONS: Final = {name: "other" for name in CLASSES if name != "clean_and_jerk"} | {
    "squat": "squat",
    "pushup": "push_up",
    "jumping_jacks": "jumping_jack",
}
"""Actions of the graph's model; left out: clean and jerk holds a squat."""

FRAME_RATE: Final = 30.0
"""Nominal; the files hold no time."""

_JOINTS: Final = (
    "nose",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist",
    "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
_PLACES: Final = [LANDMARK_INDEX[name] for name in _JOINTS]
_HIPS: Final = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]


def read(root: Path) -> Iterator[Sequence]:
    """Every clip below `root`, labels/ or their folder itself; `part` is the official split.

    Raises:
        UserError: files are missing, damaged or of another shape, or an action is not of the set.
    """
    for path in reading.files(root, "**/[0-9]*.mat", "Penn Action labels"):
        clip = reading.MatFile(path)
        action, train = clip.value("action"), clip.value("train")
        if action not in CLASSES:
            raise UserError(f"{path}: Penn Action has no action {action}")
        x, y, visible = (clip.matrix(name, (None, len(_JOINTS))) for name in ("x", "y", "visibility"))
        if not x.shape == y.shape == visible.shape:
            raise UserError(f"{path}: x, y and visibility differ in length")
        world, seen = place(np.stack([x, y, np.zeros_like(x)], axis=-1), _JOINTS, tuple(range(len(_JOINTS))))
        if visible.any():  # in a clip or two of the set nothing is, but the joints are there
            seen[:, _PLACES] = visible > 0
        world = hip_centred(_with_hips(world, seen), seen)
        world *= np.float32(metres_per_unit(world, seen))
        yield Sequence(
            even_stamps(len(world), FRAME_RATE), world, seen, action, "penn-action", path.stem, path.stem,
            depth=False, part="train" if train == "1" else "test",
        )  # fmt: skip


def _with_hips(world: Floats, seen: Bools) -> Floats:
    """An unseen hip put where the other one is, or was; in the middle of the body when no hip is ever seen."""
    world, (left, right) = world.copy(), _HIPS
    one = seen[:, _HIPS].any(1)
    if not one.any():
        world[:, _HIPS] = world[seen].mean(0)
        return world
    world[:, left] = np.where(seen[:, left, None], world[:, left], world[:, right])
    world[:, right] = np.where(seen[:, right, None], world[:, right], world[:, left])
    frames = np.arange(len(world))
    for hip in _HIPS:
        for axis in range(2):
            world[:, hip, axis] = np.interp(frames, frames[one], world[one, hip, axis])
    return world


def exercises(root: Path) -> Iterator[Sequence]:
    """The clips in which a hip is seen, labelled by ACTIONS."""
    return (sequence for sequence in labelled(read(root), ACTIONS) if sequence.seen[:, _HIPS].any())

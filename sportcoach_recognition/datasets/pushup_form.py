"""MediaPipe landmarks of push-up clips in good and bad form: {correct,wrong}/NAME.npz.

The set does not say where a clip comes from; size and rate of the video tell the sources apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARKS
from sportcoach_recognition.datasets import reading
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, hip_centred, labelled, metres_per_unit
from sportcoach_recognition.features import MIN_VISIBILITY

CLASSES: Final = ("correct", "wrong")
ACTIONS: Final = dict.fromkeys(CLASSES, "push_up")
"""Actions of the graph's model."""


def read(root: Path) -> Iterator[Sequence]:
    """Every clip below `root` in which somebody is found; `name` is form/file, `subject` the video's size and rate.

    Raises:
        UserError: files are missing, damaged or of another shape, or in a folder of another name.
    """
    for path in reading.files(root, "*/*.npz", "push-up landmarks"):
        if path.parent.name not in CLASSES:
            raise UserError(f"{path}: expected a folder named {' or '.join(CLASSES)}")
        landmarks, rate, width, height = read_clip(path)
        found = np.asarray(np.isfinite(landmarks).all(axis=(1, 2)))  # NaN where MediaPipe found nobody
        if not found.any():
            continue
        landmarks, stamps = landmarks[found], even_stamps(len(found), rate)[found]
        # z is in the scale of x (MediaPipe's documentation), so this is an isotropic picture frame.
        pixels = (landmarks[..., :3] * np.array([width, height, width])).astype(np.float32)
        seen = landmarks[..., 3] >= MIN_VISIBILITY
        world = hip_centred(pixels, np.ones_like(seen))
        world *= np.float32(metres_per_unit(world, seen))
        source, name = f"{width}x{height}@{rate:.3g}", f"{path.parent.name}/{path.stem}"
        yield Sequence(stamps, world, seen, path.parent.name, "pushup-form", source, name)


def read_clip(path: Path) -> tuple[Floats, float, int, int]:
    """Landmarks (T, 33, 4), frames per second, width and height [pixels].

    Raises:
        UserError: damaged, or of another shape.
    """
    try:
        with np.load(path, allow_pickle=False) as clip:
            landmarks = clip["landmarks"]
            rate, width, height = float(clip["fps"]), int(clip["width"]), int(clip["height"])
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{path} is not a clip of push-up landmarks: {error}") from error
    if landmarks.ndim != 3 or landmarks.shape[1:] != (len(LANDMARKS), 4):
        raise UserError(f"{path}: expected landmarks of shape (n, 33, 4), found {landmarks.shape}")
    if not (rate > 0 and width > 0 and height > 0):
        raise UserError(f"{path}: fps, width and height must be positive")
    return landmarks, rate, width, height


def exercises(root: Path) -> Iterator[Sequence]:
    """The clips labelled by ACTIONS, each a subject of its own."""
    return (replace(sequence, subject=sequence.name) for sequence in labelled(read(root), ACTIONS))

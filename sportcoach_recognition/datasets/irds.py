"""IntelliRehabDS (Miron et al. 2021): subject_date_gesture_repetition_correctness_position.txt, rehabilitation.

One repetition per file, F rows of 25 Kinect (v2) joints x (x, y, z) [m]. The published names of the gestures take left
and right from the other side: in the skeletons, gesture 0 moves the right arm (in 97 of 100 repetitions). They are
named here by the limb that moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import other_side
from sportcoach_recognition.datasets import kinect, reading
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, labelled, mirrored

GESTURES: Final = (
    "right_elbow_flexion", "left_elbow_flexion", "right_shoulder_flexion", "left_shoulder_flexion",
    "right_shoulder_abduction", "left_shoulder_abduction", "shoulder_forward_elevation", "right_side_tap",
    "left_side_tap",
)  # fmt: skip
"""Gestures 0 to 8."""

CORRECTNESS: Final = ("correct", "incorrect", "poor")
"""1 to 3."""

ACTIONS: Final = dict.fromkeys(GESTURES, "other")
"""Actions of the graph's model: arm movements and steps to the side."""

FRAME_RATE: Final = 30.0
_PATTERN: Final = "*_*_*_*_*_*.txt"


def read(root: Path, every: int = 1) -> Iterator[Sequence]:
    """Every `every`-th repetition below `root`, labelled with its gesture.

    Raises:
        UserError: files are missing, damaged or of another shape, or a name is not of the set's form.
    """
    for path in reading.files(root, _PATTERN, "IntelliRehabDS skeletons")[::every]:
        subject, _, gesture, _, correctness, _ = path.stem.split("_")
        if gesture not in map(str, range(len(GESTURES))) or correctness not in ("1", "2", "3"):
            raise UserError(f"{path}: expected subject_date_gesture(0..8)_repetition_correctness(1..3)_position.txt")
        joints = reading.table(path, 75, ",").reshape(-1, 25, 3).astype(np.float32)
        world, seen = kinect.landmarks(joints)
        stamps = even_stamps(len(world), FRAME_RATE)
        yield Sequence(stamps, world, seen, GESTURES[int(gesture)], "irds", subject, path.stem)


def correctness(sequence: Sequence) -> str:
    """How well the repetition was done, one of CORRECTNESS; tells it by the name of the file."""
    return CORRECTNESS[int(sequence.name.split("_")[4]) - 1]


def in_the_mirror(sequence: Sequence) -> Sequence:
    """The repetition in the mirror, where it is one of the gesture of the other side; the name tells that one."""
    parts = sequence.name.split("_")
    gesture = GESTURES[int(parts[2])]
    mirror_gesture = other_side(gesture)
    parts[2] = str(GESTURES.index(mirror_gesture))
    label = mirror_gesture if sequence.label == gesture else sequence.label
    return replace(mirrored(sequence), name="_".join(parts), label=label)


def exercises(root: Path, every: int = 1) -> Iterator[Sequence]:
    """The repetitions labelled by ACTIONS."""
    return labelled(read(root, every), ACTIONS)

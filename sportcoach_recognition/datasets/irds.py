"""IntelliRehabDS (Miron et al. 2021): subject_date_gesture_rep_correctness_position.txt, rehabilitation gestures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_recognition.datasets import kinect
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps

FRAME_RATE: Final = 30.0


def read(root: Path, every: int = 1) -> Iterator[Sequence]:
    """Every `every`-th repetition below `root`: arm movements and steps to the side, all `other`."""
    for path in sorted(root.glob("*_*_*_*_*_*.txt"))[::every]:
        joints = np.loadtxt(path, delimiter=",", dtype=np.float32, ndmin=2).reshape(-1, 25, 3)
        world, seen = kinect.landmarks(joints)
        subject = path.name.split("_")[0]
        yield Sequence(even_stamps(len(world), FRAME_RATE), world, seen, "other", "irds", subject, path.stem)

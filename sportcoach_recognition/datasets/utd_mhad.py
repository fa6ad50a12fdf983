"""UTD-MHAD skeletons (Chen, Jafari, Kehtarnavaz 2015): Skeleton/aA_sS_tT_skeleton.mat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import loadmat

from sportcoach_perception.frames import Floats
from sportcoach_recognition.datasets import kinect
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps

FRAME_RATE: Final = 18.8
"""Effective rate of the skeletons [1/s]; the files hold no time."""

_MARGIN: Final = 6
"""Frames kept before and after a movement."""

_LABELS: Final = {26: "lunge", 27: "squat"}
_AMBIGUOUS: Final = (24, 25)
"""Left out: from a chair and back, a squat to anyone who doesn't see the chair."""


def read(root: Path) -> Iterator[Sequence]:
    """Every trial below `root` but for the ambiguous actions; those other than lunge and squat are `other`."""
    for path in sorted(root.glob("Skeleton/a*_s*_t*_skeleton.mat")):
        action, subject = (int(number) for number in re.findall(r"[as](\d+)_", path.name)[:2])
        if action in _AMBIGUOUS:
            continue
        joints = np.moveaxis(loadmat(path)["d_skel"], 2, 0).astype(np.float32)
        world, seen = kinect.landmarks(joints)
        label = _LABELS.get(action, "other")
        if label != "other":
            part = _moving_part(world)
            world, seen = world[part], seen[part]
        yield Sequence(even_stamps(len(world), FRAME_RATE), world, seen, label, "utd-mhad", f"s{subject}", path.stem)


def _moving_part(world: Floats) -> slice:
    """Without the standing before and after: from the first to the last frame that differs from the first by 0.2 m."""
    moved = np.nonzero(np.linalg.norm(world - world[0], axis=-1).max(1) > 0.2)[0]
    return slice(max(0, moved[0] - _MARGIN), moved[-1] + _MARGIN)

"""UTD-MHAD skeletons (Chen, Jafari, Kehtarnavaz 2015): Skeleton/aA_sS_tT_skeleton.mat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from scipy.io import loadmat

from sportcoach_recognition.datasets import kinect
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps

FRAME_RATE: Final = 18.8
"""Effective rate of the skeletons [1/s]; the files hold no time."""

_LABELS: Final = {26: "lunge", 27: "squat"}


def read(root: Path) -> Iterator[Sequence]:
    """Every trial below `root`, actions other than lunge and squat as `other`."""
    for path in sorted(root.glob("Skeleton/a*_s*_t*_skeleton.mat")):
        action, subject = (int(number) for number in re.findall(r"[as](\d+)_", path.name)[:2])
        joints = np.moveaxis(loadmat(path)["d_skel"], 2, 0).astype(np.float32)
        world, seen = kinect.landmarks(joints)
        label = _LABELS.get(action, "other")
        yield Sequence(even_stamps(len(world), FRAME_RATE), world, seen, label, "utd-mhad", f"s{subject}", path.stem)

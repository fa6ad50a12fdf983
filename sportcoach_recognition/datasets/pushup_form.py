"""MediaPipe landmarks of push-up clips in good and bad form: {correct,wrong}/NAME.npz."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, hip_centred, metres_per_unit
from sportcoach_recognition.features import MIN_VISIBILITY


def read(root: Path) -> Iterator[Sequence]:
    """Every clip below `root`; `name` is form/file, as in correct/correct1."""
    for path in sorted(root.glob("*/*.npz")):
        with np.load(path, allow_pickle=False) as clip:
            landmarks, rate = clip["landmarks"], float(clip["fps"])
            width, height = int(clip["width"]), int(clip["height"])
        found = np.isfinite(landmarks).all(axis=(1, 2))  # NaN where MediaPipe found nobody
        if not found.any():
            continue
        landmarks, stamps = landmarks[found], even_stamps(len(found), rate)[found]
        # z is in the scale of x (MediaPipe's documentation), so this is an isotropic picture frame.
        pixels = (landmarks[..., :3] * np.array([width, height, width])).astype(np.float32)
        seen = landmarks[..., 3] >= MIN_VISIBILITY
        world = hip_centred(pixels, np.ones_like(seen))
        world *= np.float32(metres_per_unit(world, seen))
        name = f"{path.parent.name}/{path.stem}"
        yield Sequence(stamps, world, seen, "push_up", "pushup-form", name, name)

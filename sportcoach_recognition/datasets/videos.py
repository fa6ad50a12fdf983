"""A folder of exercise videos as the camera pipeline sees them; landmarks are extracted once and cached."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.features import MIN_VISIBILITY

VIDEO_SUFFIXES: Final = (".mp4", ".avi", ".mov", ".mkv", ".webm")

_PREFIXES: Final = {
    "squat": "squat", "pushup": "push_up", "push_up": "push_up", "lunge": "lunge",
    "jumping_jack": "jumping_jack", "other": "other",
}  # fmt: skip


def labels(root: Path) -> dict[Path, str]:
    """Label of every video below `root`: from `labels.csv` (columns file, label), else from the start of its name.

    Raises:
        UserError: the folder is missing, or a label is unknown.
    """
    table = root / "labels.csv"
    if table.is_file():
        with table.open(newline="") as lines:
            found = {root / row["file"]: row["label"] for row in csv.DictReader(lines)}
    elif root.is_dir():
        videos = sorted(path for path in root.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES)
        found = {path: _label_of(path.stem) for path in videos}
    else:
        raise UserError(f"no such folder of videos: {root}")
    for path, label in found.items():
        if label not in ACTIONS:
            raise UserError(f"{path}: label '{label}' is none of {', '.join(ACTIONS)}; name it in {table}")
    return found


def _label_of(name: str) -> str:
    return next((label for prefix, label in _PREFIXES.items() if name.startswith(prefix)), name)


def frames(video: Path, pose_model: Path, cache: Path) -> list[FusedFrame]:
    """The frames of `video` as fusion gives them without IMUs; landmarks come from `cache` when they are there."""
    store = cache / f"{video.stem}.{pose_model.stem}.npz"
    if not store.is_file():
        _extract(video, pose_model, store)
    with np.load(store, allow_pickle=False) as arrays:
        columns = (arrays["stamp"], arrays["detected"], arrays["world"], arrays["visibility"])
        return [
            FusedFrame(int(stamp), bool(detected), world, visibility)
            for stamp, detected, world, visibility in zip(*columns, strict=True)
        ]


def _extract(video: Path, pose_model: Path, store: Path) -> None:
    # Slow to import, and not needed once the landmarks are cached.
    from sportcoach_perception.pose import PoseEstimator
    from sportcoach_perception.video import VideoFile

    with PoseEstimator(pose_model) as pose:
        skeletons = [pose.estimate(frame) for frame in VideoFile(video)]
    store.parent.mkdir(parents=True, exist_ok=True)
    partial = store.with_suffix(".partial.npz")
    np.savez_compressed(
        partial,
        stamp=np.array([skeleton.stamp for skeleton in skeletons], np.int64),
        detected=np.array([skeleton.detected for skeleton in skeletons]),
        world=np.stack([skeleton.world for skeleton in skeletons]),
        visibility=np.stack([skeleton.visibility for skeleton in skeletons]),
    )
    partial.rename(store)


def read(root: Path, pose_model: Path, cache: Path) -> Iterator[Sequence]:
    """Every video below `root`, frames in which somebody is detected."""
    for video, label in labels(root).items():
        found = [frame for frame in frames(video, pose_model, cache) if frame.detected]
        if found:
            yield Sequence(
                np.array([frame.stamp for frame in found], np.int64),
                np.stack([frame.world for frame in found]),
                np.stack([frame.visibility >= MIN_VISIBILITY for frame in found]),
                label, "clips", video.stem, video.stem,
            )  # fmt: skip

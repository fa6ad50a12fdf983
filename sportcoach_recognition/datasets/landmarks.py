"""Landmarks of videos as the camera pipeline sees them, extracted once and kept."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame, Skeleton


def store(video: Path, pose_model: Path, cache: Path) -> Path:
    """Where the landmarks of `video` by this pose model are kept."""
    return cache / f"{video.stem}.{pose_model.stem}.npz"


def kept(video: Path, pose_model: Path, cache: Path) -> bool:
    """Whether the landmarks of `video` are there; those of another video of the same name don't count."""
    try:
        with np.load(store(video, pose_model, cache), allow_pickle=False) as arrays:
            return "aspect" in arrays and (not video.is_file() or int(arrays["size"]) == video.stat().st_size)
    except (OSError, KeyError, ValueError, BadZipFile):
        return False


def extract(video: Path, pose_model: Path, cache: Path) -> None:
    """Keep the landmarks of `video`; written whole or not at all.

    Raises:
        UserError: the video or the pose model cannot be used, or the cache not be written.
    """
    # Slow to import, and not needed once the landmarks are there.
    from sportcoach_perception.pose import PoseEstimator
    from sportcoach_perception.video import VideoFile

    with PoseEstimator(pose_model) as pose:
        skeletons = [pose.estimate(frame) for frame in VideoFile(video)]
    path = store(video, pose_model, cache)
    partial = path.with_suffix(".partial.npz")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            partial,
            size=video.stat().st_size,
            stamp=np.array([skeleton.stamp for skeleton in skeletons], np.int64),
            detected=np.array([skeleton.detected for skeleton in skeletons]),
            image=np.stack([skeleton.image for skeleton in skeletons]),
            aspect=np.array([skeleton.aspect for skeleton in skeletons], np.float32),
            world=np.stack([skeleton.world for skeleton in skeletons]),
            visibility=np.stack([skeleton.visibility for skeleton in skeletons]),
        )
        partial.rename(path)
    except OSError as error:
        raise UserError(f"cannot keep the landmarks {path}: {error.strerror}") from error


def frames(video: Path, pose_model: Path, cache: Path) -> list[FusedFrame]:
    """The frames of `video` as fusion gives them without IMUs; extracted when they are not in `cache`.

    Raises:
        UserError: as `extract`.
    """
    if not kept(video, pose_model, cache):
        extract(video, pose_model, cache)
    with np.load(store(video, pose_model, cache), allow_pickle=False) as arrays:
        columns = (arrays[name] for name in ("stamp", "detected", "image", "world", "visibility", "aspect"))
        return [
            FusedFrame.of(Skeleton(int(stamp), bool(detected), image, world, visibility, aspect=float(aspect)))
            for stamp, detected, image, world, visibility, aspect in zip(*columns, strict=True)
        ]

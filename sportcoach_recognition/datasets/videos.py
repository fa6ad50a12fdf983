"""A folder of videos with a table of labels, as the camera pipeline sees them.

`labels.csv` has the columns `file,label`, or those of Kinetics (Kay et al. 2017), `label,youtube_id,time_start,
time_end`, whose clips are named ID_SSSSSS_EEEEEE.mp4 and lie anywhere below the folder; `subject` and `split` (train,
validate, test) are optional. Without a table, a video is labelled by the folder it is in, or by the start of its name.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_recognition import pictured_landmarks
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets.landmarks import frames
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.features import MIN_VISIBILITY

__all__ = ["Video", "exercises", "frames", "index", "labels", "read"]

TABLE: Final = "labels.csv"

VIDEO_SUFFIXES: Final = (".mp4", ".avi", ".mov", ".mkv", ".webm")

_PREFIXES: Final = {
    "squat": "squat", "pushup": "push_up", "push_up": "push_up", "lunge": "lunge",
    "jumping_jack": "jumping_jack", "other": "other",
}  # fmt: skip

_PARTS: Final = {"train": "train", "val": "validation", "validate": "validation", "validation": "validation"}


@dataclass(frozen=True, slots=True)
class Video:
    """A labelled video; `subject` is the person, or the video it was cut from; `part` as in Sequence."""

    path: Path
    label: str
    subject: str
    part: str = ""


def index(root: Path) -> list[Video]:
    """Every labelled video below `root`.

    Raises:
        UserError: the folder is missing or holds no video, the table is not right, or a label is missing.
    """
    if not root.is_dir():
        raise UserError(f"no such folder of videos: {root}")
    there = sorted(path for path in root.rglob("*") if path.suffix.lower() in VIDEO_SUFFIXES)
    if (root / TABLE).is_file():
        return _listed(root, {path.stem: path for path in there})
    if not there:
        raise UserError(f"no video in {root}: expected {', '.join(VIDEO_SUFFIXES)}")
    return [Video(path, _label_of(path, root), path.stem) for path in there]


def _label_of(path: Path, root: Path) -> str:
    if path.parent != root:
        return path.parent.name
    for prefix, label in _PREFIXES.items():
        if path.name.startswith(prefix):
            return label
    raise UserError(f"{path} has no label: name it in {root / TABLE} (columns file, label)")


def _listed(root: Path, there: Mapping[str, Path]) -> list[Video]:
    """The videos of the table; of Kinetics only those that are there, for many are no longer to be had."""
    with (root / TABLE).open(newline="", encoding="utf-8") as lines:
        table = csv.DictReader(lines)
        columns = set(table.fieldnames or ())
        rows = list(table)
    kinetics = {"label", "youtube_id", "time_start", "time_end"} <= columns
    if not kinetics and not {"file", "label"} <= columns:
        raise UserError(f"{root / TABLE} needs the columns file, label, or those of Kinetics")
    videos = []
    for row in rows:
        path = there.get(_clip_name(row, root / TABLE)) if kinetics else root / row["file"]
        if path is None:
            continue
        if not kinetics and not path.is_file():
            raise UserError(f"{path} is named in {root / TABLE} but missing")
        subject = row.get("subject") or row.get("youtube_id") or path.stem
        part = row.get("split") or ""
        videos.append(Video(path, row["label"], subject, _PARTS.get(part, part and "test")))
    if not videos:
        raise UserError(f"none of the videos in {root / TABLE} is below {root}")
    return videos


def _clip_name(row: Mapping[str, str], table: Path) -> str:
    try:
        return f"{row['youtube_id']}_{int(float(row['time_start'])):06}_{int(float(row['time_end'])):06}"
    except ValueError as error:
        raise UserError(f"{table}: time_start and time_end must be seconds: {error}") from error


def labels(root: Path) -> dict[Path, str]:
    """The action of every video below `root`.

    Raises:
        UserError: as `index`, or a label is not one of ACTIONS.
    """
    found = {video.path: video.label for video in index(root)}
    for path, label in found.items():
        if label not in ACTIONS:
            raise UserError(f"{path}: label '{label}' is none of {', '.join(ACTIONS)}; name it in {root / TABLE}")
    return found


def read(root: Path, pose_model: Path, cache: Path, pictured: bool = False) -> Iterator[Sequence]:
    """Every video below `root`, frames in which somebody is detected; landmarks as in space, or `pictured`.

    Raises:
        UserError: as `index`, or landmarks cannot be extracted.
    """
    for video in index(root):
        found = [frame for frame in frames(video.path, pose_model, cache) if frame.detected]
        if found:
            stamps = np.array([frame.stamp for frame in found], np.int64)
            world = np.stack([frame.world for frame in found])
            if pictured:
                image, aspects = np.stack([frame.image for frame in found]), np.array([frame.aspect for frame in found])
                world = pictured_landmarks.pictured(stamps, world, image, aspects)
            yield Sequence(
                stamps,
                world,
                np.stack([frame.visibility >= MIN_VISIBILITY for frame in found]),
                video.label, "videos", video.subject, video.path.stem, part=video.part,
            )  # fmt: skip


def exercises(root: Path, pose_model: Path, cache: Path) -> Iterator[Sequence]:
    """The videos labelled by ACTIONS, as the source `clips`, each a subject of its own."""
    labels(root)
    for sequence in read(root, pose_model, cache, pictured=True):
        yield replace(sequence, source="clips", subject=sequence.name)

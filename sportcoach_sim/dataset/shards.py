"""How clips are kept: one .npz file per athlete and action, written whole or not at all."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_sim.dataset.clip import Clip, Landmarks, Readings, Repetitions

SETTINGS: Final = "dataset.json"

METADATA: Final = "metadata"
"""Name of the array that holds everything that is not an array, as JSON: a list of one object per clip."""

_GROUPS: Final[dict[str, type]] = {
    "repetitions": Repetitions,
    "truth": Landmarks,
    "mediapipe": Landmarks,
    "imu": Readings,
}
_ARRAYS: Final = ("stamps", "angles", "stage", "progress", "repetition")
_WORDS: Final = ("name", "split", "subject", "action", "movement", "faults", "parameters")


def write(path: Path, clips: Sequence[Clip]) -> None:
    """Write a shard; the same clips give the same bytes (numpy dates the entries of an .npz to 1980).

    Raises:
        UserError: it cannot be written.
    """
    arrays: dict[str, Any] = {
        METADATA: np.array(json.dumps([{name: getattr(clip, name) for name in _WORDS} for clip in clips]))
    }
    for clip in clips:
        arrays |= {f"{clip.name}/{name}": getattr(clip, name) for name in _ARRAYS}
        for group, kind in _GROUPS.items():
            record = getattr(clip, group)
            if record is not None:
                arrays |= {f"{clip.name}/{group}/{f.name}": getattr(record, f.name) for f in fields(kind)}
    unfinished = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("wb") as file:
            np.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}; the same command goes on from there") from error


def load(path: Path) -> Iterator[Clip]:
    """The clips of a shard.

    Raises:
        UserError: the file is damaged, or not a shard.
    """
    try:
        with np.load(path) as arrays:
            for words in json.loads(str(arrays[METADATA])):
                yield _clip(arrays, words)
    except (OSError, KeyError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise UserError(f"{path} is damaged: delete it and make it anew with the same command") from error


def _clip(arrays: Any, words: dict[str, Any]) -> Clip:
    name = words["name"]

    def array(key: str) -> NDArray[Any]:
        return np.asarray(arrays[f"{name}/{key}"])

    def group(key: str, kind: type) -> Any:
        if f"{name}/{key}/{fields(kind)[0].name}" not in arrays:
            return None
        return kind(**{f.name: array(f"{key}/{f.name}") for f in fields(kind)})

    values: dict[str, Any] = {**words, "faults": tuple(words["faults"])}
    values |= {key: array(key) for key in _ARRAYS}
    values |= {key: group(key, kind) for key, kind in _GROUPS.items()}
    return Clip(**values)


def read(root: Path, split: str = "") -> Iterator[Clip]:
    """The clips of the collection in folder `root`, athlete by athlete; of one split, or of all.

    Raises:
        UserError: there is no collection (said at once), or a file of it is damaged (when it is read).
    """
    if not (root / SETTINGS).is_file():
        raise UserError(
            f"{root} holds no simulated collection: make one with 'sportcoach dataset simulate --out {root}'"
        )
    paths = sorted(root.glob(f"{split or '*'}/*.npz"), key=lambda path: path.name)
    return (clip for path in paths for clip in load(path))

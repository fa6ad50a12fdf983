"""Recordings of `sportcoach run`: bags anywhere below a folder, with a table of labels or the simulator's truth.

Without a table (see `sportcoach.bag_labels`), the `truth` of the simulated athlete says what is being done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.bag import read_messages
from sportcoach.bag_labels import TABLE, Label, find_bags, read_labels
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.features import MIN_VISIBILITY

SHORTEST: Final = 1_000_000_000
"""Pieces shorter than this are left out [ns]."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a bag that shows one action, from `begin` to `end` [ns]."""

    begin: int
    end: int
    label: str
    subject: str


@dataclass(frozen=True, slots=True)
class Fused:
    """The frames of a bag with somebody in view.

    stamps (T,) ns, world (T, 33, 3), visibility (T, 33), imu (T, 4, 6), imu_valid (T, 4) as in FusedFrame.
    actions: what the simulated athlete really did, by stamp; empty for people.
    """

    stamps: NDArray[np.int64]
    world: NDArray[np.float32]
    visibility: NDArray[np.float32]
    imu: NDArray[np.float32]
    imu_valid: NDArray[np.bool_]
    actions: dict[int, str]


def read(root: Path) -> Iterator[Sequence]:
    """Every labelled piece of every bag below `root`, as fusion saw it.

    Raises:
        UserError: there is no bag, it cannot be read or has no fused frames, or nothing tells what is being done.
    """
    bags, table = find_bags(root), read_labels(root)
    for name, folder in bags.items():
        if table and name not in table:
            continue
        fused = _frames(folder)
        pieces = _listed(table[name], fused, name) if table else _from_truth(fused, name)
        if not pieces:
            raise UserError(f"{folder} has no truth of a simulated athlete: label it in {root / TABLE} (bag, label)")
        for number, piece in enumerate(pieces, start=1):
            within = (fused.stamps >= piece.begin) & (fused.stamps < piece.end)
            if within.any() and np.ptp(fused.stamps[within]) >= SHORTEST:
                yield _sequence(fused, within, piece, f"{name}#{number}")


def _frames(folder: Path) -> Fused:
    frames, actions = [], dict[int, str]()
    for topic, _, message in read_messages(folder):
        name = topic.rpartition("/")[2]  # whatever the namespace
        if name == "fused" and message.detected:
            frames.append(message)
        elif name == "truth":
            actions[_stamp(message)] = message.action
    if not frames:
        raise UserError(f"{folder} has no fused frames with somebody in view")

    def stacked(name: str, *shape: int) -> NDArray[Any]:
        return np.stack([getattr(frame, name) for frame in frames]).reshape(-1, *shape)

    return Fused(
        np.array([_stamp(frame) for frame in frames], np.int64),
        stacked("world", len(LANDMARKS), 3),
        stacked("visibility", len(LANDMARKS)),
        stacked("imu", len(LIMBS), 6),
        stacked("imu_valid", len(LIMBS)),
        actions,
    )


def _stamp(message: Any) -> int:
    return int(message.header.stamp.sec) * 1_000_000_000 + int(message.header.stamp.nanosec)


def _listed(labels: list[Label], fused: Fused, name: str) -> list[Piece]:
    first, last = int(fused.stamps[0]), int(fused.stamps[-1]) + 1
    return [
        Piece(first + row.begin, last if row.end is None else first + row.end, row.label, row.subject or name)
        for row in labels
    ]


def _from_truth(fused: Fused, name: str) -> list[Piece]:
    pieces = []
    for action, run in groupby(sorted(fused.actions.items()), key=lambda item: item[1]):
        stamps = [stamp for stamp, _ in run]
        pieces.append(Piece(stamps[0], stamps[-1] + 1, action, name))
    return pieces


def _sequence(fused: Fused, within: NDArray[np.bool_], piece: Piece, name: str) -> Sequence:
    """The piece; a limb's IMU counts when it was there in most frames, and is bridged where it was not."""
    stamps, valid = fused.stamps[within], fused.imu_valid[within]
    imu, worn = fused.imu[within].copy(), valid.mean(0) > 0.5
    for limb in range(len(LIMBS)):
        for axis in range(6):
            there = valid[:, limb]
            imu[:, limb, axis] = np.interp(stamps, stamps[there], imu[there, limb, axis]) if worn[limb] else 0.0
    return Sequence(
        stamps,
        fused.world[within],
        fused.visibility[within] >= MIN_VISIBILITY,
        piece.label,
        "bags",
        piece.subject,
        name,
        imu_stamps=stamps if worn.any() else stamps[:0],
        imu=imu if worn.any() else imu[:0],
        imu_seen=np.repeat(worn[:, None], 2, axis=1),
    )

"""UTD-MHAD (Chen, Jafari, Kehtarnavaz 2015): {Skeleton,Inertial}/aA_sS_tT_{skeleton,inertial}.mat.

A Kinect (v1) and one IMU per trial, on the right wrist in actions 1 to 21 and on the right thigh in 22 to 27. The one
sensor is offered as the right wrist's in every trial: two places would tell the actions apart before anything moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from scipy.constants import g

from sportcoach_perception.errors import UserError
from sportcoach_recognition.datasets import kinect, reading
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, on_limb, without_imu

CLASSES: Final = (
    "swipe_left", "swipe_right", "wave", "clap", "throw", "arm_cross", "basketball_shoot", "draw_x",
    "draw_circle_clockwise", "draw_circle_counterclockwise", "draw_triangle", "bowling", "boxing", "baseball_swing",
    "tennis_swing", "arm_curl", "tennis_serve", "push", "knock", "catch", "pickup_throw", "jog", "walk",
    "sit_to_stand", "stand_to_sit", "lunge", "squat",
)  # fmt: skip
"""a1 to a27."""

ACTIONS: Final = {name: "other" for name in CLASSES if name not in ("sit_to_stand", "stand_to_sit")} | {
    "lunge": "lunge",
    "squat": "squat",
}
"""Actions of the graph's model; left out: from a chair and back, a squat to anyone who doesn't see the chair."""

FRAME_RATE: Final = 18.8
"""Effective rate of the skeletons [1/s] where no inertial file tells how long the trial was."""

IMU_RATE: Final = 50.0
"""Of the inertial files [1/s]; they hold no time either."""

SKELETON_DELAY: Final = 40_000_000
"""The skeleton shows the right wrist's acceleration so much later than the IMU [ns]: median over the trials of the
shift at which their magnitudes agree best."""

_MARGIN: Final = 6
"""Frames kept before and after a movement."""

_PATTERN: Final = "a*_s*_t*_skeleton.mat"
_ON_WRIST: Final = CLASSES[:21]


def read(root: Path) -> Iterator[Sequence]:
    """Every trial below `root`; without a folder `Inertial` the skeletons alone.

    Raises:
        UserError: files are missing, damaged or of another shape.
    """
    inertial = (root / "Inertial").is_dir()
    for path in reading.files(root / "Skeleton", _PATTERN, "UTD-MHAD skeletons"):
        action, subject = (int(number) for number in re.findall(r"[as](\d+)_", path.name)[:2])
        if not 1 <= action <= len(CLASSES):
            raise UserError(f"{path}: UTD-MHAD has no action {action}")
        world, seen = kinect.landmarks(np.moveaxis(reading.MatFile(path).matrix("d_skel", (20, 3, None)), 2, 0))
        name = path.stem.removesuffix("_skeleton")
        label = CLASSES[action - 1]
        sequence = Sequence(even_stamps(len(world), FRAME_RATE), world, seen, label, "utd-mhad", str(subject), name)
        yield _with_imu(sequence, root / "Inertial" / f"{name}_inertial.mat") if inertial else sequence


def _with_imu(sequence: Sequence, path: Path) -> Sequence:
    """The trial with its IMU; the skeleton's frames spread over the same time."""
    raw = reading.MatFile(path).matrix("d_iner", (None, 6))
    frames, seconds = len(sequence.world), len(raw) / IMU_RATE
    signal = raw * np.array([g] * 3 + [np.pi / 180.0] * 3, np.float32)  # [g], [degrees/s]
    imu, imu_seen = on_limb(signal, "right_wrist")
    return replace(
        sequence,
        stamps=even_stamps(frames, frames / seconds),
        imu_stamps=even_stamps(len(raw), IMU_RATE) + SKELETON_DELAY,
        imu=imu,
        imu_seen=imu_seen,
    )


def exercises(root: Path) -> Iterator[Sequence]:
    """The trials labelled by ACTIONS, lunges and squats without the standing before and after; no sensor on a thigh."""
    for sequence in read(root):
        action = ACTIONS.get(sequence.label)
        if action is None:
            continue
        worn = sequence if sequence.label in _ON_WRIST else without_imu(sequence)
        labelled = replace(worn, label=action)
        yield labelled if action == "other" else _moving_part(labelled)


def _moving_part(sequence: Sequence) -> Sequence:
    """From the first to the last frame that differs from the first by 0.2 m."""
    world = sequence.world
    moved = np.nonzero(np.linalg.norm(world - world[0], axis=-1).max(1) > 0.2)[0]
    part = slice(max(0, moved[0] - _MARGIN), moved[-1] + _MARGIN)
    return replace(sequence, stamps=sequence.stamps[part], world=world[part], seen=sequence.seen[part])

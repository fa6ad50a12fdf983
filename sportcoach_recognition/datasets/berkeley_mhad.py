"""Berkeley MHAD (Ofli et al. 2013), accelerometers: ShimmerNN/acc_hNN_sSS_aAA_rRR.txt.

Shimmer 01 is on the left wrist, 02 on the right one, 05 and 06 on the left and right ankle; 03 and 04, on the hips, are
not among our limbs. Rows are ax ay az [g] and unix time [s], at about 31 Hz, each sensor on its own stamps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_recognition.datasets import reading
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps

CLASSES: Final = (
    "jump_in_place", "jumping_jacks", "bend", "punch", "wave_two_hands", "wave_one_hand", "clap", "throw",
    "sit_down_stand_up", "sit_down", "stand_up",
)  # fmt: skip
"""a01 to a11."""

SHIMMERS: Final = {"left_wrist": 1, "right_wrist": 2, "left_ankle": 5, "right_ankle": 6}

RATE: Final = 30.0
"""Of the common stamps that the sensors are brought to [1/s]."""


def read(root: Path) -> Iterator[Sequence]:
    """Every trial below `root`: accelerometers, no gyros, no landmarks.

    Raises:
        UserError: files are missing, damaged or of another shape, or the sensors of a trial share no time.
    """
    for path in reading.files(root / "Shimmer01", "acc_h01_s*_a*_r*.txt", "Berkeley MHAD accelerations"):
        subject, action = (int(number) for number in re.findall(r"_[sa](\d+)", path.name))
        if not 1 <= action <= len(CLASSES):
            raise UserError(f"{path}: Berkeley MHAD has no action {action}")
        name = path.stem.removeprefix("acc_h01_")
        sensors = [
            reading.table(root / f"Shimmer{shimmer:02}" / f"acc_h{shimmer:02}_{name}.txt", 4)
            for shimmer in (SHIMMERS[limb] for limb in LIMBS)
        ]
        seconds = _common_time(sensors, path)
        imu = np.zeros((len(seconds), len(LIMBS), 6), np.float32)
        for limb, rows in enumerate(sensors):
            for axis in range(3):
                imu[:, limb, axis] = g * np.interp(seconds, rows[:, 3], rows[:, axis])
        yield Sequence(
            stamps=np.zeros(0, np.int64),
            world=np.zeros((0, len(LANDMARKS), 3), np.float32),
            seen=np.zeros((0, len(LANDMARKS)), np.bool_),
            label=CLASSES[action - 1],
            source="berkeley-mhad",
            subject=str(subject),
            name=name,
            imu_stamps=even_stamps(len(seconds), RATE),
            imu=imu,
            imu_seen=np.tile([True, False], (len(LIMBS), 1)),
        )


def _common_time(sensors: list[NDArray[np.float64]], path: Path) -> NDArray[np.float64]:
    """Even times [s] at which every sensor was read."""
    if any((np.diff(rows[:, 3]) <= 0).any() for rows in sensors):
        raise UserError(f"{path}, or the same trial of another sensor: its times do not increase")
    begin, end = max(rows[0, 3] for rows in sensors), min(rows[-1, 3] for rows in sensors)
    if end <= begin:
        raise UserError(f"{path}: the sensors of this trial were not read at the same time")
    return np.asarray(begin + np.arange(int((end - begin) * RATE) + 1) / RATE)

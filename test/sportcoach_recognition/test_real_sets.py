"""A few files of the real sets: limbs, axes, units and time are what the body and gravity say they must be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from sportcoach_perception.skeleton import LANDMARK_INDEX as AT
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.datasets import berkeley_mhad, irds, penn_action, utd_mhad
from sportcoach_recognition.datasets.sequence import Sequence

Shared = Callable[[str], Path]
STEP = 5_000_000
"""Of the common time line [ns]."""


def part(source: Path, target: Path, *patterns: str) -> Path:
    """A folder with some of the files of a set."""
    for pattern in patterns:
        for path in source.glob(pattern):
            link = target / path.relative_to(source)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    return target


def felt(sequence: Sequence, landmark: str, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """How strong an accelerometer's reading at a landmark must be by the way it moves [m/s^2]."""
    position = np.stack([np.interp(at, sequence.stamps, sequence.world[:, AT[landmark], k]) for k in range(3)], axis=1)
    acceleration = savgol_filter(position, 61, 2, deriv=2, delta=STEP / 1e9, axis=0)
    return np.asarray(np.linalg.norm(acceleration - [0.0, 9.81, 0.0], axis=1))


def test_utd_mhads_sensor_feels_how_the_right_wrist_moves(tmp_path: Path, shared: Shared) -> None:
    patterns = [f"{kind}/a{action}_s[13]_t1_*.mat" for kind in ("Skeleton", "Inertial") for action in (1, 5, 7, 12)]
    agreement: dict[str, list[float]] = {"right_wrist": [], "left_wrist": []}
    for sequence in utd_mhad.read(part(shared("data/utd_mhad"), tmp_path, *patterns)):
        at = np.arange(sequence.imu_stamps[0], min(sequence.stamps[-1], sequence.imu_stamps[-1]), STEP)
        strength = np.linalg.norm(sequence.imu[:, LIMBS.index("right_wrist"), :3], axis=1)
        smooth = np.interp(at, sequence.imu_stamps, savgol_filter(strength, 15, 2))
        for landmark, values in agreement.items():
            values.append(np.corrcoef(felt(sequence, landmark, at), smooth)[0, 1])
    assert np.median(agreement["right_wrist"]) > 0.6
    assert np.median(agreement["left_wrist"]) < 0.5


@pytest.mark.parametrize("gesture", range(6))
def test_irds_gestures_are_named_by_the_arm_that_moves(tmp_path: Path, shared: Shared, gesture: int) -> None:
    (sequence,) = irds.read(part(shared("data/irds"), tmp_path, f"101_*_{gesture}_2_1_*.txt"))
    way = {
        side: np.ptp(sequence.world[:, AT[f"{side}_wrist"]] - sequence.world[:, AT[f"{side}_shoulder"]], axis=0).max()
        for side in ("left", "right")
    }
    assert sequence.label.startswith(max(way, key=lambda side: float(way[side])))


def test_berkeley_mhads_sensors_are_on_the_limbs_that_the_actions_use(tmp_path: Path, shared: Shared) -> None:
    root = part(shared("data/berkeley_mhad"), tmp_path, "*/acc_h*_s01_a0[267]_r01.txt")
    unrest = {s.label: s.imu[..., :3].std(0).sum(1) for s in berkeley_mhad.read(root)}
    left_wrist, right_wrist, left_ankle, right_ankle = unrest["jumping_jacks"]
    assert min(left_wrist, right_wrist, left_ankle, right_ankle) > 10.0
    left_wrist, right_wrist, left_ankle, right_ankle = unrest["wave_one_hand"]
    assert right_wrist > 5.0 > 2.0 > max(left_wrist, left_ankle, right_ankle)
    left_wrist, right_wrist, left_ankle, right_ankle = unrest["clap"]
    assert min(left_wrist, right_wrist) > 5.0 > 2.0 > max(left_ankle, right_ankle)


def test_penn_actions_people_are_about_as_tall_as_people(tmp_path: Path, shared: Shared) -> None:
    sequences = list(penn_action.read(part(shared("data/penn_action"), tmp_path, "00[0-2]*.mat")))
    torsos = [
        float(np.median(np.linalg.norm(s.world[:, AT["left_shoulder"]] - s.world[:, AT["left_hip"]], axis=1)[both]))
        for s in sequences
        if (both := s.seen[:, AT["left_shoulder"]] & s.seen[:, AT["left_hip"]]).any()
    ]
    assert 0.35 < np.median(torsos) < 0.6
    assert {s.label for s in sequences} == {"baseball_pitch"}

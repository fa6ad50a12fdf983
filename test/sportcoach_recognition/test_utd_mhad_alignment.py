"""UTD-MHAD: its skeletons and its wrist IMU, brought to one clock over the trial, show one movement."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.skeleton import LANDMARK_INDEX, LIMBS
from sportcoach_recognition.datasets import utd_mhad
from sportcoach_recognition.datasets.sequence import Sequence

WRIST = LIMBS.index("right_wrist")
LONGEST = 12
"""Lags that are tried, to either side [frames]."""


def forearm_speed(trial: Sequence) -> NDArray[np.float64]:
    """(T,) rad/s at which the right forearm turns."""
    forearm = trial.world[:, LANDMARK_INDEX["right_wrist"]] - trial.world[:, LANDMARK_INDEX["right_elbow"]]
    direction = forearm / np.linalg.norm(forearm, axis=1, keepdims=True)
    return np.linalg.norm(np.gradient(direction, trial.stamps * 1e-9, axis=0), axis=1)


def gyro_norm(trial: Sequence) -> NDArray[np.float64]:
    """(T,) rad/s that the gyro shows around each frame."""
    norm = np.linalg.norm(trial.imu[:, WRIST, 3:], axis=1)
    width = 3 * len(norm) // len(trial.stamps)  # as long as the differences of the skeleton reach
    return np.interp(trial.stamps, trial.imu_stamps, np.convolve(norm, np.ones(width) / width, "same"))


def lag(skeleton: NDArray[np.float64], imu: NDArray[np.float64]) -> int:
    """By how many frames the IMU has to be moved to fit best."""
    count, lags = len(skeleton), range(-LONGEST, LONGEST + 1)
    fits = [
        np.corrcoef(skeleton[max(0, n) : count + min(0, n)], imu[max(0, -n) : count + min(0, -n)])[0, 1] for n in lags
    ]
    return lags[int(np.argmax(fits))]


def test_most_trials_are_aligned_to_a_frame(shared: Callable[[str], Path]) -> None:
    worn = utd_mhad.CLASSES[:21]  # in the others it is on the thigh
    trials = [trial for trial in utd_mhad.read(shared("data/utd_mhad")) if trial.label in worn]
    lags = np.array([lag(forearm_speed(trial), gyro_norm(trial)) for trial in trials])
    assert len(lags) > 300
    assert (abs(lags) <= 1).mean() > 0.7
    assert (abs(lags) <= 2).mean() > 0.85

"""Sequences on an even grid of time, skeleton and sensors together: what networks are trained on and asked about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools, Floats
from sportcoach_perception.skeleton import LANDMARKS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.models.inputs import Inputs


@dataclass(frozen=True, slots=True)
class Grid:
    """One movement at T even steps; fields as in Inputs, without the batch.

    pose: (T, 33, 3). seen: (T, 33). imu: (T, 4, 6 k). imu_seen: (T, 4).
    """

    pose: Floats
    seen: Bools
    imu: Floats
    imu_seen: Bools


def duration(sequence: Sequence) -> tuple[int, int]:
    """First and last stamp [ns] at which anything was measured."""
    stamps = [s for s in (sequence.stamps, sequence.imu_stamps) if len(s)]
    return min(int(s[0]) for s in stamps), max(int(s[-1]) for s in stamps)


def on_grid(sequence: Sequence, stamps: NDArray[np.float64], imu_per_step: int) -> Grid:
    """`sequence` at the given stamps (T,) [ns], even and increasing, by linear interpolation; held at its ends.

    A step's IMU readings lie between the step before and itself, the last one at its own stamp.
    """
    steps, k = len(stamps), imu_per_step
    pose = np.zeros((steps, len(LANDMARKS), 3), np.float32)
    seen = np.zeros((steps, len(LANDMARKS)), np.bool_)
    if len(sequence.stamps) and sequence.seen.any():
        low, high, w = _between(sequence.stamps, stamps)
        pose = sequence.world[low] + w[:, None, None] * (sequence.world[high] - sequence.world[low])
        seen = sequence.seen[low] & sequence.seen[high]
        pose = np.where(seen[..., None], pose, np.float32(0.0))
    limbs = sequence.imu.shape[1]
    imu = np.zeros((steps, limbs, 6 * k), np.float32)
    imu_seen = np.zeros((steps, limbs), np.bool_)
    if len(sequence.imu_stamps):
        period = stamps[1] - stamps[0] if steps > 1 else 0.0
        fine = (stamps[:, None] + period / k * np.arange(1 - k, 1)).ravel()
        low, high, w = _between(sequence.imu_stamps, fine)
        readings = sequence.imu[low] + w[:, None, None] * (sequence.imu[high] - sequence.imu[low])
        imu = readings.reshape(steps, k, limbs, 6).transpose(0, 2, 1, 3).reshape(steps, limbs, 6 * k)
        imu_seen[:] = sequence.imu_seen.any(1)
    return Grid(pose, seen, imu, imu_seen)


def _between(stamps: NDArray[np.int64], at: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Indices before and after each time, and the weight of the one after."""
    high = np.clip(np.searchsorted(stamps, at), 1, max(1, len(stamps) - 1))
    high = np.minimum(high, len(stamps) - 1)
    low = np.maximum(high - 1, 0)
    span = np.maximum(stamps[high] - stamps[low], 1)
    return low, high, np.clip((at - stamps[low]) / span, 0.0, 1.0).astype(np.float32)


def even(begin: float, end: float, rate: float) -> NDArray[np.float64]:
    """Stamps [ns] from `begin` up to `end` at `rate` steps per second; at least one."""
    return np.asarray(begin + np.arange(int((end - begin) * rate / 1e9) + 1) * (1e9 / rate))


def stack(grids: list[Grid]) -> Inputs:
    """A batch, short movements padded at their end."""
    steps = max(len(grid.pose) for grid in grids)

    def padded(arrays: list[Floats] | list[Bools]) -> torch.Tensor:
        batch = np.zeros((len(arrays), steps, *arrays[0].shape[1:]), np.float32)
        for row, array in zip(batch, arrays, strict=True):
            row[: len(array)] = array
        return torch.from_numpy(batch)

    return Inputs(
        padded([grid.pose for grid in grids]),
        padded([grid.seen for grid in grids]),
        padded([grid.imu for grid in grids]),
        padded([grid.imu_seen for grid in grids]),
        padded([np.ones(len(grid.pose), np.bool_) for grid in grids]),
    )

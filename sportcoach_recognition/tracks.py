"""What is known of a movement beyond its action, over time: what the other heads of a network learn from."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sportcoach_perception.angles import ANGLES, joint_angles
from sportcoach_perception.frames import Floats
from sportcoach_recognition.datasets.sequence import Sequence

UNKNOWN = -1
"""Stage of a step about which nothing is known; angles and quality are NaN."""


@dataclass(frozen=True, slots=True)
class Track:
    """The truth about one sequence.

    stamps: (T,) ns, increasing.
    stage: (T,) index of the stage, or UNKNOWN.
    angles: (T, J) radians, or NaN.
    quality: (T,) 0..1 of the repetition under way, or NaN.
    """

    stamps: NDArray[np.int64]
    stage: NDArray[np.int64]
    angles: Floats
    quality: Floats

    def at(self, stamps: NDArray[np.float64]) -> Track:
        """The same at other stamps (S,) [ns]: angles by linear interpolation, the rest as at the nearest stamp.

        Of a track without stamps nothing is known at any.
        """
        if not len(self.stamps):
            return unknown(stamps.astype(np.int64), self.angles.shape[1])
        angles = [np.interp(stamps, self.stamps, column) for column in self.angles.T]
        nearest = np.searchsorted((self.stamps[1:] + self.stamps[:-1]) / 2, stamps)
        return Track(
            stamps.astype(np.int64),
            self.stage[nearest],
            np.array(angles, np.float32).reshape(-1, len(stamps)).T,
            self.quality[nearest],
        )


def mean_known(values: Floats) -> float:
    """Mean of those that are not NaN; NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def unknown(stamps: NDArray[np.int64], angles: int) -> Track:
    """Nothing is known of so many angles, nor of anything else."""
    nothing = np.full((len(stamps), angles), np.nan, np.float32)
    return Track(stamps, np.full(len(stamps), UNKNOWN), nothing, np.full(len(stamps), np.nan, np.float32))


def track(sequence: Sequence) -> Track:
    """What a sequence knows: stages, quality, and how far the joint angles of its landmarks are off [rad]."""
    nothing = unknown(sequence.stamps, len(ANGLES))
    known = len(sequence.angles) > 0
    return Track(
        sequence.stamps,
        sequence.stage if len(sequence.stage) else nothing.stage,
        sequence.angles - np.radians(joint_angles(sequence.world)).astype(np.float32) if known else nothing.angles,
        sequence.quality if len(sequence.quality) else nothing.quality,
    )


@dataclass(frozen=True)
class Truth:
    """Tracks of a batch, unknown where a movement is padded: stage (B, T), angles (B, T, J), quality (B,)."""

    stage: Tensor
    angles: Tensor
    quality: Tensor

    def to(self, device: torch.device) -> Truth:
        """The same on another device."""
        return Truth(self.stage.to(device), self.angles.to(device), self.quality.to(device))


def stack_tracks(tracks: Rows[Track]) -> Truth:
    """A batch of tracks, short ones padded at their end."""
    steps = max(len(track.stage) for track in tracks)
    stage = np.full((len(tracks), steps), UNKNOWN, np.int64)
    angles = np.full((len(tracks), steps, tracks[0].angles.shape[1]), np.nan, np.float32)
    for row, track in enumerate(tracks):
        stage[row, : len(track.stage)], angles[row, : len(track.stage)] = track.stage, track.angles
    quality = np.array([mean_known(track.quality) for track in tracks], np.float32)
    return Truth(torch.from_numpy(stage), torch.from_numpy(angles), torch.from_numpy(quality))

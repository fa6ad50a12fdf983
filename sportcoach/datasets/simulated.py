"""The collection that `sportcoach dataset simulate` makes, as sequences."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition import pictured_landmarks
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.features import MIN_VISIBILITY
from sportcoach_sim.dataset import shards
from sportcoach_sim.dataset.clip import Clip, Readings
from sportcoach_sim.movement import movement
from sportcoach_sim.scene import ASPECT

RATE: Final = 100.0
"""Of the common stamps that the sensors are brought to [1/s]."""


def read(root: Path, pictured: bool = False) -> Iterator[Sequence]:
    """Every clip: MediaPipe's landmarks where pictures were drawn, else the exact ones, which are never tested.

    Args:
        root: folder of the collection.
        pictured: landmarks that move as in the picture, see `pictured_landmarks`, instead of those in space.

    Raises:
        UserError: there is no collection (said at once), or a file of it is damaged (when it is read).
    """
    wanted = (clip for clip in shards.read(root) if clip.mediapipe is not None or clip.split != "test")
    return (sequence(clip, pictured) for clip in wanted)


def sequence(clip: Clip, pictured: bool = False) -> Sequence:
    """Landmarks and IMUs of a clip, with its action, stages and quality; true angles where MediaPipe saw it."""
    landmarks = clip.truth if clip.mediapipe is None else clip.mediapipe
    there = landmarks.detected
    stamps, world = clip.stamps[there], landmarks.world[there]
    if pictured:
        world = pictured_landmarks.pictured(stamps, world, landmarks.image[there], np.full(len(stamps), ASPECT))
    angles = np.radians(clip.angles[there]).astype(np.float32)
    if clip.mediapipe is None:  # nothing is to be learned from exact landmarks about what MediaPipe gets wrong
        angles = angles[:0]
    imu_stamps, imu = _on_common_stamps(clip.imu)
    return Sequence(
        stamps,
        world,
        landmarks.visibility[there] >= MIN_VISIBILITY,
        clip.action,
        "simulated",
        clip.subject,
        clip.name,
        imu_stamps=imu_stamps,
        imu=imu,
        imu_seen=np.array([[limb in clip.imu.limb] * 2 for limb in range(len(LIMBS))]),
        part=clip.split,
        angles=angles,
        stage=clip.stage[there].astype(np.int64),
        quality=_quality(clip)[there],
        begin=int(clip.stamps[clip.repetitions.begin.min(initial=len(clip.stamps) - 1)]),
    )


def _quality(clip: Clip) -> Floats:
    """(F,) of the repetition under way: what its worst fault leaves of 1, which at its largest is nothing.

    NaN between repetitions, and all along for movements that are no exercise.
    """
    quality = np.full(len(clip.stamps), np.nan, np.float32)
    if clip.action == "other" or not clip.faults:
        return quality
    specs = movement(clip.movement).faults
    worst = (clip.repetitions.faults / [specs[fault].range[1] for fault in clip.faults]).max(1)
    for begin, end, share in zip(clip.repetitions.begin, clip.repetitions.end, worst, strict=True):
        quality[begin:end] = 1.0 - min(float(share), 1.0)
    return quality


def _on_common_stamps(readings: Readings) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The sensors at even stamps (M,) [ns], as if their clocks had been mapped without error: (M, 4, 6)."""
    if not len(readings.time):
        return np.zeros(0, np.int64), np.zeros((0, len(LIMBS), 6), np.float32)
    stamps = np.arange(readings.time.min(), readings.time.max() + 1, round(1e9 / RATE))
    imu = np.zeros((len(stamps), len(LIMBS), 6), np.float32)
    for limb in np.unique(readings.limb):
        own = np.flatnonzero(readings.limb == limb)
        own = own[np.argsort(readings.time[own], kind="stable")]
        for axis in range(6):
            imu[:, limb, axis] = np.interp(stamps, readings.time[own], readings.signal[own, axis])
    return stamps, imu

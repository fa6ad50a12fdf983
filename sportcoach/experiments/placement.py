"""Where sensors are worn: some of the four on the limbs, or virtual ones all over the body beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.constants import g
from scipy.signal import savgol_filter

from sportcoach_perception.skeleton import LANDMARK_INDEX, LIMBS
from sportcoach_recognition.datasets.sequence import Sequence, without_imu
from sportcoach_sim.dataset.clip import Clip

PLACES: Final = {"none": (), "wrist": (0, 1), "ankle": (2, 3), "both": (0, 1, 2, 3), "dense": tuple(range(12))}
"""Which sensors each placement wears: those of LIMBS, then the virtual ones."""

SEGMENTS: Final = tuple(
    (f"{side}_{first}", f"{side}_{last}")
    for first, last in (("shoulder", "elbow"), ("hip", "knee"), ("ankle", "foot_index"), ("shoulder", "hip"))
    for side in ("left", "right")
)
"""Upper arms, thighs, feet and sides of the trunk: each carries a virtual sensor in its middle."""

_SMOOTH: Final = 7
"""Frames that each derivative is fitted over (a cubic)."""

Array = NDArray[np.float64]


def wear(sequence: Sequence, worn: str) -> Sequence:
    """The sequence with the sensors of one of PLACES; where the set has fewer, with those of them that it has.

    The arrays keep room for the four of LIMBS, unless more are worn.
    """
    places = PLACES[worn]
    if not places or not len(sequence.imu_stamps):
        return without_imu(sequence)
    room = max(len(LIMBS), len(places))
    there = np.isin(np.arange(room), places)
    return replace(
        sequence, imu=sequence.imu[:, :room] * there[:, None], imu_seen=sequence.imu_seen[:room] & there[:, None]
    )


def sizes(model: str, worn: str) -> Mapping[str, Any]:
    """What a network has to be told about the sensors."""
    return {"limbs": len(PLACES[worn])} if model == "stream_gat" and worn == "dense" else {}


def with_virtual(sequence: Sequence, clip: Clip) -> Sequence:
    """The sequence of a simulated clip with a virtual sensor on each of SEGMENTS behind the four real ones.

    They are computed from the true landmarks, as sensors without noise: an upper bound of what more of them would tell.
    Landmarks are centred between the hips, so the acceleration is that relative to the hips, with gravity. The sensor's
    y axis is along the segment; turns about that axis do not show in two landmarks.
    """
    seconds = clip.stamps * 1e-9
    period = float(np.median(np.diff(seconds)))
    signals = [virtual(clip.truth.world.astype(np.float64), period, *segment) for segment in SEGMENTS]
    at = sequence.imu_stamps * 1e-9
    fine = np.stack([[np.interp(at, seconds, axis) for axis in signal.T] for signal in signals]).transpose(2, 0, 1)
    return replace(
        sequence,
        imu=np.concatenate([sequence.imu, fine.astype(np.float32)], axis=1),
        imu_seen=np.concatenate([sequence.imu_seen, np.ones((len(SEGMENTS), 2), np.bool_)]),
    )


def virtual(world: Array, period: float, first: str, last: str) -> Array:
    """(T, 6) acc [m/s^2], gyro [rad/s] in the frame of a segment, from landmarks (T, 33, 3) every `period` [s]."""
    begin, end = world[:, LANDMARK_INDEX[first]], world[:, LANDMARK_INDEX[last]]
    along = (end - begin) / np.maximum(np.linalg.norm(end - begin, axis=1, keepdims=True), 1e-6)

    def derivative(values: Array, order: int) -> Array:
        window = min(_SMOOTH, len(values) - (1 - len(values) % 2))
        if window <= 3:
            return np.zeros_like(values)
        return np.asarray(savgol_filter(values, window, 3, order, period, axis=0))

    force = derivative((begin + end) / 2.0, 2) - np.array([0.0, g, 0.0])  # y is down
    turning = np.cross(along, derivative(along, 1))
    axes = frames_along(along)
    return np.concatenate([np.einsum("tij,ti->tj", axes, force), np.einsum("tij,ti->tj", axes, turning)], axis=1)


def frames_along(along: Array) -> Array:
    """(T, 3, 3) rotations that take y to the directions (T, 3) the shortest way; columns are the axes."""
    y = np.array([0.0, 1.0, 0.0])
    cross, cosine = np.cross(y, along), np.clip(along @ y, -0.999, 1.0)
    zero = np.zeros(len(along))
    skew = np.stack(
        [zero, -cross[:, 2], cross[:, 1], cross[:, 2], zero, -cross[:, 0], -cross[:, 1], cross[:, 0], zero], axis=1
    ).reshape(-1, 3, 3)
    return np.asarray(np.eye(3) + skew + skew @ skew / (1.0 + cosine)[:, None, None])

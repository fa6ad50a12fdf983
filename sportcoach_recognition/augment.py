"""Random variants of a movement: other tempo, view, body and camera, with the errors that pose estimation makes.

The sets differ in frame rate, noise, depth and in which landmarks they have, and each set shows mostly one kind of
exercise. Everything here also serves to keep a network from telling the set instead of the exercise.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools, Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS, other_side
from sportcoach_recognition.datasets.sequence import Sequence

Rng = np.random.Generator

_MIRROR: Final = [LANDMARK_INDEX[other_side(name)] for name in LANDMARKS]
_HIPS: Final = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]


def _group(*parts: str) -> list[int]:
    return [index for index, name in enumerate(LANDMARKS) if any(part in name for part in parts)]


_DROPPED_TOGETHER: Final = (
    (_group("heel", "foot"), 0.35),
    (_group("index"), 0.3),
    (_group("pinky", "thumb", "eye", "ear", "mouth"), 0.5),
    (_group("nose"), 0.15),
    (_group("left_elbow", "left_wrist", "left_index"), 0.12),
    (_group("right_elbow", "right_wrist", "right_index"), 0.12),
    (_group("left_knee", "left_ankle", "left_heel", "left_foot"), 0.06),
    (_group("right_knee", "right_ankle", "right_heel", "right_foot"), 0.06),
    (_group("ankle", "heel", "foot"), 0.04),
)  # fmt: skip
"""Landmarks out of sight together, and how often."""

YAW: Final = {"synthetic": 180.0, "utd-mhad": 180.0, "irds": 180.0, "penn-action": 0.0}
"""Largest turn about the vertical [degrees]; other sources' depth is an estimate that bears only small turns."""
_YAW_ESTIMATED: Final = 40.0

_IN_SPACE: Final = ("synthetic", "utd-mhad", "irds", "pushup-form")
"""Sources whose x and y are lengths in space; the others' are as a camera showed them (`pictured_landmarks`)."""

_DISTANCE: Final = (1.8, 7.0)
"""Of cameras from the hips [m]."""


def augment(sequence: Sequence, frames: int, rng: Rng) -> tuple[Floats, Bools, Bools]:
    """A random variant of a random piece of up to `frames` frames.

    Returns:
        world (T, 33, 3), seen (T, 33), and in which frames the action has begun (T,).
    """
    world, seen, begun = _warp(sequence, frames, rng)
    if rng.random() < 0.5:
        world, seen = world[:, _MIRROR] * np.array([-1.0, 1.0, 1.0], np.float32), seen[:, _MIRROR]
    world = _turn(world, YAW.get(sequence.source, _YAW_ESTIMATED), sequence.depth, rng)
    if sequence.source in _IN_SPACE:
        world = in_perspective(world, rng.uniform(*_DISTANCE))
    size = rng.uniform(0.88, 1.14) * rng.uniform(0.94, 1.06, 3)
    world = (world * size + _pose_errors(world.shape, rng)).astype(np.float32)
    world[..., 2] *= 0.0 if not sequence.depth or rng.random() < 0.35 else rng.uniform(0.6, 1.3)
    world -= world[:, _HIPS].mean(1, keepdims=True)
    return world, _hide(seen, rng), begun


def _warp(sequence: Sequence, frames: int, rng: Rng) -> tuple[Floats, Bools, Bools]:
    """A piece at another tempo; short ones may run back and forth, which keeps them smooth."""
    world, seen, begun = sequence.world, sequence.seen, sequence.stamps >= sequence.begin
    tempo = np.exp(rng.uniform(np.log(0.6), np.log(1.6)))
    total = len(world)
    available = int((total - 1) / tempo) + 1
    begin = rng.uniform(0.0, max(0.0, total - 1 - frames * tempo)) if available > frames else 0.0
    if available < frames and rng.random() < 0.5:
        begin, available = rng.uniform(0.0, total), frames
    at = begin + tempo * np.arange(min(frames, available))
    at = (total - 1) - np.abs((total - 1) - at % max(1, 2 * (total - 1)))
    low = np.minimum(at.astype(int), total - 1)
    high = np.minimum(low + 1, total - 1)
    w = (at - low)[:, None, None]
    return (world[low] * (1.0 - w) + world[high] * w).astype(np.float32), seen[low] & seen[high], begun[low]


def _turn(world: Floats, yaw: float, depth: bool, rng: Rng) -> Floats:
    """Another viewpoint: yaw about the vertical, a camera that looks up or down (only with depth) and is held askew."""
    a = np.radians(rng.uniform(-yaw, yaw))
    b = np.radians(rng.normal(0.0, 8.0)) if depth else 0.0
    c = np.radians(rng.normal(0.0, 4.0))
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(world @ (about_z @ about_x @ about_y).T, np.float32)


def in_perspective(world: Floats, distance: float) -> Floats:
    """`world` (..., 33, 3) [m] as a camera shows it that is `distance` [m] from the hips: what is nearer is larger.

    At most twice as large: nobody trains with a hand at the lens.
    """
    scale = distance / np.maximum(distance + world[..., 2:], 0.5 * distance)
    return np.concatenate([world[..., :2] * scale, world[..., 2:]], axis=-1)


def _pose_errors(shape: tuple[int, ...], rng: Rng) -> NDArray[np.float64]:
    """Jitter, slow drift and a constant error per landmark [m], twice as large in depth."""
    frames, nodes, _ = shape
    jitter = rng.normal(0.0, rng.uniform(0.0, 0.012), shape)
    knots = rng.normal(0.0, rng.uniform(0.0, 0.03), (frames // 10 + 2, nodes, 3))
    at = np.arange(frames) / 10.0
    low, w = at.astype(int), (at % 1.0)[:, None, None]
    drift = knots[low] * (1.0 - w) + knots[low + 1] * w
    constant = rng.normal(0.0, rng.uniform(0.0, 0.025), (1, nodes, 3))
    return np.asarray((jitter + drift + constant) * np.array([1.0, 1.0, 2.0]))


def _hide(seen: Bools, rng: Rng) -> Bools:
    """Landmarks out of sight: in groups for good, one by one for a while."""
    seen = seen.copy()
    for group, chance in _DROPPED_TOGETHER:
        if rng.random() < chance:
            seen[:, group] = False
    for _ in range(rng.integers(0, 4)):
        begin = rng.integers(0, len(seen))
        seen[begin : begin + rng.integers(2, 30), rng.integers(0, seen.shape[1])] = False
    return seen

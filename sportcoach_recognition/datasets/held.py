"""Poses out of exercises that are only held: a plank is a push-up in which nothing moves. Nobody exercises in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps
from sportcoach_recognition.features import RATE

_UPPER_ARM: Final = 0.26
_FOREARM: Final = 0.24
_HAND: Final = 0.08


def read(sequences: Iterable[Sequence], seed: int, seconds: float = 5.0) -> Iterator[Sequence]:
    """One frame of each exercise sequence held for `seconds`, as `other`; every second push-up on the forearms."""
    rng = np.random.default_rng(seed)
    for sequence in sequences:
        if sequence.label == "other":
            continue
        frame = rng.integers(len(sequence.world))
        pose, name = sequence.world[frame], f"held {sequence.name}"
        if sequence.label == "push_up" and rng.random() < 0.5:
            pose, name = on_forearms(pose), f"plank {sequence.name}"
        frames = round(seconds * RATE)
        yield replace(
            sequence,
            stamps=even_stamps(frames, RATE),
            world=np.repeat(pose[None], frames, axis=0),
            seen=np.repeat(sequence.seen[frame][None], frames, axis=0),
            label="other",
            source="held",
            name=f"{sequence.source} {name}",
        )


def on_forearms(pose: Floats) -> Floats:
    """A push-up pose (33, 3) with the upper arms down and the forearms on the floor, along the body."""
    pose = pose.copy()
    at = LANDMARK_INDEX
    shoulders = 0.5 * (pose[at["left_shoulder"]] + pose[at["right_shoulder"]])
    ahead = shoulders * np.array([1.0, 0.0, 1.0], np.float32)  # the origin is between the hips, y is down
    ahead /= max(float(np.linalg.norm(ahead)), 1e-6)
    for side in ("left", "right"):
        elbow = pose[at[f"{side}_shoulder"]] + np.array([0.0, _UPPER_ARM, 0.0], np.float32)
        pose[at[f"{side}_elbow"]] = elbow
        pose[at[f"{side}_wrist"]] = elbow + _FOREARM * ahead
        pose[at[f"{side}_index"]] = elbow + (_FOREARM + _HAND) * ahead
    return pose

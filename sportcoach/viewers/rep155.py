"""The skeleton as REP-155 (https://www.ros.org/reps/rep-0155.html) numbers and names it."""

from __future__ import annotations

from typing import Final

import numpy as np

from sportcoach_perception.frames import Skeleton
from sportcoach_perception.skeleton import LANDMARK_INDEX

TRACKED: Final = "/humans/bodies/tracked"
"""Topic with the ids of all bodies in view; that of one body is `topic_of`."""

NAMES: Final = (
    "nose", "neck",
    "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist",
    "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle",
    "left_eye", "right_eye", "left_ear", "right_ear",
)  # fmt: skip
"""In the order of hri_msgs/Skeleton2D; the neck is between the shoulders."""

_SOURCES: Final = np.array(
    [
        [LANDMARK_INDEX[name] for name in (("left_shoulder", "right_shoulder") if joint == "neck" else (joint, joint))]
        for joint in NAMES
    ]
)


def body_id(skeleton: Skeleton) -> str:
    """What a body is called: by its athlete, else by a name that is always the same."""
    letters = "".join(letter for letter in skeleton.athlete_id if letter.isascii() and letter.isalnum())
    return letters or "athlete"


def topic_of(body: str) -> str:
    """Where the skeleton of a body is published."""
    return f"/humans/bodies/{body}/skeleton2d"


def points(skeleton: Skeleton) -> list[tuple[float, float, float]]:
    """x, y (share of the picture's size, within it) and confidence of every joint of NAMES."""
    place = np.clip(skeleton.image[_SOURCES].mean(axis=1), 0.0, 1.0)
    confidence = skeleton.visibility[_SOURCES].min(axis=1)
    return [(x, y, c) for (x, y), c in zip(place.tolist(), confidence.tolist(), strict=True)]

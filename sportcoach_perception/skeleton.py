"""The 33 MediaPipe Pose landmarks and the limbs that carry an IMU: names, order, bones."""

from __future__ import annotations

from typing import Final

LANDMARKS: Final = (
    "nose",
    "left_eye_inner", "left_eye", "left_eye_outer",
    "right_eye_inner", "right_eye", "right_eye_outer",
    "left_ear", "right_ear",
    "mouth_left", "mouth_right",
    "left_shoulder", "right_shoulder",
    "left_elbow", "right_elbow",
    "left_wrist", "right_wrist",
    "left_pinky", "right_pinky",
    "left_index", "right_index",
    "left_thumb", "right_thumb",
    "left_hip", "right_hip",
    "left_knee", "right_knee",
    "left_ankle", "right_ankle",
    "left_heel", "right_heel",
    "left_foot_index", "right_foot_index",
)  # fmt: skip
"""Landmark names in MediaPipe's order (https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker)."""

LANDMARK_INDEX: Final = {name: index for index, name in enumerate(LANDMARKS)}

_BONE_NAMES: Final = (
    ("nose", "left_eye_inner"), ("left_eye_inner", "left_eye"), ("left_eye", "left_eye_outer"),
    ("left_eye_outer", "left_ear"),
    ("nose", "right_eye_inner"), ("right_eye_inner", "right_eye"), ("right_eye", "right_eye_outer"),
    ("right_eye_outer", "right_ear"),
    ("mouth_left", "mouth_right"),
    ("left_shoulder", "right_shoulder"),
    ("left_shoulder", "left_elbow"), ("left_elbow", "left_wrist"),
    ("left_wrist", "left_pinky"), ("left_wrist", "left_index"), ("left_wrist", "left_thumb"),
    ("left_pinky", "left_index"),
    ("right_shoulder", "right_elbow"), ("right_elbow", "right_wrist"),
    ("right_wrist", "right_pinky"), ("right_wrist", "right_index"), ("right_wrist", "right_thumb"),
    ("right_pinky", "right_index"),
    ("left_shoulder", "left_hip"), ("right_shoulder", "right_hip"), ("left_hip", "right_hip"),
    ("left_hip", "left_knee"), ("left_knee", "left_ankle"),
    ("left_ankle", "left_heel"), ("left_heel", "left_foot_index"), ("left_ankle", "left_foot_index"),
    ("right_hip", "right_knee"), ("right_knee", "right_ankle"),
    ("right_ankle", "right_heel"), ("right_heel", "right_foot_index"), ("right_ankle", "right_foot_index"),
)  # fmt: skip

BONES: Final = tuple((LANDMARK_INDEX[a], LANDMARK_INDEX[b]) for a, b in _BONE_NAMES)
"""Body edges as pairs of landmark indices, MediaPipe's 35 connections."""

LIMBS: Final = ("left_wrist", "right_wrist", "left_ankle", "right_ankle")
"""Limbs that carry an IMU, in the order of every per-limb array."""

LIMB_LANDMARKS: Final = tuple(LANDMARK_INDEX[limb] for limb in LIMBS)


def other_side(name: str) -> str:
    """The name with left and right exchanged: of a landmark, a limb or whatever is named by its side."""
    return name.replace("left", "right") if "left" in name else name.replace("right", "left")

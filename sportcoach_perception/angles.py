"""Joint angles of a skeleton: how far elbows, shoulders, hips, knees and ankles are bent, and which way.

Unsigned angles are those between two segments, 180 degrees when straight. Signed ones are taken in a plane of the body
(Wu et al. 2002, ISB recommendation on joint coordinate systems, in the reduced form that joint centres allow):

    hip_flexion    of the thigh against the trunk in the sagittal plane: 0 standing, positive thigh forward, negative
                   overextended
    hip_abduction  of the thigh out of the sagittal plane: positive away from the other leg
    knee_valgus    frontal-plane angle between shank and thigh: positive knee inward, negative outward, 0 when hip, knee
                   and ankle are in line seen from the front, at any depth of knee bend
    shank          of the shank against the vertical of the picture
    trunk          of the trunk against the vertical of the picture
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sportcoach_perception.skeleton import LANDMARK_INDEX

Angles = NDArray[np.float64]

SIDES: Final = ("left", "right")

_BENDS: Final = {
    "elbow": ("shoulder", "elbow", "wrist"),
    "shoulder": ("hip", "shoulder", "elbow"),
    "hip": ("shoulder", "hip", "knee"),
    "knee": ("hip", "knee", "ankle"),
    "ankle": ("knee", "ankle", "foot_index"),
}
"""Unsigned angles: at the second landmark, between the segments to the first and to the third."""

SIDED: Final = (*_BENDS, "hip_flexion", "hip_abduction", "knee_valgus", "shank")
"""Angles that there are of the left and of the right."""

UNSIDED: Final = ("trunk",)

ANGLES: Final = (*(f"{side}_{name}" for name in SIDED for side in SIDES), *UNSIDED)
"""Names in the order of every angle array."""

ANGLE_INDEX: Final = {name: index for index, name in enumerate(ANGLES)}

_TORSO: Final = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")


_NEEDS: Final = {
    **_BENDS,
    "hip_flexion": ("shoulder", "hip", "knee"),
    "hip_abduction": ("hip", "knee"),
    "knee_valgus": ("hip", "knee", "ankle"),
    "shank": ("knee", "ankle"),
}
"""Landmarks of its side without which a sided angle cannot be trusted."""


def split_side(angle: str) -> tuple[str, str]:
    """("left", "knee") for "left_knee"; ("", "trunk") for "trunk"."""
    side, _, name = angle.partition("_")
    return (side, name) if side in SIDES else ("", angle)


def joint_of(angle: str) -> str:
    """Joint at which an angle is measured: "left_knee" for "left_knee_valgus", "left_knee" for "left_shank"."""
    side, name = split_side(angle)
    return f"{side}_{'knee' if name == 'shank' else name.partition('_')[0]}" if side else angle


def _landmarks_of(angle: str) -> list[int]:
    side, name = split_side(angle)
    return [LANDMARK_INDEX[n] for n in ([f"{side}_{joint}" for joint in _NEEDS[name]] if side else _TORSO)]


_NEEDED: Final = np.zeros((len(ANGLES), len(LANDMARK_INDEX)), np.bool_)
for _row, _angle in enumerate(ANGLES):
    _NEEDED[_row, _landmarks_of(_angle)] = True

_BEND_INDEX: Final = np.array([_landmarks_of(angle) for angle in ANGLES[: 2 * len(_BENDS)]]).T
"""(3, 10) landmarks of the unsigned angles, which come first in ANGLES."""


def _unit(vector: Angles) -> Angles:
    """`vector` (..., 3) at length one; zero stays zero."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.asarray(vector / np.where(length > 0.0, length, 1.0))


def _dot(a: Angles, b: Angles) -> Angles:
    return np.asarray(np.sum(a * b, axis=-1))


def _between(a: Angles, b: Angles) -> Angles:
    """Angle between two vectors (..., 3) in rad, exact near 0 and pi where arccos isn't."""
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(a, b), axis=-1), _dot(a, b)))


def _out_of_plane(direction: Angles, normal: Angles) -> Angles:
    """Angle of a unit vector out of the plane with unit `normal`, in rad, positive towards it."""
    return np.arcsin(np.clip(_dot(direction, normal), -1.0, 1.0))


def joint_angles(world: ArrayLike) -> Angles:
    """All ANGLES of one or many skeletons.

    Args:
        world: (..., 33, 3) metres, camera optical frame (x right, y down, z away).

    Returns:
        (..., A) degrees, in the order of ANGLES; a frame gives the same numbers alone as in a batch.
    """
    points = np.asarray(world, np.float64)

    def at(landmark: str) -> Angles:
        return np.asarray(points[..., LANDMARK_INDEX[landmark], :])

    up = np.array([0.0, -1.0, 0.0])
    spine = _unit((at("left_shoulder") + at("right_shoulder") - at("left_hip") - at("right_hip")) / 2.0)
    across = _unit(at("left_hip") - at("right_hip")) + _unit(at("left_shoulder") - at("right_shoulder"))
    leftward = _unit(across - _dot(across, spine)[..., None] * spine)
    forward = np.cross(leftward, spine)

    angles = np.zeros((*points.shape[:-2], len(ANGLES)))
    first, corner, last = (points[..., index, :] for index in _BEND_INDEX)
    angles[..., : len(_BEND_INDEX[0])] = _between(first - corner, last - corner)
    for side, outward in zip(SIDES, (leftward, -leftward), strict=True):
        thigh = _unit(at(f"{side}_knee") - at(f"{side}_hip"))
        shank = _unit(at(f"{side}_knee") - at(f"{side}_ankle"))
        values = {
            "hip_flexion": np.arctan2(_dot(thigh, forward), -_dot(thigh, spine)),
            "hip_abduction": _out_of_plane(thigh, outward),
            "knee_valgus": -_out_of_plane(thigh, outward) - _out_of_plane(shank, outward),
            "shank": _between(shank, up),
        }
        for name, value in values.items():
            angles[..., ANGLE_INDEX[f"{side}_{name}"]] = value
    angles[..., ANGLE_INDEX["trunk"]] = _between(spine, up)
    return np.degrees(angles)


def angle_visibility(visibility: ArrayLike) -> Angles:
    """How far each angle can be trusted: the least visible landmark it needs.

    Args:
        visibility: (..., 33) 0..1 per landmark.

    Returns:
        (..., A) 0..1, in the order of ANGLES.
    """
    values = np.asarray(visibility, np.float64)[..., None, :]
    return np.asarray(np.min(np.where(_NEEDED, values, 1.0), axis=-1))


def view_angle(world: ArrayLike) -> Angles:
    """From where the camera sees the body: 0 degrees from the front or from behind, 90 from the side.

    Angles in the frontal plane are seen well near 0 only, those in the sagittal plane away from it.

    Args:
        world: (..., 33, 3) metres, camera optical frame.

    Returns:
        (...) degrees between the picture plane and the line through hips and shoulders, 0..90.
    """
    points = np.asarray(world, np.float64)
    left, right = ([LANDMARK_INDEX[f"{side}_{joint}"] for joint in ("hip", "shoulder")] for side in SIDES)
    across = np.sum(points[..., left, :] - points[..., right, :], axis=-2)
    return np.asarray(np.degrees(np.arctan2(np.abs(across[..., 2]), np.hypot(across[..., 0], across[..., 1]))))

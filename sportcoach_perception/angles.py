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

from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS

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


_NEEDED: Final = np.array([(needed := _landmarks_of(angle)) + needed[:1] * (4 - len(needed)) for angle in ANGLES])
"""(A, 4) landmarks that each angle needs; the first is repeated where fewer are."""

BENDS: Final = [index for index, name in enumerate(ANGLES) if joint_of(name) == name and name != "trunk"]
"""Places of the unsigned angles, between two bones of a limb, or a limb and the trunk."""

_LEGS: Final = [(f"{side}_knee", f"{side}_{end}") for end in ("hip", "ankle") for side in SIDES]
"""Thighs from the hip down, then shanks from the ankle up."""

_LINES: Final = [("left_hip", "right_hip"), ("left_shoulder", "right_shoulder")]
"""From right to left."""

_SIDES_OF_TRUNK: Final = [(f"{side}_shoulder", f"{side}_hip") for side in SIDES]

_CORNERS: Final = [[LANDMARKS[index] for index in _landmarks_of(ANGLES[bend])] for bend in BENDS]

_SEGMENTS: Final = np.array(
    [
        (LANDMARK_INDEX[end], LANDMARK_INDEX[begin])
        for end, begin in (
            *((first, corner) for first, corner, _ in _CORNERS),
            *((last, corner) for _, corner, last in _CORNERS),
            *_LEGS,
            *_LINES,
            *_SIDES_OF_TRUNK,
        )
    ]
).T
"""(2, S) ends and beginnings of all vectors that angles are made of."""

_UP: Final = np.array([0.0, -1.0, 0.0])

_SMALLEST: Final = 1e-150
"""What is shorter has no direction: the squares of its parts are too small for a number."""

_NEXT: Final = np.array([1, 2, 0])
_AFTER: Final = np.array([2, 0, 1])
"""The axes after x, y and z, and those after the next."""


def _unit(vector: Angles) -> Angles:
    """`vector` (..., 3) at length one; zero stays zero."""
    return np.asarray(vector / np.maximum(_length(vector), _SMALLEST)[..., None])


def _length(vector: Angles) -> Angles:
    return np.asarray(np.sqrt(_dot(vector, vector)))


def _dot(a: Angles, b: Angles) -> Angles:
    """What (a * b).sum(axis=-1) gives, in less time for few vectors."""
    return np.asarray(np.add.reduce(a * b, axis=-1))


def _cross(a: Angles, b: Angles) -> Angles:
    """What np.cross gives, at a third of its time."""
    left = a.take(_NEXT, axis=-1) * b.take(_AFTER, axis=-1)
    return np.asarray(left - a.take(_AFTER, axis=-1) * b.take(_NEXT, axis=-1))


def _between(a: Angles, b: Angles) -> Angles:
    """Angle between two vectors (..., 3) in rad, exact near 0 and pi where arccos isn't."""
    return np.asarray(np.arctan2(_length(_cross(a, b)), _dot(a, b)))


def joint_angles(world: ArrayLike) -> Angles:
    """All ANGLES of one or many skeletons.

    Args:
        world: (..., 33, 3) metres, camera optical frame (x right, y down, z away).

    Returns:
        (..., A) degrees, in the order of ANGLES; a frame gives the same numbers alone as in a batch.
    """
    points = np.asarray(world, np.float64)
    bends = len(BENDS)
    segments = points.take(_SEGMENTS[0], axis=-2) - points.take(_SEGMENTS[1], axis=-2)
    spine = segments[..., -2, :] + segments[..., -1, :]
    units = _unit(np.concatenate([segments[..., 2 * bends : -2, :], spine[..., None, :]], axis=-2))
    legs, across, spine = units[..., :4, :], units[..., 4, :] + units[..., 5, :], units[..., 6, :]
    leftward = _unit(across - _dot(across, spine)[..., None] * spine)
    forward = _cross(leftward, spine)

    upright = np.concatenate([legs[..., 2:, :], spine[..., None, :]], axis=-2)
    first = np.concatenate([segments[..., :bends, :], upright], axis=-2)
    last = np.concatenate([segments[..., bends : 2 * bends, :], np.full_like(upright, _UP)], axis=-2)
    corners = _between(first, last)

    basis = np.stack([forward, spine, leftward], axis=-2)
    along = _dot(legs[..., :, None, :], basis[..., None, :, :])  # (..., thighs and shanks, axes of the body)
    outward = np.arcsin(np.clip(along[..., 2] * _OUTWARD, -1.0, 1.0))
    flexion = np.arctan2(along[..., :2, 0], -along[..., :2, 1])
    abduction, shank = outward[..., :2], outward[..., 2:]
    parts = [corners[..., :bends], flexion, abduction, -abduction - shank, corners[..., bends:]]
    return np.asarray(np.degrees(np.concatenate(parts, axis=-1)))


_OUTWARD: Final = np.array([1.0, -1.0, 1.0, -1.0])
"""Which way is away from the other leg, of thighs and shanks, left and right, along the axis to the left."""


def angle_visibility(visibility: ArrayLike) -> Angles:
    """How far each angle can be trusted: the least visible landmark it needs.

    Args:
        visibility: (..., 33) 0..1 per landmark.

    Returns:
        (..., A) 0..1, in the order of ANGLES.
    """
    return np.asarray(np.asarray(visibility, np.float64)[..., _NEEDED].min(axis=-1))


_ACROSS: Final = np.array([[LANDMARK_INDEX[f"{side}_{joint}"] for joint in ("hip", "shoulder")] for side in SIDES])
"""(2, 2) hip and shoulder, left and right."""


def view_angle(world: ArrayLike) -> Angles:
    """From where the camera sees the body: 0 degrees from the front or from behind, 90 from the side.

    Angles in the frontal plane are seen well near 0 only, those in the sagittal plane away from it.

    Args:
        world: (..., 33, 3) metres, camera optical frame.

    Returns:
        (...) degrees between the picture plane and the line through hips and shoulders, 0..90.
    """
    points = np.asarray(world, np.float64)
    across = np.add.reduce(points.take(_ACROSS[0], axis=-2) - points.take(_ACROSS[1], axis=-2), axis=-2)
    return np.asarray(np.degrees(np.arctan2(np.abs(across[..., 2]), np.hypot(across[..., 0], across[..., 1]))))

"""Rotations as matrices (..., 3, 3) and MuJoCo's quaternions (w, x, y, z); angles in rad, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]


def about(axis: int, angle: ArrayLike) -> Array:
    """Rotation about axis 0, 1 or 2 (x, y, z) by `angle` (...), as (..., 3, 3)."""
    angle = np.asarray(angle, np.float64)
    c, s = np.cos(angle), np.sin(angle)
    result = np.zeros((*angle.shape, 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    result[..., axis, axis] = 1.0
    result[..., i, i] = result[..., j, j] = c
    result[..., j, i], result[..., i, j] = s, -s
    return result


def inverse(rotation: Array) -> Array:
    """Transpose of (..., 3, 3)."""
    return np.swapaxes(rotation, -1, -2)


def rotate(rotation: Array, vector: ArrayLike) -> Array:
    """`rotation` (..., 3, 3) applied to `vector` (..., 3)."""
    return np.asarray((rotation @ np.asarray(vector, np.float64)[..., None])[..., 0])


def quaternion(rotation: Array) -> Array:
    """(T, 4) w, x, y, z of (T, 3, 3)."""
    return np.asarray(Rotation.from_matrix(rotation).as_quat(scalar_first=True))


def slerp(a: Array, b: Array, share: Array) -> Array:
    """Between rotations `a` and `b` (T, 3, 3): `a` where `share` (T,) is 0, `b` where it is 1, the short way."""
    turn = Rotation.from_matrix(inverse(a) @ b).as_rotvec()
    return np.asarray(a @ Rotation.from_rotvec(turn * share[:, None]).as_matrix())


def unit(vector: Array) -> Array:
    """`vector` (..., 3) at length one."""
    return np.asarray(vector / np.linalg.norm(vector, axis=-1, keepdims=True))

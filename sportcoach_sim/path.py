"""Where the athlete is in the room and which way it faces, over time."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.spatial.transform import Rotation

from sportcoach_sim.motion import minimum_jerk
from sportcoach_sim.rotations import Array

WALK: Final = 3.0
"""How long it takes to walk out of the picture, or back [s]."""

DOOR: Final = 3.6
"""How far that is [m]."""


class Path:
    """Turns and walks, added to movements that are written for one place and direction.

    Args:
        facing: direction at the beginning [degrees], 0 along the room's x axis, positive to the left.
        exit: (2,) unit vector in which the athlete leaves.
    """

    def __init__(self, facing: float, exit: Array) -> None:
        self._first = self.facing = facing
        self._exit = exit * DOOR
        self._turns: list[tuple[float, float, float]] = []
        self._walks: list[tuple[float, float]] = []

    def turn(self, begin: float, seconds: float, facing: float) -> None:
        """Turn to `facing` [degrees] within `seconds` from `begin` [s]."""
        self._turns.append((begin, seconds, facing - self.facing))
        self.facing = facing

    def leave(self, begin: float, away: float) -> float:
        """Walk out at `begin`, stay away for `away` seconds, walk back; when the athlete is back [s]."""
        self._walks.append((begin, begin + WALK + away))
        return begin + 2.0 * WALK + away

    def apply(self, qpos: Array, times: Array) -> Array:
        """Joint positions (T, nq) that begin with the pelvis, moved and turned as at `times` (T,) [s]."""
        result = qpos.copy()
        yaw = np.full(len(times), self._first, np.float64)
        for begin, seconds, change in self._turns:
            yaw += change * minimum_jerk((times - begin) / seconds)
        turned = Rotation.from_euler("z", yaw[:, None], degrees=True)
        result[:, :3] = turned.apply(qpos[:, :3])
        result[:, 3:7] = (turned * Rotation.from_quat(qpos[:, 3:7], scalar_first=True)).as_quat(scalar_first=True)
        for leave, back in self._walks:
            away = minimum_jerk((times - leave) / WALK) - minimum_jerk((times - back) / WALK)
            result[:, :2] += away[:, None] * self._exit
        return result

"""Energy of the movement and how much each moment looks like a boundary between stages, online (eq. 1 and 2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sportcoach_perception.angles import ANGLE_INDEX, Angles
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX

BETA: Final = 0.1
"""Weight of the angular part of the energy, beta of eq. 1 [m^2/rad^2]."""

LAMBDA: Final = 0.5
"""Share of the change of energy in the boundary score, lambda of eq. 2."""

SMOOTHING: Final = 0.6
"""Weight of the newest frame in exponential smoothing, alpha of eq. 10."""

MAX_GAP: Final = 500_000_000
"""Velocities aren't taken over longer gaps [ns]."""

_BODY: Final = slice(LANDMARK_INDEX["left_shoulder"], None)
"""Landmarks that stand for the body's mass; the face would count its head eleven times."""

_BENDS: Final = [
    ANGLE_INDEX[f"{side}_{joint}"] for joint in ("elbow", "shoulder", "hip", "knee") for side in ("left", "right")
]


@dataclass(frozen=True, slots=True)
class Motion:
    """Energy E_t [m^2/s^2 + rad^2/s^2] and boundary score S_t of one frame."""

    energy: float
    boundary_score: float


STILL: Final = Motion(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class _Last:
    stamp: int
    points: Angles
    bends: Angles
    centre_velocity: Angles
    energy: float


class MotionMeter:
    """Energy and boundary score of a stream of skeletons, from backward differences of smoothed positions.

    Eq. 1: E_t = sum_j |v_tj|^2 + beta sum_k (d theta_tk / dt)^2, over the landmarks below the face and the angles of
    elbows, shoulders, hips and knees. Eq. 2: S_t = lambda |E_t - E_{t-1}| + (1 - lambda) |a_cm(t)|. Positions are
    hip-centred, so the centre of mass is that of the body seen from the hips.
    """

    def __init__(self) -> None:
        self._last: _Last | None = None

    def reset(self) -> None:
        """Forget the last frame."""
        self._last = None

    def step(self, stamp: int, world: Floats, angles: ArrayLike) -> Motion:
        """Take one frame: `world` (33, 3) m, `angles` (A,) degrees, taken at `stamp` [ns]."""
        points, bends = np.asarray(world[_BODY], np.float64), np.radians(np.asarray(angles)[_BENDS])
        last = self._last
        if last is None or not 0 < stamp - last.stamp <= MAX_GAP:
            self._last = _Last(stamp, points, bends, np.zeros(3), 0.0)
            return STILL
        dt = (stamp - last.stamp) * 1e-9
        points = last.points + SMOOTHING * (points - last.points)
        bends = last.bends + SMOOTHING * (bends - last.bends)
        velocity, rate = (points - last.points) / dt, (bends - last.bends) / dt
        energy = float(np.add.reduce(velocity * velocity, axis=None) + BETA * np.add.reduce(rate * rate))
        centre_velocity = velocity.mean(axis=0)
        change = centre_velocity - last.centre_velocity
        acceleration = math.sqrt(change @ change) / dt
        self._last = _Last(stamp, points, bends, centre_velocity, energy)
        return Motion(energy, LAMBDA * abs(energy - last.energy) + (1.0 - LAMBDA) * acceleration)

"""Landmarks in space that move as they do in the picture.

What a pose network makes of a body in space hides what goes towards the camera: who squats by 60 degrees before it is
shown with knees bent by 30, and hips that hardly come down. In the picture they do. So left, right, up and down are
taken from there, in metres by the size that the athlete has in space; depth remains the network's guess.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX

SIZE_TIME: Final = 2.0
"""Time in which an athlete's size in the picture is learned [s]: longer than a repetition, in which it seems to change,
and short enough to follow somebody who comes nearer."""

_HIPS: Final = [LANDMARK_INDEX[f"{side}_hip"] for side in ("left", "right")]
_BODY: Final = [
    LANDMARK_INDEX[f"{side}_{name}"] for side in ("left", "right") for name in ("shoulder", "hip", "knee", "ankle")
]


class PicturedLandmarks:
    """One athlete's landmarks, frame by frame."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the athlete."""
        self._last: int | None = None
        self._metres = 0.0

    def update(self, stamp: int, world: Floats, image: Floats, aspect: float) -> Floats:
        """The landmarks (33, 3) [m], hip-centred; `world` itself where the picture isn't known.

        Args:
            stamp: ns, after that of the last ones.
            world: (33, 3) m, hip-centred, camera optical frame.
            image: (33, 2) fraction of the picture's width and height; all zero where it isn't known.
            aspect: width of the picture over its height; 0 where it isn't known.
        """
        if not (aspect > 0.0 and image.any()):
            return world
        points = image * np.array([aspect, 1.0], np.float32)
        points -= np.float32(0.5) * (points[_HIPS[0]] + points[_HIPS[1]])
        body = points[_BODY]
        size = float(np.add.reduce(body * body, axis=None))
        if size > 0.0:
            self._learn(stamp, float(np.add.reduce(body * world[_BODY, :2], axis=None)) / size)
        pictured = world.copy()
        pictured[:, :2] = np.float32(self._metres) * points
        return pictured

    def _learn(self, stamp: int, metres: float) -> None:
        """Take in the length of the picture's height at the athlete [m] that fits best at `stamp`."""
        share = 1.0 if self._last is None else 1.0 - math.exp((self._last - stamp) * 1e-9 / SIZE_TIME)
        self._metres += share * (metres - self._metres)
        self._last = stamp


def pictured(stamps: NDArray[np.int64], world: Floats, image: Floats, aspects: Floats) -> Floats:
    """The landmarks (T, 33, 3) of one athlete over time: `PicturedLandmarks.update` for each of T frames."""
    landmarks, shown = PicturedLandmarks(), np.empty_like(world)
    for index, frame in enumerate(zip(stamps.tolist(), world, image, aspects.tolist(), strict=True)):
        shown[index] = landmarks.update(*frame)
    return shown

"""The athlete's exact landmarks, as MediaPipe would report them if it made no errors."""

from __future__ import annotations

from typing import Final

import mujoco
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Skeleton
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_sim.scene import ASPECT, HEIGHT, WIDTH

_HIPS: Final = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]
_OPTICAL: Final = np.array([1.0, -1.0, -1.0])
"""Camera axes of OpenGL (x right, y up, z back) to those of optics (x right, y down, z away)."""


class LandmarkReader:
    """Reads the 33 landmarks off a model's sites."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._sites = [model.site(name).id for name in LANDMARKS]
        self._camera = model.camera("camera").id
        self._focal = 0.5 * HEIGHT / np.tan(0.5 * np.radians(model.cam_fovy[self._camera]))

    def in_room(self, data: mujoco.MjData) -> NDArray[np.float64]:
        """(33, 3) metres, world frame of the model."""
        return np.asarray(data.site_xpos[self._sites])

    def read(self, data: mujoco.MjData, stamp: int) -> Skeleton:
        """The true skeleton of `data`, whose positions must be up to date, seen at `stamp` [ns].

        `visibility` tells only what is inside the picture (1 or 0), not what the body itself hides.
        """
        rotation = data.cam_xmat[self._camera].reshape(3, 3)
        seen = (self.in_room(data) - data.cam_xpos[self._camera]) @ rotation * _OPTICAL
        pixels = self._focal * seen[:, :2] / seen[:, 2:] + np.array([WIDTH, HEIGHT]) / 2.0
        image = pixels / np.array([WIDTH, HEIGHT])
        inside = np.all((image >= 0.0) & (image <= 1.0), axis=1) & (seen[:, 2] > 0.0)
        return Skeleton(
            stamp,
            detected=bool(inside.any()),
            image=image.astype(np.float32),
            world=(seen - seen[_HIPS].mean(axis=0)).astype(np.float32),
            visibility=inside.astype(np.float32),
            aspect=ASPECT,
        )

"""Where the athlete trains: room, light and camera."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_perception.frames import aspect_of
from sportcoach_sim.subject import Colour

WIDTH: Final = 640
HEIGHT: Final = 480
ASPECT: Final = aspect_of(WIDTH, HEIGHT)

VIEWS: Final = {"front": 0.0, "oblique": 40.0, "side": 90.0}
"""Azimuth of the camera [degrees]: 0 looks the athlete in the face, 90 sees the left side."""

_WALLS: Final[tuple[Colour, ...]] = ((0.82, 0.80, 0.76), (0.70, 0.76, 0.80), (0.78, 0.72, 0.62), (0.62, 0.66, 0.62))
_FLOORS: Final[tuple[Colour, ...]] = ((0.55, 0.40, 0.26), (0.52, 0.42, 0.30), (0.55, 0.57, 0.60), (0.66, 0.58, 0.46))


@dataclass(frozen=True, slots=True)
class Camera:
    """A fixed camera.

    Attributes:
        azimuth: direction in which it stands as the athlete sees it [degrees], 0 in front, 90 to the left.
        distance: from the middle of the training place, along the floor [m].
        height: above the floor [m].
        aim: point it looks at, forward of the athlete's toes, left of them, above the floor [m].
        tilt: roll about the viewing direction [degrees], positive when the picture turns clockwise.
        field_of_view: vertical [degrees].
    """

    azimuth: float = 0.0
    distance: float = 3.3
    height: float = 1.1
    aim: tuple[float, float, float] = (-0.1, 0.0, 0.92)
    tilt: float = 0.0
    field_of_view: float = 45.0

    @property
    def position(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """(3,) metres, world frame."""
        angle = math.radians(self.azimuth)
        x, y, _ = self.aim
        return np.array([x + self.distance * math.cos(angle), y + self.distance * math.sin(angle), self.height])

    @property
    def rotation(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        """(3, 3) columns are the picture's right, up and the way back to the viewer (OpenGL), world frame."""
        back = self.position - np.array(self.aim)
        back /= np.linalg.norm(back)
        right = np.cross([0.0, 0.0, 1.0], back)
        right /= np.linalg.norm(right)
        up = np.cross(back, right)
        c, s = math.cos(math.radians(self.tilt)), math.sin(math.radians(self.tilt))
        return np.stack([c * right + s * up, c * up - s * right, back], axis=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """A room with a light and a camera.

    Attributes:
        light: brightness of the lamp, 1 normal, 0 none.
        light_azimuth: where the lamp hangs [degrees], as for the camera.
        stool: whether there is a stool behind the athlete to sit on.
    """

    camera: Camera = Camera()
    wall: Colour = _WALLS[0]
    floor: Colour = _FLOORS[0]
    light: float = 1.0
    light_azimuth: float = 30.0
    stool: bool = False

    @classmethod
    def sample(cls, rng: np.random.Generator, azimuth: float | None = None) -> Scene:
        """A room drawn at random, seen from `azimuth` [degrees] or from a random direction before the athlete."""
        return cls(
            camera=Camera(
                azimuth=float(rng.uniform(-90.0, 90.0)) if azimuth is None else azimuth,
                distance=float(rng.uniform(3.1, 3.9)),
                height=float(rng.uniform(0.7, 1.5)),
                tilt=float(np.clip(rng.normal(0.0, 1.5), -4.0, 4.0)),
                field_of_view=float(rng.uniform(44.0, 52.0)),
            ),
            wall=_WALLS[rng.integers(len(_WALLS))],
            floor=_FLOORS[rng.integers(len(_FLOORS))],
            light=float(rng.uniform(0.85, 1.1)),
            light_azimuth=float(rng.uniform(-80.0, 80.0)),
        )

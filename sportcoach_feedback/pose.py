"""The athlete in one frame: angles, how well they are seen, and from where."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np

from sportcoach_feedback.exercise import FaultRule, JudgedAngle, Limit, view_of
from sportcoach_perception.angles import (
    ANGLE_INDEX,
    SIDES,
    UNSIDED,
    angle_visibility,
)
from sportcoach_perception.frames import Floats
from sportcoach_perception.lowering import ENDS, end_heights
from sportcoach_perception.pictured import Numbers, seen_angles

MIN_VISIBILITY: Final = 0.5
"""An angle less visible than this isn't judged."""

_NO_PICTURE: Final = np.zeros((0, 2), np.float32)
_UNSEEN: Final = np.full((len(ENDS), 2, len(SIDES)), np.nan).tolist()


@dataclass(frozen=True, slots=True)
class Pose:
    """What is read off one skeleton.

    angles: A degrees.
    visibility: A numbers 0..1.
    view: angle of the view [degrees], see `angles.view_angle`.
    ends: (L, 2, 2) upper and lower ends of limbs in the picture, see `lowering.end_heights`; NaN where unknown.
    """

    angles: Numbers
    visibility: Numbers
    view: float
    ends: list[list[Numbers]]

    @classmethod
    def of(cls, world: Floats, visibility: Floats, image: Floats | None = None, aspect: float = 0.0) -> Pose:
        """The pose of a skeleton.

        Args:
            world: (33, 3) m, camera optical frame.
            visibility: (33,) 0..1.
            image: (33, 2) normalized by width and height; None or all zero where it isn't known.
            aspect: width of the picture over its height; 0 where it isn't known.
        """
        if image is None or not image.any():
            image, aspect, ends = _NO_PICTURE, 0.0, _UNSEEN
        else:
            ends = end_heights(image).tolist()
        angles, view = seen_angles(world, image, aspect)
        return cls(angles, angle_visibility(visibility).tolist(), view, ends)

    @classmethod
    def median(cls, poses: Collection[Pose]) -> Pose:
        """The pose in the middle of `poses`, number by number."""
        return cls(
            np.median([pose.angles for pose in poses], axis=0).tolist(),
            np.median([pose.visibility for pose in poses], axis=0).tolist(),
            float(np.median([pose.view for pose in poses])),
            np.median([pose.ends for pose in poses], axis=0).tolist(),
        )

    def angle(self, name: str) -> float:
        """Degrees, NaN when it isn't visible enough."""
        index = ANGLE_INDEX[name]
        return self.angles[index] if self.visibility[index] >= MIN_VISIBILITY else math.nan

    def mean(self, name: str) -> float:
        """Degrees over both sides, weighted by squared visibility; NaN when neither is visible enough.

        The weights are continuous, so that a limb about to vanish behind the body doesn't make the mean jump.
        """
        left, right = _both(name)
        return self._mean(name, self.angles[left], self.angles[right])

    def limb(self, name: str) -> tuple[float, float]:
        """Where in the picture the limb with the angle `name` has its upper and lower end, both sides as in `mean`."""
        upper, lower = self.ends[_LIMBS[name]]
        return self._mean(name, *upper), self._mean(name, *lower)

    def _mean(self, name: str, left_value: float, right_value: float) -> float:
        left, right = (self.visibility[index] for index in _both(name))
        if max(left, right) < MIN_VISIBILITY:
            return math.nan
        left, right = left * left, right * right
        return (left * left_value + right * right_value) / (left + right)

    def with_mean(self, name: str, degrees: float) -> Pose:
        """The same with both sides' angle `name` changed alike, so that `degrees` is their mean."""
        angles, more = self.angles.copy(), degrees - self.mean(name)
        for index in _both(name):
            angles[index] += more
        return replace(self, angles=angles)

    def readings(self, rule: JudgedAngle | FaultRule | Limit) -> list[tuple[str, float]]:
        """(angle name, degrees) of all that `rule` is about and that can be judged from here.

        A mean goes by its better side, a difference by the side with the larger angle.
        """
        if view_of(self.view) not in rule.views:
            return []
        if rule.angle in UNSIDED:
            names: tuple[str, ...] = (rule.angle,)
        elif rule.side == "mean":
            value = self.mean(rule.angle)
            return [] if math.isnan(value) else [(self._better(rule.angle), value)]
        elif rule.side == "difference":
            both = {name: self.angle(name) for name in _sided(rule.angle)}
            low, high = sorted(both, key=lambda name: both[name])
            return [] if math.isnan(both[high] - both[low]) else [(high, both[high] - both[low])]
        else:
            names = self._sides(rule.angle, rule.side)
        readings = [(name, self.angle(name)) for name in names]
        return [(name, value) for name, value in readings if not math.isnan(value)]

    def _better(self, name: str) -> str:
        """The angle `name` of the side that is seen better."""
        left, right = _both(name)
        return _sided(name)[0 if self.visibility[left] >= self.visibility[right] else 1]

    def _sides(self, name: str, side: str) -> tuple[str, ...]:
        if side == "each":
            return _sided(name)
        if side in ("front", "rear"):
            left, right = _both("hip_flexion")
            side = "left" if (self.angles[left] >= self.angles[right]) == (side == "front") else "right"
        return (f"{side}_{name}",)


_LIMBS: Final = {name: index for index, name in enumerate(ENDS)}


@cache
def _sided(name: str) -> tuple[str, ...]:
    return tuple(f"{side}_{name}" for side in SIDES)


@cache
def _both(name: str) -> tuple[int, int]:
    left, right = (ANGLE_INDEX[sided] for sided in _sided(name))
    return left, right

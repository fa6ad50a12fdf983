"""The athlete in one frame: angles, how well they are seen, and from where."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sportcoach_feedback.exercise import FaultRule, JudgedAngle, Limit, view_of
from sportcoach_perception.angles import (
    ANGLE_INDEX,
    SIDES,
    UNSIDED,
    Angles,
    angle_visibility,
    joint_angles,
    view_angle,
)
from sportcoach_perception.frames import Floats
from sportcoach_perception.lowering import ENDS, end_heights

MIN_VISIBILITY: Final = 0.5
"""An angle less visible than this isn't judged."""


@dataclass(frozen=True, slots=True)
class Pose:
    """What is read off one skeleton.

    angles: (A,) degrees.
    visibility: (A,) 0..1.
    view: angle of the view [degrees], see `angles.view_angle`.
    ends: (L, 2, 2) upper and lower ends of limbs in the picture, see `lowering.end_heights`; NaN where unknown.
    """

    angles: Angles
    visibility: Angles
    view: float
    ends: Angles

    @classmethod
    def of(cls, world: Floats, visibility: Floats, image: Floats | None = None) -> Pose:
        """The pose of a skeleton.

        Args:
            world: (33, 3) m, camera optical frame.
            visibility: (33,) 0..1.
            image: (33, 2) normalized by width and height; None or all zero where it isn't known.
        """
        unseen = np.full((len(ENDS), 2, len(SIDES)), np.nan)
        ends = unseen if image is None or not image.any() else end_heights(image)
        return cls(joint_angles(world), angle_visibility(visibility), float(view_angle(world)), ends)

    @classmethod
    def median(cls, poses: Collection[Pose]) -> Pose:
        """The pose in the middle of `poses`, number by number."""
        return cls(
            np.median([pose.angles for pose in poses], axis=0),
            np.median([pose.visibility for pose in poses], axis=0),
            float(np.median([pose.view for pose in poses])),
            np.median([pose.ends for pose in poses], axis=0),
        )

    def angle(self, name: str) -> float:
        """Degrees, NaN when it isn't visible enough."""
        index = ANGLE_INDEX[name]
        return float(self.angles[index]) if self.visibility[index] >= MIN_VISIBILITY else np.nan

    def mean(self, name: str) -> float:
        """Degrees over both sides, weighted by squared visibility; NaN when neither is visible enough.

        The weights are continuous, so that a limb about to vanish behind the body doesn't make the mean jump.
        """
        return self._mean(name, self.angles[_both(name)])

    def limb(self, name: str) -> tuple[float, float]:
        """Where in the picture the limb with the angle `name` has its upper and lower end, both sides as in `mean`."""
        upper, lower = (self._mean(name, side) for side in self.ends[list(ENDS).index(name)])
        return upper, lower

    def _mean(self, name: str, values: Angles) -> float:
        visibility = self.visibility[_both(name)]
        if visibility.max() < MIN_VISIBILITY:
            return np.nan
        weights = visibility**2
        return float(weights @ values / weights.sum())

    def with_mean(self, name: str, degrees: float) -> Pose:
        """The same with both sides' angle `name` changed alike, so that `degrees` is their mean."""
        angles = self.angles.copy()
        angles[_both(name)] += degrees - self.mean(name)
        return replace(self, angles=angles)

    def readings(self, rule: JudgedAngle | FaultRule | Limit) -> list[tuple[str, float]]:
        """(angle name, degrees) of all that `rule` is about and that can be judged from here.

        A mean goes by its better side, a difference by the side with the larger angle.
        """
        if view_of(self.view) not in rule.views:
            return []
        if rule.angle in UNSIDED:
            names = [rule.angle]
        elif rule.side == "mean":
            better = max(SIDES, key=lambda side: self.visibility[ANGLE_INDEX[f"{side}_{rule.angle}"]])
            value = self.mean(rule.angle)
            return [] if np.isnan(value) else [(f"{better}_{rule.angle}", value)]
        elif rule.side == "difference":
            both = {name: self.angle(name) for name in (f"{side}_{rule.angle}" for side in SIDES)}
            low, high = sorted(both, key=lambda name: both[name])
            return [] if np.isnan(both[high] - both[low]) else [(high, both[high] - both[low])]
        else:
            names = [f"{side}_{rule.angle}" for side in self._sides(rule.side)]
        readings = [(name, self.angle(name)) for name in names]
        return [(name, value) for name, value in readings if not np.isnan(value)]

    def _sides(self, side: str) -> tuple[str, ...]:
        if side == "each":
            return SIDES
        if side in ("front", "rear"):
            flexion = self.angles[_both("hip_flexion")]
            return ("left",) if (flexion[0] >= flexion[1]) == (side == "front") else ("right",)
        return (side,)


def _both(name: str) -> list[int]:
    return [ANGLE_INDEX[f"{side}_{name}"] for side in SIDES]

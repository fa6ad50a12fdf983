"""Skeleton, deviations and IMUs as simple shapes, in the camera's optical frame with the hips at its origin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_feedback.coaching import Deviation
from sportcoach_perception.angles import joint_of
from sportcoach_perception.frames import FusedFrame
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX, LIMB_LANDMARKS, LIMBS

Point = tuple[float, float, float]
Colour = tuple[float, float, float]

WHITE: Final = (0.92, 0.92, 0.92)
GREEN: Final = (0.13, 0.77, 0.55)
ORANGE: Final = (1.0, 0.48, 0.24)
BLUE: Final = (0.35, 0.6, 1.0)
GREY: Final = (0.5, 0.5, 0.5)

VISIBLE: Final = 0.5
"""A landmark less visible than this is not drawn."""

SECOND: Final = 0.05
"""Length of a limb's rate of turn [m per rad/s]."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing to draw.

    group, number: tell shapes apart from frame to frame.
    kind: "lines" (pairs of points), "ball" (at the first point), "arrow" (from the first to the second) or "text".
    size: width of lines and arrows, diameter of balls, height of letters [m].
    """

    group: str
    number: int
    kind: str
    points: tuple[Point, ...]
    colour: Colour
    size: float
    text: str = ""


def shapes(frame: FusedFrame, deviation: Deviation) -> list[Shape]:
    """What to draw of a frame; nothing when nobody is in view."""
    if not frame.detected:
        return []
    return [*_bones(frame), *_joints(frame, deviation), *_imus(frame)]


def _at(frame: FusedFrame, landmark: int) -> Point:
    x, y, z = frame.world[landmark].tolist()
    return x, y, z


def _is_seen(frame: FusedFrame, landmark: int) -> bool:
    return bool(frame.visibility[landmark] >= VISIBLE)


def _bones(frame: FusedFrame) -> Iterator[Shape]:
    seen = [bone for bone in BONES if all(_is_seen(frame, end) for end in bone)]
    if seen:
        yield Shape("skeleton", 0, "lines", tuple(_at(frame, end) for bone in seen for end in bone), WHITE, 0.02)


def _joints(frame: FusedFrame, deviation: Deviation) -> Iterator[Shape]:
    """A ball at each judged joint, large and with the degrees beside it when it is out of tolerance."""
    for number, joint in enumerate(deviation.joints):
        landmark = LANDMARK_INDEX.get(joint_of(joint.joint))
        if landmark is None or not _is_seen(frame, landmark):
            continue
        at = _at(frame, landmark)
        colour, size = (GREEN, 0.05) if joint.in_tolerance else (ORANGE, 0.09)
        yield Shape("deviation", number, "ball", (at,), colour, size)
        if not joint.in_tolerance:
            above = (at[0], at[1] - 0.1, at[2])  # y points down
            yield Shape("deviation_degrees", number, "text", (above,), ORANGE, 0.07, f"{joint.deviation:+.0f}°")


def _imus(frame: FusedFrame) -> Iterator[Shape]:
    """An arrow upwards from each limb, as long as the limb turns fast; a grey ball where its IMU is silent."""
    for number, (limb, landmark) in enumerate(zip(LIMBS, LIMB_LANDMARKS, strict=True)):
        at = _at(frame, landmark)
        if not frame.imu_valid[number]:
            yield Shape("imu_silent", number, "ball", (at,), GREY, 0.06, limb)
            continue
        rate = float(np.linalg.norm(frame.imu[number, 3:]))
        tip = (at[0], at[1] - 0.02 - SECOND * rate, at[2])
        yield Shape("imu", number, "arrow", (at, tip), BLUE, 0.02, limb)

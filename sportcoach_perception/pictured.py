"""Joint angles as world landmarks and the picture tell them together.

A pose network guesses depth, and what it makes of a body in space is bent where the body is straight: from the side,
it shows half to two thirds of hips that sag. In the picture it knows every landmark to a few pixels. Legs and trunk
move in a plane that runs ahead and upwards; the picture shows this plane narrowed by the sine of the angle from which
it is seen (`angles.view_angle`). With horizontal distances widened by as much, angles can be measured in it.

Hips and shoulders lie beside that plane, each at a distance of its own. Standing, this shifts the ends of the trunk
against each other, unless seen from the side; lying, it shifts them along the trunk, which changes no angle.
"""

from __future__ import annotations

import math
from typing import Final

from sportcoach_perception.angles import ANGLE_INDEX, SIDES, joint_angles, view_angle
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX

LEGS_FROM: Final = (25.0, 35.0)
"""View angles at which the legs' angles begin to be those of the picture, and are these altogether [degrees]."""

TRUNK_FROM: Final = (60.0, 70.0)
"""The same for the angles at the trunk of somebody who stands; of somebody who lies, it is as for the legs."""

LYING: Final = 45.0
"""Lean of the trunk from which somebody lies [degrees]."""

Numbers = list[float]
"""Of one skeleton: few, each looked at alone, which is several times faster in a list than in an array."""

_CHAIN: Final = [LANDMARK_INDEX[f"{side}_{name}"] for side in SIDES for name in ("shoulder", "hip", "knee", "ankle")]
_PLACES: Final = [[ANGLE_INDEX[f"{side}_{name}"] for name in ("knee", "shank", "hip_flexion")] for side in SIDES]
_LEAN: Final = ANGLE_INDEX["trunk"]


def seen_angles(world: Floats, image: Floats, aspect: float) -> tuple[Numbers, float]:
    """All ANGLES of a skeleton, those of legs and trunk from the picture where it shows them better.

    Args:
        world: (33, 3) metres, camera optical frame.
        image: (33, 2) fraction of the picture's width and height.
        aspect: width of the picture over its height; 0 where the picture isn't known.

    Returns:
        A degrees, in the order of ANGLES, which are those of `angles.joint_angles` where the picture isn't known; and
        the view, see `angles.view_angle`.
    """
    angles: Numbers = joint_angles(world).tolist()
    view = float(view_angle(world))
    legs = _share(view, LEGS_FROM)
    if not (aspect > 0.0 and legs > 0.0):
        return angles, view
    trunk = legs if angles[_LEAN] > LYING else _share(view, TRUNK_FROM)
    wider = aspect / math.sin(math.radians(view))
    corners = [(x * wider, y) for x, y in image[_CHAIN].tolist()]
    depth = world[_CHAIN, 2].tolist()
    ahead = 1.0 if depth[0] + depth[1] >= depth[4] + depth[5] else -1.0  # of who has the left side further away
    down_x = down_y = 0.0
    for places, (shoulder, hip, knee, ankle) in zip(_PLACES, (corners[:4], corners[4:]), strict=True):
        side, thigh, shin = _from(shoulder, hip), _from(hip, knee), _from(knee, ankle)
        down_x, down_y = down_x + side[0], down_y + side[1]
        seen = 180.0 - abs(_turn(thigh, shin)), abs(_turn((0.0, 1.0), shin)), ahead * _turn(side, thigh)
        for place, value, share in zip(places, seen, (legs, legs, trunk), strict=True):
            angles[place] += share * (value - angles[place])
    angles[_LEAN] += trunk * (abs(_turn((0.0, 1.0), (down_x, down_y))) - angles[_LEAN])
    return angles, view


def _share(view: float, ends: tuple[float, float]) -> float:
    """0 below the first of `ends`, 1 above the other, and in between for views that flicker."""
    return min(max((view - ends[0]) / (ends[1] - ends[0]), 0.0), 1.0)


_Vector = tuple[float, float]


def _from(begin: _Vector, end: _Vector) -> _Vector:
    return end[0] - begin[0], end[1] - begin[1]


def _turn(a: _Vector, b: _Vector) -> float:
    """From `a` to `b` [degrees], positive from downwards to the right."""
    return math.degrees(math.atan2(b[0] * a[1] - b[1] * a[0], a[0] * b[0] + a[1] * b[1]))

"""How far a limb is bent, told by how far its upper end has come down to its lower end in the picture.

Networks that see one picture guess depth: a knee that bends towards the camera looks too straight to them. But the
picture itself shows from every side how high the hips are above the ankles, or the shoulders above the wrists. With
segments of about equal length, ends that stay above each other, and the height h0 at a known angle a0, the law of
cosines gives the angle at height h: sin(a / 2) = h / h0 * sin(a0 / 2).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sportcoach_perception.angles import SIDES, Angles
from sportcoach_perception.skeleton import LANDMARK_INDEX

ENDS: Final = {"knee": ("hip", "ankle"), "elbow": ("shoulder", "wrist")}
"""Upper and lower end of the limbs whose bend can be told, by the angle between their segments."""


_INDEX: Final = np.array([[[LANDMARK_INDEX[f"{s}_{end}"] for s in SIDES] for end in ends] for ends in ENDS.values()])


def end_heights(image: ArrayLike) -> Angles:
    """(..., L, 2, 2) of the upper and lower ends of the limbs of `ENDS`, left and right, below the picture's top edge.

    Args:
        image: (..., 33, 2) landmarks normalized by width and height, y down.
    """
    return np.asarray(np.asarray(image, np.float64)[..., _INDEX, 1])


def lowered(height: float, straight: float, angle: float) -> float:
    """Angle [degrees] of a limb seen at `height` that was seen at `straight` when its angle was `angle` [degrees]."""
    share = min(max(height / straight, 0.0), 1.0)
    return math.degrees(2.0 * math.asin(share * math.sin(math.radians(angle) / 2.0)))

"""The actions that are told apart, and what recognition says about a frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ACTIONS: Final = ("squat", "push_up", "lunge", "jumping_jack", "other")
"""Labels in the order of every probability array."""

NOBODY: Final = ""
"""Label while no athlete is in view."""


@dataclass(frozen=True, slots=True)
class Action:
    """The decision at `stamp` [ns] on the frames up to it.

    label: one of ACTIONS, or NOBODY.
    probabilities: (5,) float32 in the order of ACTIONS; zero for NOBODY.
    confidence: probability of the label.
    model_id: name and sha256 prefix of the weights.
    """

    stamp: int
    label: str
    probabilities: NDArray[np.float32]
    confidence: float
    model_id: str

"""What the heads of a network tell beside the action, next to the truth: corrected angles (eq. 12), stage, quality."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.angles import ANGLES, BENDS
from sportcoach_perception.frames import Floats
from sportcoach_recognition import metrics
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration, even
from sportcoach_recognition.tracks import UNKNOWN, track

STAGES: Final = 4
"""Idle, begin, execute, end."""

HEADS: Final[dict[str, dict[str, Any]]] = {
    "stage": {"stages": STAGES},
    "angles": {"angles": len(ANGLES)},
    "quality": {"quality": True},
}
"""What a network can tell beside the action, and the sizes that give it a head for that."""


@dataclass(frozen=True)
class Told:
    """What the heads told about a sequence; None for one that a network hasn't got.

    stage: (T, S) scores of the stages at each step.
    angles: (T, A) radians, how far the landmarks' angles are off.
    quality: 0..1, of the whole.
    """

    stage: Floats | None = None
    angles: Floats | None = None
    quality: float | None = None


@dataclass(frozen=True)
class Compared:
    """What was told about a sequence next to the truth, at the steps of a network.

    landmarks: (T, B) errors of elbows, shoulders, hips, knees and ankles as the landmarks give the angles [rad].
    refined: (T, B) as the network has corrected them; None of one that does not.
    stages: (2, T) index of the right stage and of that told, where it is known; None without the head.
    quality: the right one and that told; None without the head, or where it is not known.
    """

    landmarks: Floats
    refined: Floats | None
    stages: NDArray[np.int64] | None
    quality: tuple[float, float] | None


def compare(sequence: Sequence, told: Told, rate: float) -> Compared:
    """What was told about a sequence whose truth is known, at `rate` steps per second."""
    truth = track(sequence).at(even(*duration(sequence), rate))
    stages = None
    if told.stage is not None:
        known = truth.stage != UNKNOWN
        stages = np.stack([truth.stage[known], told.stage.argmax(1)[known]])
    refined = None if told.angles is None else (truth.angles - told.angles)[:, BENDS]
    quality = None
    if told.quality is not None and np.isfinite(truth.whole_quality):
        quality = truth.whole_quality, told.quality
    return Compared(truth.angles[:, BENDS], refined, stages, quality)


def scores(compared: Rows[Compared]) -> dict[str, float]:
    """By name, what there is to score; may be empty.

    landmark_angle_score, refined_angle_score: eq. 12 of the landmarks' angles, and of the network's.
    stage_accuracy: mean over the stages of the share of their steps told rightly.
    quality_error: mean absolute error; quality_error_of_mean: that of always telling the mean.
    """
    if not compared:
        return {}
    found = {"landmark_angle_score": _angle_score(compared, lambda c: c.landmarks)}
    if all(c.refined is not None for c in compared):
        found["refined_angle_score"] = _angle_score(compared, lambda c: c.refined)
    stages = [c.stages for c in compared if c.stages is not None]
    if stages:
        right, told = np.concatenate(stages, axis=1)
        found["stage_accuracy"] = metrics.balanced_accuracy(metrics.confusion(right, told, STAGES))
    quality = np.array([c.quality for c in compared if c.quality is not None])
    if len(quality):
        found["quality_error"] = float(np.abs(quality[:, 1] - quality[:, 0]).mean())
        found["quality_error_of_mean"] = float(np.abs(quality[:, 0] - quality[:, 0].mean()).mean())
    return found


def _angle_score(compared: Rows[Compared], errors: Callable[[Compared], Floats | None]) -> float:
    return metrics.angle_score(np.concatenate([errors(c) for c in compared]), 0.0)

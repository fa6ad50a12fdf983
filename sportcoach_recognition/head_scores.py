"""What the heads of a network tell beside the action, next to the truth: corrected angles (eq. 12), stage, quality."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.angles import BENDS
from sportcoach_perception.frames import Floats
from sportcoach_recognition import metrics
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration, even
from sportcoach_recognition.models.heads import STAGES
from sportcoach_recognition.tracks import UNKNOWN, mean_known, track


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
class ToldAndTrue:
    """What was told about a sequence next to the truth, at the steps of a network; None for what is not told or known.

    landmarks: (T, B) errors of elbows, shoulders, hips, knees and ankles as the landmarks give the angles [rad].
    refined: (T, B) as the network has corrected them.
    stage: (2, T) index of the stage that was told and of the true one.
    quality: told and true, of the whole.
    """

    landmarks: Floats | None
    refined: Floats | None
    stage: NDArray[np.int64] | None
    quality: tuple[float, float] | None


def compare(sequence: Sequence, told: Told, rate: float, window: int) -> ToldAndTrue:
    """What was told about a sequence, at `rate` steps per second; of its quality, about the last `window` steps."""
    truth = track(sequence).at(even(*duration(sequence), rate))
    off = truth.angles[:, BENDS] if len(sequence.angles) else None
    known = truth.stage != UNKNOWN
    quality = mean_known(truth.quality[-window:])
    return ToldAndTrue(
        off,
        off - told.angles[:, BENDS] if off is not None and told.angles is not None else None,
        np.stack([told.stage.argmax(1), truth.stage])[:, known] if told.stage is not None and known.any() else None,
        (told.quality, quality) if told.quality is not None and np.isfinite(quality) else None,
    )


def scores(compared: Rows[ToldAndTrue]) -> dict[str, float]:
    """By name, what there is to score; may be empty.

    landmark_angle_score, refined_angle_score: eq. 12 of the landmarks' angles, and of the network's where it corrects
        all of them.
    stage_accuracy: mean over the stages of the share of their steps told rightly.
    quality_error: mean absolute error; quality_error_of_mean: that of always telling the mean of what is tested.
    """
    landmarks = [c.landmarks for c in compared if c.landmarks is not None]
    refined = [c.refined for c in compared if c.refined is not None]
    stage = [c.stage for c in compared if c.stage is not None]
    quality = np.array([c.quality for c in compared if c.quality is not None])
    found = {}
    if landmarks:
        found["landmark_angle_score"] = _angle_score(landmarks)
    if refined and len(refined) == len(landmarks):
        found["refined_angle_score"] = _angle_score(refined)
    if stage:
        told, true = np.concatenate(stage, axis=1)
        found["stage_accuracy"] = metrics.balanced_accuracy(metrics.confusion(true, told, len(STAGES)))
    if len(quality):
        told, true = quality.T
        found["quality_error"] = float(np.abs(told - true).mean())
        found["quality_error_of_mean"] = float(np.abs(true - true.mean()).mean())
    return found


def _angle_score(errors: Rows[Floats]) -> float:
    return metrics.angle_score(np.concatenate(errors), 0.0)

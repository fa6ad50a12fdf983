"""Joint angles that a network corrects: how far those of the landmarks are off, learned and scored (eq. 12)."""

from __future__ import annotations

from collections.abc import Sequence as Rows
from dataclasses import dataclass

import numpy as np

from sportcoach_perception.angles import ANGLES, BENDS, joint_angles
from sportcoach_perception.frames import Floats
from sportcoach_recognition import metrics
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration, even
from sportcoach_recognition.tracks import UNKNOWN, Track


def track(sequence: Sequence) -> Track:
    """How far the angles of the landmarks are off [rad], NaN where the truth is not known."""
    off = np.full((len(sequence.stamps), len(ANGLES)), np.nan, np.float32)
    if len(sequence.angles):
        off = sequence.angles - np.radians(joint_angles(sequence.world)).astype(np.float32)
    return Track(sequence.stamps, np.full(len(sequence.stamps), UNKNOWN), off)


@dataclass(frozen=True)
class AngleErrors:
    """Errors of elbows, shoulders, hips, knees and ankles at the steps of a network [rad].

    landmarks: (T, B) as the landmarks give the angles.
    refined: (T, B) as the network has corrected them; None of one that does not.
    """

    landmarks: Floats
    refined: Floats | None


def errors_of(sequence: Sequence, told: Floats | None, rate: float) -> AngleErrors:
    """The errors in a sequence whose truth is known.

    Args:
        sequence: with landmarks.
        told: (T, A) what a network says that `track` is at its steps; None when it does not.
        rate: of its steps [1/s].
    """
    off = track(sequence).at(even(*duration(sequence), rate)).angles
    return AngleErrors(off[:, BENDS], None if told is None else (off - told)[:, BENDS])


def angle_scores(errors: Rows[AngleErrors]) -> dict[str, float]:
    """Angle-Score (eq. 12) of the landmarks and, where all networks refine, of the refined angles; may be empty."""
    if not errors:
        return {}
    scores = {"landmark_angle_score": metrics.angle_score(np.concatenate([e.landmarks for e in errors]), 0.0)}
    refined = [e.refined for e in errors if e.refined is not None]
    if len(refined) == len(errors):
        scores["refined_angle_score"] = metrics.angle_score(np.concatenate(refined), 0.0)
    return scores

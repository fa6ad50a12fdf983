"""Real push-ups in good and in bad form, coached from their landmarks: which clips draw a correction, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.cues import THRESHOLD
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame, aspect_of
from sportcoach_recognition.action import ACTIONS, Action
from sportcoach_recognition.datasets.pushup_form import CLASSES, read_clip
from sportcoach_recognition.datasets.sequence import even_stamps, hip_centred, metres_per_unit
from sportcoach_recognition.features import MIN_VISIBILITY

EXERCISE = "push_up"


@dataclass(frozen=True, slots=True)
class Coached:
    """What was said about one clip: form as the set has it, repetitions counted, corrections as (fault, words)."""

    name: str
    form: str
    repetitions: int
    corrections: tuple[tuple[str, str], ...]


def frames(path: Path) -> Iterator[FusedFrame]:
    """The frames of a clip; the landmarks are in the picture only, so depth is as MediaPipe guesses it there.

    Raises:
        UserError: the file is no clip.
    """
    landmarks, rate, width, height = read_clip(path)
    found = np.asarray(np.isfinite(landmarks).all(axis=(1, 2)))
    pixels = (np.nan_to_num(landmarks[..., :3]) * np.array([width, height, width])).astype(np.float32)
    world = hip_centred(pixels, np.ones(pixels.shape[:-1], np.bool_))
    world *= np.float32(metres_per_unit(world[found], landmarks[found, :, 3] >= MIN_VISIBILITY) if found.any() else 1.0)
    for number, stamp in enumerate(even_stamps(len(landmarks), rate)):
        visibility, image = (np.asarray(landmarks[number, :, part], np.float32) for part in (3, slice(2)))
        yield FusedFrame(
            int(stamp), bool(found[number]), world[number], visibility, image=image, aspect=aspect_of(width, height)
        )


def coach(path: Path, threshold: float = THRESHOLD) -> Coached:
    """Coach one clip, told that it is push-ups.

    Raises:
        UserError: the file is no clip.
    """
    coach = Coach(load_exercises(), EXERCISE, threshold=threshold)
    repetitions, corrections = 0, []
    for frame in frames(path):
        coaching = coach.step(frame, Action(frame.stamp, EXERCISE, np.zeros(len(ACTIONS), np.float32), 1.0, ""))
        repetitions += len(coaching.repetitions)
        if coaching.cue is not None and coaching.cue.severity is not Severity.PRAISE:
            corrections.append((coaching.cue.fault, coaching.cue.text))
    return Coached(path.stem, path.parent.name, repetitions, tuple(corrections))


def coach_all(root: Path, threshold: float = THRESHOLD) -> list[Coached]:
    """Coach every clip of the set below `root`.

    Raises:
        UserError: there is none, or one is damaged.
    """
    paths = [path for form in CLASSES for path in sorted((root / form).glob("*.npz"))]
    if not paths:
        raise UserError(f"no clips (correct/*.npz, wrong/*.npz) in {root}")
    return [coach(path, threshold) for path in paths]

"""The picture with what is known about it drawn in."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sportcoach.viewers.shapes import GREEN, ORANGE, VISIBLE, WHITE, Colour
from sportcoach.wording import words
from sportcoach_feedback.coaching import Deviation, Stage
from sportcoach_perception.angles import joint_of
from sportcoach_perception.frames import Skeleton
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX

FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


def annotate(
    image: NDArray[np.uint8], skeleton: Skeleton, stage: Stage, deviation: Deviation, cue: str
) -> NDArray[np.uint8]:
    """A copy of `image` (height, width, 3) RGB with skeleton, judged joints, exercise, count and the last cue."""
    drawn = image.copy()
    height, width = drawn.shape[:2]
    unit = max(1, round(width / 320))
    if skeleton.detected:
        at = np.round(skeleton.image * (width, height)).astype(int).tolist()
        seen = skeleton.visibility >= VISIBLE
        for begin, end in BONES:
            if seen[begin] and seen[end]:
                cv2.line(drawn, at[begin], at[end], _bytes(WHITE), unit, cv2.LINE_AA)
        for joint in deviation.joints:
            landmark = LANDMARK_INDEX.get(joint_of(joint.joint))
            if landmark is not None and seen[landmark]:
                colour, size = (GREEN, 2) if joint.in_tolerance else (ORANGE, 4)
                cv2.circle(drawn, at[landmark], size * unit, _bytes(colour), cv2.FILLED, cv2.LINE_AA)
    head = f"{words(stage.exercise)}  {stage.repetitions}" if stage.exercise else ""
    for line, bottom in ((head, 14 * unit), (cue, height - 6 * unit)):
        _write(drawn, line, bottom, unit)
    return drawn


def _write(drawn: NDArray[np.uint8], line: str, bottom: int, unit: int) -> None:
    """White letters with a dark edge; OpenCV's font has no others than these."""
    text = line.encode("ascii", "replace").decode()
    for colour, thickness in (((0, 0, 0), 3 * unit), (_bytes(WHITE), unit)):
        cv2.putText(drawn, text, (4 * unit, bottom), FONT, 0.4 * unit, colour, thickness, cv2.LINE_AA)


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colour)
    return red, green, blue

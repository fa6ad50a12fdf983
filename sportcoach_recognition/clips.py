"""How well a folder of videos is named, live path and all: `python -m sportcoach_recognition.clips FOLDER`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.action import NOBODY
from sportcoach_recognition.datasets import videos
from sportcoach_recognition.recognizer import Recognizer

GRACE: Final = 1_000_000_000
"""Time after the athlete appears in which no answer is asked for [ns]."""
SHORT: Final = 3_000_000_000
"""Of clips shorter than this only the last answer counts [ns]."""


@dataclass(frozen=True, slots=True)
class ClipResult:
    """How one clip was named.

    share: of the frames with an answer due in which the answer was right, 0..1.
    answers: number of frames with each answer, the most frequent first.
    changes: how often the answer changed after the grace.
    """

    name: str
    label: str
    share: float
    last: str
    answers: dict[str, int]
    changes: int


def judge(name: str, label: str, frames: list[FusedFrame], recognizer: Recognizer) -> ClipResult:
    """Run the recogniser over a clip and compare with its label, over all the time with somebody in view."""
    recognizer.reset()
    actions = [recognizer.step(frame) for frame in frames]
    answered = [action for action in actions if action.label != NOBODY]
    last = answered[-1].label if answered else NOBODY
    due = [action.label for action in answered if action.stamp - answered[0].stamp >= GRACE]
    if not due or frames[-1].stamp - frames[0].stamp < SHORT:
        due = [last]
    counts = {answer: due.count(answer) for answer in sorted(set(due), key=due.count, reverse=True)}
    changes = sum(a != b for a, b in pairwise(due))
    return ClipResult(name, label, counts.get(label, 0) / len(due), last, counts, changes)


def judge_folder(folder: Path, recognizer: Recognizer, pose_model: Path, cache: Path) -> list[ClipResult]:
    """Every labelled clip in `folder`; see `videos.labels` for the labels."""
    return [
        judge(video.stem, label, videos.frames(video, pose_model, cache), recognizer)
        for video, label in videos.labels(folder).items()
    ]


def right_time(results: list[ClipResult]) -> float:
    """Share of the frames of all clips together that were named right, of those in which an answer was due."""
    right = sum(result.answers.get(result.label, 0) for result in results)
    return right / max(1, sum(sum(result.answers.values()) for result in results))


def table(results: list[ClipResult]) -> str:
    """The results as a Markdown table."""
    lines = ["| clip | exercise | right | last answer | wrong answers |", "|---|---|---|---|---|"]
    for result in results:
        wrong = ", ".join(f"{answer} {count}" for answer, count in result.answers.items() if answer != result.label)
        lines.append(f"| {result.name} | {result.label} | {result.share:.0%} | {result.last} | {wrong} |")
    good = sum(result.share >= 0.9 for result in results)
    lines.append(f"| {good} of {len(results)} clips at 90 % or more | | | | |")
    return "\n".join(lines)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--weights", type=Path, default=None, help="by default those of the package")
    arguments.add_argument("--pose-model", type=Path, default=Path("models/pose_landmarker_full.task"))
    arguments.add_argument("--cache", type=Path, default=Path("build/landmarks"))
    given = arguments.parse_args()
    try:
        print(table(judge_folder(given.folder, Recognizer.load(given.weights), given.pose_model, given.cache)))
    except UserError as problem:
        print(f"error: {problem}", file=sys.stderr)
        sys.exit(problem.exit_code)

"""sportcoach dataset landmarks: MediaPipe's landmarks of a folder of videos, extracted once and kept."""

from __future__ import annotations

import argparse
import sys

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError
from sportcoach_recognition.datasets import landmarks, videos

ERRORS = Console(stderr=True)


def main(arguments: argparse.Namespace) -> int:
    """Extract what is missing; a bad video is named and does not stop the others."""
    model = pose_model.path(arguments.complexity)
    paths = [video.path for video in videos.index(arguments.root)]
    missing = [path for path in paths if not landmarks.kept(path, model, arguments.cache)]
    exit_code = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, disable=not ERRORS.is_terminal) as bar:
        task = bar.add_task("landmarks", total=len(paths), completed=len(paths) - len(missing))
        for path in missing:
            bar.update(task, description=path.name)
            try:
                landmarks.extract(path, model, arguments.cache)
            except UserError as error:
                print(f"sportcoach: {error}", file=sys.stderr)
                exit_code = error.exit_code
            bar.advance(task)
    kept = sum(landmarks.kept(path, model, arguments.cache) for path in paths)
    print(f"{arguments.cache}: landmarks of {kept} of {len(paths)} videos, {len(paths) - len(missing)} from before")
    return exit_code

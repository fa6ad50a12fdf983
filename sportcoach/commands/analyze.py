"""sportcoach analyze: video files offline."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sportcoach.live import print_summary
from sportcoach.offline import Analysis, analyze
from sportcoach.output import default_folder, write_session
from sportcoach.pipeline import PipelineOptions
from sportcoach_perception.errors import UserError

ERRORS = Console(stderr=True)


def main(arguments: argparse.Namespace) -> int:
    """Analyze every file; a bad one is named and does not stop the others."""
    options = PipelineOptions(
        complexity=arguments.complexity,
        weights=arguments.weights,
        exercise=arguments.exercise,
        exercises=arguments.exercises,
        language=arguments.language,
    )
    sessions, exit_code = [], 0
    for path in arguments.files:
        try:
            analysis = _analyze(path, options, arguments.duration)
        except UserError as error:
            print(f"sportcoach: {error}", file=sys.stderr)
            exit_code = error.exit_code
            continue
        if analysis.warning:
            print(f"sportcoach: {analysis.warning}", file=sys.stderr)
        folder = _folder(arguments, path)
        if folder is not None:
            write_session(analysis.log, analysis.session, folder)
        if arguments.json:
            sessions.append(json.loads(analysis.session.to_json()))
        else:
            print_summary(analysis.session)
    if arguments.json and (sessions or len(arguments.files) > 1):
        print(json.dumps(sessions[0] if len(arguments.files) == 1 else sessions, indent=2, ensure_ascii=False))
    return exit_code


def _analyze(path: Path, options: PipelineOptions, duration: float) -> Analysis:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True) as bar:
        task = bar.add_task(path.name, total=None)
        return analyze(
            path, options, duration, lambda done, total: bar.update(task, completed=done, total=total or None)
        )


def _folder(arguments: argparse.Namespace, path: Path) -> Path | None:
    if arguments.out is None:
        return None if arguments.json else default_folder(path.stem)
    out: Path = arguments.out
    return out if len(arguments.files) == 1 else out / path.stem

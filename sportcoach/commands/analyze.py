"""sportcoach analyze: video files and bags offline."""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from sportcoach.bag_source import parse_remap
from sportcoach.commands.options import CHAIN
from sportcoach.live import print_summary
from sportcoach.offline import Analysis, analyze
from sportcoach.output import default_folder, write_session
from sportcoach.pipeline import PipelineOptions
from sportcoach.session_store import BAG
from sportcoach_perception.errors import UserError

ERRORS = Console(stderr=True)


def main(arguments: argparse.Namespace) -> int:
    """Analyze every file; a bad one is named and does not stop the others."""
    options = PipelineOptions(**{name: getattr(arguments, name) for name in CHAIN})
    remap = parse_remap(arguments.remap)
    sessions, exit_code = [], 0
    for path, name in zip(arguments.files, names(arguments.files), strict=True):
        try:
            folder = _folder(arguments, name)
            analysis = _analyze(path, options, arguments.duration, remap, arguments.from_pictures)
            if analysis.warning:
                print(f"sportcoach: {analysis.warning}", file=sys.stderr)
            analysis = _named(analysis, arguments.athlete)
            if arguments.json:
                sessions.append(json.loads(analysis.session.to_json()))
            else:
                print_summary(analysis.session)
            if folder is not None:
                write_session(analysis.log, analysis.session, folder)
        except UserError as error:
            print(f"sportcoach: {error}", file=sys.stderr)
            exit_code = error.exit_code
    if arguments.json and (sessions or len(arguments.files) > 1):
        print(json.dumps(sessions[0] if len(arguments.files) == 1 else sessions, indent=2, ensure_ascii=False))
    return exit_code


def _named(analysis: Analysis, athlete: str) -> Analysis:
    """The analysis as one of `athlete`, when there is a name."""
    return replace(analysis, session=replace(analysis.session, athlete_id=athlete)) if athlete else analysis


def _analyze(
    path: Path, options: PipelineOptions, duration: float, remap: Mapping[str, str], from_pictures: bool
) -> Analysis:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as bar:
        task = bar.add_task(path.name, total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        return analyze(path, options, duration, progress, remap, from_pictures)


def names(files: Sequence[Path]) -> list[str]:
    """A name for each file, its own without the suffix; those that were given away already get a number."""
    given: list[str] = []
    for path in files:
        candidates = (f"{path.stem}-{number}" if number > 1 else path.stem for number in itertools.count(1))
        given.append(next(name for name in candidates if name not in given))
    return given


def _folder(arguments: argparse.Namespace, name: str) -> Path | None:
    """Where the results of one file go, None for nowhere."""
    if arguments.out is None:
        return None if arguments.json else default_folder(name)
    folder: Path = arguments.out if len(arguments.files) == 1 else arguments.out / name
    if (folder / BAG).exists():
        raise UserError(f"{folder} holds a recorded session and is not overwritten: name another folder with --out")
    return folder

"""sportcoach dataset simulate: a collection of clips of simulated athletes."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from sportcoach.figures import Figure, report
from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError
from sportcoach_sim.dataset.build import Made, build
from sportcoach_sim.dataset.card import CARD, describe
from sportcoach_sim.dataset.recipe import ACTIONS, Settings

ERRORS = Console(stderr=True)

TIMES: Final = "generation.json"
"""How long it took: beside the collection, for it differs from run to run."""


def main(arguments: argparse.Namespace) -> int:
    """Make the collection, or what is missing of it."""
    settings = Settings(
        arguments.subjects,
        arguments.clips,
        arguments.rendered,
        arguments.seed,
        arguments.occlusion,
        tuple(arguments.seconds) if arguments.seconds else None,
    )
    workers = arguments.workers if arguments.workers is not None else os.cpu_count() or 1
    if workers < 1:
        raise UserError(f"--workers is {workers}; it must be 1 or more")
    began = time.monotonic()
    made = _build(arguments.out, settings, workers)
    rows = describe(arguments.out, settings)
    if made:
        size = sum(path.stat().st_size for path in arguments.out.glob("*/*.npz")) / len(rows)
        figures = _figures(made, time.monotonic() - began, size)
        text = report("dataset", settings.seed, figures, {"workers": workers})
        (arguments.out / TIMES).write_text(text + "\n", encoding="utf-8")
    print(f"{len(rows)} clips, {len(made)} of them made now, are in {arguments.out}: see {arguments.out / CARD}")
    return 0


def _build(root: Path, settings: Settings, workers: int) -> list[Made]:
    model = pose_model.path("full") if settings.rendered > 0.0 else None
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("clips"), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as bar:
        task = bar.add_task("", total=settings.subjects * len(ACTIONS) * settings.clips)
        return build(root, settings, model, workers, lambda clips: bar.update(task, completed=clips))


def _figures(made: Sequence[Made], elapsed: float, size: float) -> list[Figure]:
    """Of what was made now: clips, time that passed, time of one core per clip; `size` of a clip [bytes]."""
    figures = [
        Figure("dataset_clips", len(made), "clips", "higher"),
        Figure("dataset_time", elapsed, "s", "lower"),
        Figure("dataset_clip_size", size / 1e6, "MB", "lower"),
    ]
    for rendered, name in ((False, "dataset_clip"), (True, "dataset_rendered_clip")):
        seconds = [clip.core_seconds for clip in made if clip.rendered is rendered]
        if seconds:
            figures.append(Figure(name, sum(seconds) / len(seconds), "core seconds", "lower"))
    return figures

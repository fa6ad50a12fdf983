"""sportcoach evaluate bags DIR: recordings with truth or labels through the chain of the graph."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from sportcoach.bag_evaluation import baseline
from sportcoach.bag_evaluation.baseline import Change
from sportcoach.bag_evaluation.jobs import Job, Result
from sportcoach.bag_evaluation.runners import run_all, runner_of
from sportcoach.bag_evaluation.score import Score, from_json
from sportcoach.bag_labels import find_bags, read_labels
from sportcoach.bag_source import parse_remap
from sportcoach.commands.options import CHAIN
from sportcoach.figures import Figure, print_figures, report
from sportcoach.pipeline import PipelineOptions
from sportcoach_perception.errors import UserError

WORSE = 3
"""Exit code when a figure is worse than in the baseline."""

ERRORS = Console(stderr=True)


def main(arguments: argparse.Namespace) -> int:
    """Evaluate, print, compare; with --root in place of DIR, train and test as on any other data set."""
    coached = arguments.folder is not None
    for name, default in (arguments.of_training if coached else arguments.of_coaching).items():
        if getattr(arguments, name) != default:
            where = "--root DIR, which trains" if coached else "DIR, which is coached"
            raise UserError(f"--{name.replace('_', '-')} goes with {where}: see 'sportcoach evaluate bags --help'")
    if coached:
        return _coach(arguments)
    from sportcoach.commands import evaluate  # which loads torch

    return evaluate.main(arguments)


def _coach(arguments: argparse.Namespace) -> int:
    stored = baseline.read(arguments.baseline) if arguments.baseline else None
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a process per core, one thread each
    work = _jobs(arguments)
    results = _run(arguments, work)
    for result in results:
        for line in filter(None, (result["error"], result["warning"])):
            print(f"sportcoach: {line}", file=sys.stderr)
    good = [result for result in results if not result["error"]]
    if not good:
        raise UserError(f"no bag in {arguments.folder} could be evaluated")
    text = _report(arguments, good, results)
    changes = baseline.compare(json.loads(text), stored, arguments.tolerance) if stored else []
    if arguments.json:
        print(text)
    else:
        _print_bags(good)
        print_figures(_overall(good))
    if stored:
        _print_changes(changes, Console(stderr=arguments.json))
    return WORSE if any(change.worse for change in changes) else 0


def _jobs(arguments: argparse.Namespace) -> list[Job]:
    bags, labels = find_bags(arguments.folder), read_labels(arguments.folder)
    options = PipelineOptions(**{name: getattr(arguments, name) for name in CHAIN})
    remap = parse_remap(arguments.remap)
    return [
        Job(name, str(path.resolve()), tuple(labels.get(name, ())), options, remap, arguments.from_pictures)
        for name, path in bags.items()
    ]


def _run(arguments: argparse.Namespace, work: list[Job]) -> list[Result]:
    workers = arguments.workers or min(len(work), os.cpu_count() or 1)
    kept = arguments.out / "bags" if arguments.out else None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ERRORS, transient=True, disable=not ERRORS.is_terminal) as bar:
        task = bar.add_task("bags", total=len(work))
        return run_all(work, runner_of(arguments.ray, workers), kept, lambda result: bar.advance(task))


def _overall(good: list[Result]) -> list[Figure]:
    """The figures of all bags together, and what they cost."""
    total = sum((from_json(result["score"]) for result in good), Score())
    spent = sum(result["seconds_spent"] for result in good)
    return [
        *total.figures(),
        Figure("bags", len(good), "bags", "higher"),
        Figure("frame_cost", round(1e3 * spent / max(total.frames, 1), 3), "ms", "lower"),
        Figure("speed", round(total.seconds / max(spent, 1e-9), 2), "times real time per process", "higher"),
    ]


def _report(arguments: argparse.Namespace, good: list[Result], results: list[Result]) -> str:
    details: dict[str, Any] = {
        "exercise": arguments.exercise,
        "bags": [
            {
                "bag": result["bag"],
                "figures": [figure.as_json() for figure in from_json(result["score"]).figures()],
                "counts": result["score"],
                "warning": result["warning"],
                "seconds_spent": result["seconds_spent"],
            }
            for result in good
        ],
        "left_out": [{"bag": result["bag"], "reason": result["error"]} for result in results if result["error"]],
    }
    return report("evaluate-bags", 0, _overall(good), details)


def _print_bags(good: list[Result]) -> None:
    scores = {result["bag"]: from_json(result["score"]).figures() for result in good}
    names = list(dict.fromkeys(figure.name for figures in scores.values() for figure in figures))
    table = Table("bag", *names)
    for bag, figures in scores.items():
        values = {figure.name: f"{figure.value:.3f}" for figure in figures}
        table.add_row(bag, *(values.get(name, "") for name in names))
    Console().print(table)


def _print_changes(changes: list[Change], console: Console) -> None:
    changed = [change for change in changes if change.changed]
    table = Table("bag", "figure", "baseline", "now", "", title="changes since the baseline")
    for change in changed:
        values = ("missing" if value is None else f"{value:.4g}" for value in (change.before, change.now))
        table.add_row(change.bag, change.figure, *values, "worse" if change.worse else "")
    console.print(table if changed else "all as in the baseline")

"""sportcoach experiment: one command for each table and figure of the paper."""

from __future__ import annotations

import argparse
import importlib
import json
import sys

from sportcoach.experiments import trials
from sportcoach.experiments.outcome import Options, Outcome, write
from sportcoach.experiments.registry import EXPERIMENTS
from sportcoach.experiments.scale import Scale
from sportcoach.figures import print_figures
from sportcoach_perception.errors import UserError

ALL = "all"


def main(arguments: argparse.Namespace) -> int:
    """Run what was asked for, one after the other; each writes its results when it is done."""
    if arguments.sets < 0:
        raise UserError(f"--sets is {arguments.sets}; it must not be negative")
    if arguments.workers < 1:
        raise UserError(f"--workers is {arguments.workers}; it must be 1 or more")
    options = Options(
        arguments.out,
        arguments.data,
        arguments.seed,
        arguments.sets,
        arguments.quick,
        _say,
        arguments.scale,
        arguments.collection,
        arguments.workers,
    )
    names = list(EXPERIMENTS) if arguments.name == ALL else [arguments.name]
    texts = []
    for name in names:
        _say(f"{name}: {EXPERIMENTS[name][1]}")
        outcome: Outcome = importlib.import_module(EXPERIMENTS[name][0]).run(options)
        texts.append(_tell(name, outcome, options, arguments.json))
    if arguments.name == ALL:
        texts.append(_tell(ALL, _all_together(options), options, arguments.json))
    if arguments.json:
        print(texts[0] if len(names) == 1 else json.dumps([json.loads(text) for text in texts], indent=2))
    return 0


def _tell(name: str, outcome: Outcome, options: Options, as_json: bool) -> str:
    """Write the results, and print them unless all of them are printed as JSON in the end; returns that."""
    text = write(name, outcome, options)
    if not as_json:
        print_figures(outcome.figures)
        print(outcome.sentence)
    return text


def _all_together(options: Options) -> Outcome:
    """What everything in the folder took."""
    time = trials.spent(options.out)
    sentence = (
        f"All trials together took {time.value / 60.0:.1f} hours of one core, which the workers share; what "
        "killed runs had left half done is not counted."
    )
    return Outcome([time], [], {}, sentence, Scale.of(options).note)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

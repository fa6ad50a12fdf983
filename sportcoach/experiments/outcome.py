"""What goes into an experiment and what comes out: figures, a table, a plot, and a sentence about the paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sportcoach.experiments.plot import LinePlot
from sportcoach.figures import Figure, report
from sportcoach.session import write_atomically

Row = Mapping[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Options:
    """What an experiment is told.

    out: folder that keeps what is expensive, so that a killed run goes on, and takes the results.
    data: folder of the published data sets.
    seed: of everything random.
    sets: that are coached in figures 7 to 10, with an athlete's rounds for every five; 0 for as many as the scale says.
    quick: a form that takes minutes, to see that it runs.
    say: is told how it goes.
    scale: sizes of the experiments (YAML); None for those in config/experiments.
    collection: of `sportcoach dataset simulate`, for the experiments with networks; None to make one in `out`.
    workers: processes.
    """

    out: Path
    data: Path
    seed: int
    sets: int
    quick: bool
    say: Callable[[str], None]
    scale: Path | None = None
    collection: Path | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """Figures with stable names, the numbers behind them as rows, the plots by name, and what it all says.

    note: how large the sample was, where there are several sizes.
    """

    figures: Sequence[Figure]
    rows: Sequence[Row]
    plots: Mapping[str, LinePlot]
    sentence: str
    note: str = ""


def write(name: str, outcome: Outcome, options: Options, details: Mapping[str, object] | None = None) -> str:
    """Write NAME.json, NAME.csv and the plots (SVG) of an experiment into its folder; returns the JSON text.

    Raises:
        UserError: the folder cannot be written to.
    """
    told = {
        "sentence": outcome.sentence,
        "note": outcome.note,
        "quick": options.quick,
        "sets": options.sets,
        "plots": list(outcome.plots),
        "rows": list(outcome.rows),
        **(details or {}),
    }
    text = report(name, options.seed, outcome.figures, told)
    write_atomically(options.out / f"{name}.json", text + "\n")
    if outcome.rows:
        write_atomically(options.out / f"{name}.csv", _table(outcome.rows))
    for plot, drawn in outcome.plots.items():
        write_atomically(options.out / f"{plot}.svg", drawn.svg())
    return text


def _table(rows: Sequence[Row]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()

"""sportcoach bench other: nothing may be said to people who do something else."""

from __future__ import annotations

import argparse
import sys

from sportcoach.figures import Figure, print_figures, report
from sportcoach.not_exercising import Calm, simulate
from sportcoach_perception.errors import UserError


def main(arguments: argparse.Namespace) -> int:
    """Simulate and print."""
    if arguments.minutes <= 0.0:
        raise UserError(f"--minutes is {arguments.minutes:g}; it must be more than 0")
    calm = simulate(arguments.minutes, arguments.seed, _tell)
    hours = calm.seconds / 3600.0
    figures = [
        Figure("corrections_of_other", float(len(calm.corrections)), "corrections", "lower", 0.0),
        Figure("corrections_per_hour", len(calm.corrections) / hours, "1/h", "lower"),
        Figure("repetitions_per_hour", calm.counted / hours, "1/h", "lower"),
        Figure("simulated", calm.seconds / 60.0, "minutes", "higher"),
        Figure("people", float(calm.people), "people", "higher"),
    ]
    if arguments.json:
        said = [{"doing": doing, "exercise": exercise, "fault": fault} for doing, exercise, fault in calm.corrections]
        print(report("other", arguments.seed, figures, {"corrections": said}))
    else:
        print_figures(figures)
    return 0


def _tell(calm: Calm) -> None:
    print(f"{calm.seconds / 60.0:.1f} minutes, {len(calm.corrections)} corrections", file=sys.stderr, flush=True)

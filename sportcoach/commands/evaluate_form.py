"""sportcoach evaluate form: does bad form draw corrections, and good form none? On real push-ups."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from sportcoach.figures import Figure, print_figures, report
from sportcoach.form import Coached, coach_all

RATIO = 3.0
"""How many times as often wrong form is to be corrected as correct form."""


def main(arguments: argparse.Namespace) -> int:
    """Coach every clip, and print shares and reasons."""
    found = coach_all(arguments.root, arguments.threshold)
    figures = _figures(found)
    reasons = {form: _reasons([one for one in found if one.form == form]) for form in ("wrong", "correct")}
    if arguments.json:
        clips = [{"clip": one.name, "form": one.form, "repetitions": one.repetitions,
                  "said": [text for _, text in one.corrections]} for one in found]  # fmt: skip
        details = {"threshold_deg": arguments.threshold, "reasons": reasons, "clips": clips}
        print(report("evaluate-form", 0, figures, details))
        return 0
    print_figures(figures)
    table = Table("clip", "form", "repetitions", "said")
    for one in found:
        if one.corrections:
            table.add_row(one.name, one.form, str(one.repetitions), "; ".join(text for _, text in one.corrections))
    Console().print(table)
    return 0


def _reasons(found: Sequence[Coached]) -> dict[str, int]:
    """Clips by fault that was corrected."""
    return dict(Counter(fault for one in found for fault in dict.fromkeys(name for name, _ in one.corrections)))


def _figures(found: Sequence[Coached]) -> list[Figure]:
    shares = {}
    for form in ("wrong", "correct"):
        of = [bool(one.corrections) for one in found if one.form == form]
        shares[form] = sum(of) / len(of) if of else 0.0
    figures = [
        Figure("corrected_wrong", shares["wrong"], "share", "higher"),
        Figure("corrected_correct", shares["correct"], "share", "lower"),
        Figure("clips", float(len(found)), "clips", "higher"),
        Figure("without_a_repetition", sum(not one.repetitions for one in found) / len(found), "share", "lower"),
    ]
    if shares["correct"] > 0.0:
        figures.insert(2, Figure("wrong_to_correct", shares["wrong"] / shares["correct"], "ratio", "higher", RATIO))
    return figures

"""sportcoach bench view: what open pages of the live view cost."""

from __future__ import annotations

import argparse
from typing import Final

from sportcoach.figures import Figure, print_figures, report
from sportcoach.view.cost import RATE, share

MANY: Final = 4
"""Pages that are open at the same time."""


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    figures = [
        Figure("view_client", share(1, arguments.duration), "share of a core", "lower", 0.05),
        Figure(f"view_{MANY}_clients", share(MANY, arguments.duration), "share of a core", "lower"),
    ]
    if arguments.json:
        print(report("view", 0, figures, {"rate": RATE, "seconds": arguments.duration}))
    else:
        print_figures(figures)
    return 0

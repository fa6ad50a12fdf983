"""sportcoach bench view: what an open page of the live view costs."""

from __future__ import annotations

import argparse

from sportcoach.figures import Figure, print_figures, report
from sportcoach.view.cost import CLIENTS, RATE, client_share


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    figures = [Figure("view_client", client_share(arguments.duration), "share of a core", "lower", 0.05)]
    if arguments.json:
        print(report("view", 0, figures, {"clients": CLIENTS, "rate": RATE, "seconds": arguments.duration}))
    else:
        print_figures(figures)
    return 0

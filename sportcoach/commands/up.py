"""sportcoach up: all nodes until Ctrl-C."""

from __future__ import annotations

import argparse
import sys

from sportcoach.commands.options import graph_options
from sportcoach.follow import TICK, exclusive
from sportcoach.graph import nodes
from sportcoach.node_lines import NodeLines
from sportcoach.supervisor import Outcome, Supervisor


def main(arguments: argparse.Namespace) -> int:
    """Keep the graph running."""
    options = graph_options(arguments)
    specs = nodes(options)
    lines = NodeLines([spec.name for spec in specs])
    with exclusive(options) as stop, Supervisor(specs, on_line=lines) as supervisor:
        while not stop.wait(TICK):
            for end in supervisor.poll():
                lines(end.name, end.line)
                if end.outcome is Outcome.GAVE_UP:
                    print(f"sportcoach: {end.line}", file=sys.stderr)
                    return max(1, end.exit_code)
    return 0

"""sportcoach record: a recording of a graph that is running already."""

from __future__ import annotations

import argparse
import os
import sys

from sportcoach.commands.options import RECORD_ALONE
from sportcoach.follow import TICK, stop_signals
from sportcoach.graph import GraphOptions, recorder
from sportcoach.node_lines import NodeLines
from sportcoach.supervisor import Supervisor


def main(arguments: argparse.Namespace) -> int:
    """Record until Ctrl-C."""
    values = {name: getattr(arguments, name) for name in RECORD_ALONE}
    record = "true" if arguments.out is None else str(arguments.out)
    spec = recorder(GraphOptions(source="topics", record=record, **values))
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    lines = NodeLines([spec.name])
    with stop_signals() as stop, Supervisor([spec], on_line=lines) as supervisor:
        print(f"recording to {spec.parameters['bag']}; Ctrl-C ends it", file=sys.stderr)
        while not stop.wait(TICK):
            for end in supervisor.poll():
                print(f"sportcoach: {end.line}", file=sys.stderr)
                return max(1, end.exit_code)
    return supervisor.exit_code_of(spec.name) or 0

"""sportcoach bench sim: how fast the simulated athlete moves and is drawn."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from sportcoach.figures import Figure, print_figures, report
from sportcoach_sim.speed import measure_speed


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    speed = measure_speed()
    figures = [
        Figure("sim_real_time_factor", speed.real_time_factor, "times real time", "higher", 3.0),
        Figure("sim_step", speed.step_ms, "ms per frame", "lower"),
        Figure("sim_render", speed.render_ms, "ms per frame", "lower"),
    ]
    if arguments.json:
        print(report("sim", 0, figures, {"speed": asdict(speed)}))
    else:
        print_figures(figures)
    return 0

"""sportcoach bench bags: how fast bags are written, read and analyzed, and what recording costs."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from sportcoach import bag_speed as speed
from sportcoach.bag_speed import CORES, megabytes, seconds
from sportcoach.figures import Figure, print_figures, report
from sportcoach.graph import environment
from sportcoach_perception.errors import UserError


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.repetitions < 1:
        raise UserError("--repetitions must be at least 1")
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    os.environ.update(environment())
    skeletons = speed.simulate(speed.squats_and_jacks(arguments.repetitions), draw=False)
    pictures = speed.simulate(speed.squats_and_jacks(max(1, arguments.repetitions // 4)), draw=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small, large = folder / "skeletons", folder / "pictures"
        wrote_small, wrote_large = speed.time_writing(skeletons, small), speed.time_writing(pictures, large)
        read_small, read_large = speed.time_reading(small), speed.time_reading(large)
        figures = [
            Figure("bag_write_messages", len(skeletons) / wrote_small, "1/s", "higher"),
            Figure("bag_write_bytes", megabytes(pictures) / wrote_large, "MB/s", "higher"),
            Figure("bag_read_messages", len(skeletons) / read_small, "1/s", "higher"),
            Figure("bag_read_bytes", megabytes(pictures) / read_large, "MB/s", "higher"),
            Figure(
                "bag_evaluate_skeletons",
                CORES * seconds(skeletons) / speed.time_analyses(small, CORES),
                "times real time",
                "higher",
                100.0,
            ),
            Figure(
                "bag_evaluate_pictures",
                seconds(pictures) / speed.time_analyses(large, 1),
                "times real time",
                "higher",
            ),
            Figure("recorder_cpu", speed.recorder_cpu(large, folder / "again", 10.0), "share of a core", "lower"),
        ]
    if arguments.json:
        details = {
            "skeletons": {"seconds": seconds(skeletons), "messages": len(skeletons)},
            "pictures": {"seconds": seconds(pictures), "messages": len(pictures), "megabytes": megabytes(pictures)},
            "processes": {"skeletons": CORES, "pictures": 1},
        }
        print(report("bags", 0, figures, details))
    else:
        print_figures(figures)
    return 0

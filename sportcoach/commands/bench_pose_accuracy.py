"""sportcoach bench pose-accuracy: MediaPipe against the truth of the simulated athlete, by exercise and view."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict

from sportcoach.figures import Figure, print_figures, report
from sportcoach_perception import pose_model
from sportcoach_perception.frames import ImageFrame, Skeleton
from sportcoach_perception.pose import PoseEstimator
from sportcoach_sim.pose_accuracy import AngleError, Detection, measure

FOUND_STANDING, FOUND_PUSH_UP = 0.99, 0.95


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    model = pose_model.path(arguments.complexity)

    def estimator() -> Callable[[ImageFrame], Skeleton]:
        return PoseEstimator(model).estimate

    found, table = measure(
        estimator, arguments.seed, arguments.subjects, progress=lambda line: print(line, file=sys.stderr)
    )
    figures = [_detection(entry) for entry in found] + [_error(entry) for entry in table]
    if arguments.json:
        details = {"complexity": arguments.complexity, "subjects": arguments.subjects}
        tables = {"detection": [asdict(entry) for entry in found], "angles": [asdict(entry) for entry in table]}
        print(report("pose-accuracy", arguments.seed, figures, {**details, **tables}))
    else:
        print_figures(figures)
    return 0


def _detection(entry: Detection) -> Figure:
    target = FOUND_PUSH_UP if entry.exercise == "push_up" else FOUND_STANDING
    return Figure(f"found_{entry.exercise}_{entry.view}", entry.share, "share", "higher", target)


def _error(entry: AngleError) -> Figure:
    """Mean error of the side nearer to the camera."""
    return Figure(f"error_{entry.exercise}_{entry.view}_{entry.angle}", entry.near_mean, "degrees", "lower")

"""What is looked at before any process is started: a mistake in the options is one line, not a graph that ends."""

from __future__ import annotations

from pathlib import Path

from sportcoach.graph import GraphOptions
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception import pose_model
from sportcoach_perception.video import VideoFile
from sportcoach_recognition import weights_file


def check(options: GraphOptions) -> None:
    """Read every file that the nodes are going to read.

    Raises:
        UserError: one of them is missing or cannot be used, or holds no such exercise or language.
    """
    Coach(load_exercises(Path(options.exercises) if options.exercises else None), options.exercise, options.language)
    weights_file.read_checked(Path(options.weights) if options.weights else weights_file.DEFAULT)
    pose_model.path(options.complexity)
    if options.source == "video":
        VideoFile(options.video).close()
    if options.source == "sim":
        from sportcoach_sim.trial import load_trial  # the other sources do without the simulation's libraries

        load_trial(options.trial)

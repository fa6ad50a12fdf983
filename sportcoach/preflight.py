"""What is looked at before any process is started: a mistake in the options is one line, not a graph that ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sportcoach.graph import GraphOptions, frames, imu
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception import pose_model
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.choice import make_source
from sportcoach_perception.parameters import load_parameters
from sportcoach_perception.video import VideoFile
from sportcoach_recognition import weights_file


def check(options: GraphOptions) -> None:
    """Read every file that the nodes are going to read; see that the simulated athlete can be drawn.

    Raises:
        UserError: one of them is missing or cannot be used, or holds no such exercise or language, or there is no
            off-screen OpenGL.
    """
    Coach(load_exercises(Path(options.exercises) if options.exercises else None), options.exercise, options.language)
    weights_file.read_checked(Path(options.weights) if options.weights else weights_file.DEFAULT)
    pose_model.path(options.complexity)
    frames(options)
    if options.source == "video":
        VideoFile(options.video).close()
    if options.record:
        _check_recording(Path(options.record).absolute())
    if options.imu:
        declared = load_parameters(config_path("parameters.yaml"), "imu_node")
        parameters = {name: spec.default for name, spec in declared.items()} | imu(options)
        make_source(parameters.__getitem__, time.monotonic_ns)
    if options.source == "sim":
        # The other sources do without the simulation's libraries.
        from sportcoach_sim.render import check_drawing
        from sportcoach_sim.trial import load_trial

        load_trial(options.trial)
        check_drawing()


def _check_recording(folder: Path) -> None:
    if folder.exists():
        raise UserError(f"{folder} exists already and is not overwritten: record to another folder")
    parent = next(parent for parent in folder.parents if parent.exists())
    if not (parent.is_dir() and os.access(parent, os.W_OK)):
        raise UserError(f"cannot record to {folder}: {parent} is no folder that can be written to")

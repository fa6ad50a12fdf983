"""What an answer costs on one core."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable

import numpy as np
import torch

from sportcoach.experiments import material
from sportcoach.experiments.trials import Measures, Setup
from sportcoach_recognition.fitted import build
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.streaming import Stream

REPEATS = 50
"""Of each measurement."""


def answer_time(setup: Setup, model: str) -> Measures:
    """Trial: processor time [ms] of a whole window, and of an answer after one more frame of a stream, in PyTorch."""
    torch.set_num_threads(1)
    sizes = {"window": material.WINDOW, "rate": material.FRAME_RATE, **setup.scale.networks.get(model, {})}
    network = build(model, len(material.CLASSES[material.SIMULATED]), sizes).eval()
    window, frame, stream = ones(material.WINDOW), ones(1), Stream(network)
    for number in range(material.WINDOW):  # until its memory is full
        stream.step(frame, number)
    steps = itertools.count(material.WINDOW)
    with torch.inference_mode():
        return {
            "window": milliseconds(lambda: network(window), REPEATS),
            "step": milliseconds(lambda: stream.step(frame, next(steps)), REPEATS),
        }


def ones(steps: int, imu_per_step: int = 3) -> Inputs:
    """A window in which everything is measured."""
    shapes = ((33, 3), (33,), (4, 6 * imu_per_step), (4,), ())
    return Inputs(*(torch.ones(1, steps, *shape) for shape in shapes))


def milliseconds(call: Callable[[], object], repeats: int) -> float:
    """Median processor time of a call: what others do on the machine counts little."""
    for _ in range(5):
        call()
    times = []
    for _ in range(repeats):
        begin = time.process_time_ns()
        call()
        times.append(time.process_time_ns() - begin)
    return float(np.median(times)) / 1e6

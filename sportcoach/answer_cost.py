"""What an answer of a network costs: an input in which everything is measured, and processor time."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch

from sportcoach_recognition.models.inputs import Inputs


def ones(steps: int, imu_per_step: int = 3) -> Inputs:
    """A window of `steps` in which everything is measured."""
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

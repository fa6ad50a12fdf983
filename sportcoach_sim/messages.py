"""The simulated athlete's truth as a ROS message; see sportcoach_perception.messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sportcoach_perception.angles import ANGLES
from sportcoach_perception.messages import set_time
from sportcoach_sim.athlete import Truth


def fill_truth(message: Any, truth: Truth, stamp: int, frame_id: str) -> Any:
    """`truth` as the TruthFrame message given, at `stamp` [ns]."""
    set_time(message.header.stamp, stamp)
    message.header.frame_id = frame_id
    message.action, message.movement, message.stage = truth.action, truth.movement, truth.stage
    message.progress, message.repetition = truth.progress, truth.repetition
    message.faults, message.magnitudes = list(truth.faults), list(map(float, truth.faults.values()))
    message.joints, message.angles = list(ANGLES), np.asarray(truth.angles, np.float32).tolist()
    message.image, message.world = truth.skeleton.image.ravel(), truth.skeleton.world.ravel()
    return message

"""Recognition's decision to and from its ROS message; see sportcoach_perception.messages."""

from __future__ import annotations

from typing import Any

import numpy as np

from sportcoach_perception.messages import set_time, stamp_of
from sportcoach_recognition.action import Action


def fill_action(message: Any, action: Action, frame_id: str) -> Any:
    """`action` as the Action message given."""
    set_time(message.header.stamp, action.stamp)
    message.header.frame_id = frame_id
    message.label = action.label
    message.probabilities = action.probabilities
    message.confidence = action.confidence
    message.model_id = action.model_id
    return message


def read_action(message: Any) -> Action:
    """An Action message as a record."""
    return Action(
        stamp_of(message.header.stamp),
        str(message.label),
        np.asarray(message.probabilities, np.float32),
        float(message.confidence),
        str(message.model_id),
    )

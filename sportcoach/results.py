"""What the whole chain says about one frame."""

from __future__ import annotations

from dataclasses import dataclass

from sportcoach_feedback.coaching import Coaching
from sportcoach_perception.frames import Skeleton
from sportcoach_recognition.action import Action


@dataclass(frozen=True, slots=True)
class FrameResult:
    """Everything decided about the frame taken at `skeleton.stamp`.

    latency: seconds from the stamp of the frame to its published decision; offline, the time spent on the frame.
    """

    skeleton: Skeleton
    action: Action
    coaching: Coaching
    latency: float

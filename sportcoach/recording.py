"""What a recording holds: the topics of each profile, with their types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sportcoach_perception.skeleton import LIMBS


@dataclass(frozen=True, slots=True)
class Stream:
    """A topic's message type, and how many messages may wait while the disk is slow; 0 for the setting `queue`."""

    msgtype: str
    depth: int


EVERY_FRAME: Final = ("skeleton", "fused", "action", "stage", "deviation")
"""Results that every frame has one of."""

RESULTS: Final = {
    "skeleton": Stream("sportcoach_msgs/msg/Skeleton", 300),
    "fused": Stream("sportcoach_msgs/msg/FusedFrame", 300),
    "action": Stream("sportcoach_msgs/msg/Action", 300),
    "stage": Stream("sportcoach_msgs/msg/Stage", 300),
    "deviation": Stream("sportcoach_msgs/msg/Deviation", 300),
    "repetition": Stream("sportcoach_msgs/msg/Repetition", 300),
    "cue": Stream("sportcoach_msgs/msg/Cue", 300),
    "truth": Stream("sportcoach_msgs/msg/TruthFrame", 300),
    "voice": Stream("sportcoach_msgs/msg/VoiceCommand", 10),
    "haptic": Stream("sportcoach_msgs/msg/HapticCommand", 10),
    "joy_feedback": Stream("sensor_msgs/msg/JoyFeedbackArray", 10),
    "control": Stream("sportcoach_msgs/msg/Control", 10),
}

SENSORS: Final = {
    **{f"imu/{limb}/data": Stream("sensor_msgs/msg/Imu", 200) for limb in LIMBS},
    "camera_info": Stream("sensor_msgs/msg/CameraInfo", 0),
    "/diagnostics": Stream("diagnostic_msgs/msg/DiagnosticArray", 50),
}

PICTURES: Final = {"image_raw/compressed": Stream("sensor_msgs/msg/CompressedImage", 0)}

PROFILES: Final = {
    "all": {**RESULTS, **SENSORS, **PICTURES},
    "no-images": {**RESULTS, **SENSORS},
    "results": RESULTS,
}
"""Topics by profile; pictures of people only where they are asked for."""

LATE: Final = 10_000_000_000
"""The longest that a message may have been under way [ns]; one that seems older was stamped by another clock."""


def filing_time(published: int, now: int) -> int:
    """When a message was published, so that bags are in order however late it is taken from the queue [ns].

    Args:
        published: by the clock of its machine.
        now: by this machine's, the answer when the clocks do not agree.
    """
    return published if 0 <= now - published <= LATE else now

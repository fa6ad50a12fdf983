"""Cues to feel: which limb vibrates, how strongly, how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_perception.angles import split_side
from sportcoach_perception.skeleton import LIMBS

JOY_FEEDBACK_IDS: Final = {limb: number for number, limb in enumerate(LIMBS)}
"""Number of each limb's actuator in sensor_msgs/JoyFeedback."""

WEAKEST: Final = 0.3
"""Intensity that is just felt well while moving, for an error of nothing."""

STRONGEST_AT: Final = 30.0
"""Error that vibrates at full intensity [degrees]."""

DURATIONS: Final = {Severity.TEMPO: 200_000_000, Severity.FORM: 400_000_000, Severity.SAFETY: 800_000_000}
"""How long a cue is felt [ns]; praise isn't."""

_ARM: Final = ("wrist", "elbow", "shoulder")


@dataclass(frozen=True, slots=True)
class HapticCommand:
    """Something to feel; fields as in HapticCommand.msg, `duration` in ns."""

    stamp: int
    actuator: str
    intensity: float
    duration: int
    pattern: str


def limb_of(joint: str) -> str:
    """The limb to feel a fault of `joint` on: the ankle of that leg, the wrist of that arm, a wrist for the trunk."""
    side, name = split_side(joint)
    if not side:
        return "right_wrist"
    return f"{side}_wrist" if name in _ARM else f"{side}_ankle"


def haptic_command(cue: Cue) -> HapticCommand | None:
    """What to feel for `cue`: the larger the error the stronger, pulsing where it is about safety; None for praise."""
    if cue.severity not in DURATIONS:
        return None
    share = min(abs(cue.deviation) / STRONGEST_AT, 1.0)
    return HapticCommand(
        stamp=cue.stamp,
        actuator=limb_of(cue.joint),
        intensity=WEAKEST + (1.0 - WEAKEST) * share,
        duration=DURATIONS[cue.severity],
        pattern="pulse" if cue.severity is Severity.SAFETY else "steady",
    )

"""A definition of an exercise from an expert's recording: what drives it, the reference, the tolerances, the faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_feedback.cycles import Cycles, both_sides, find_cycles
from sportcoach_feedback.exercise import view_of
from sportcoach_perception.angles import ANGLE_INDEX, UNSIDED, Angles
from sportcoach_perception.errors import UserError

JUDGED: Final = ("elbow", "shoulder", "hip_flexion", "knee", "hip_abduction", "shank", "trunk")

POINTS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Progress at which the reference curve has a point."""

MOVING: Final = 0.25
"""An angle whose reference moves by this share of what the driving angle does belongs to the movement ..."""

STILL: Final = 12.0
"""... and one that moves less than this is to be kept still [degrees]."""

POSE_ERROR: Final = 8.0
"""What single-camera pose estimation adds to a tolerance [degrees]."""

SHORT: Final = 0.25
"""Share of the driving angle's swing that may be missing at the turning point."""

BEYOND: Final = 8.0
"""Beyond its tolerance by so much, a joint that should be still is at fault [degrees]."""


@dataclass(frozen=True, slots=True)
class LearnedJoint:
    """A joint of the movement: degrees at `POINTS`, its tolerance, its share of the movement 0..1."""

    angle: str
    curve: tuple[float, ...]
    tolerance: float
    weight: float

    @property
    def moves(self) -> bool:
        """Whether the movement is about this joint, rather than about keeping it still."""
        return max(self.curve) - min(self.curve) > STILL


@dataclass(frozen=True, slots=True)
class Learned:
    """What a recording tells about an exercise.

    cycles: the repetitions used.
    joints: those that the movement is about and those that are kept still, the most important first.
    view: from where it was recorded, and can be judged.
    seconds: median duration of a repetition.
    """

    cycles: Cycles
    joints: tuple[LearnedJoint, ...]
    view: str
    seconds: float


def learn(seconds: Angles, angles: Angles, view_angles: Angles) -> Learned:
    """Find the repetitions of a recording and average them.

    Args:
        seconds: (F,) time of each frame.
        angles: (F, A) degrees, in the order of `angles.ANGLES`.
        view_angles: (F,) degrees, see `angles.view_angle`.

    Raises:
        UserError: nothing is repeated at least twice.
    """
    cycles = find_cycles(seconds, angles)
    swing = abs(cycles.turn - cycles.start)
    joints = [joint for name in JUDGED if (joint := _joint(name, angles, cycles, swing)) is not None]
    durations = seconds[cycles.spans[:, 2]] - seconds[cycles.spans[:, 0]]
    return Learned(
        cycles,
        tuple(sorted(joints, key=lambda joint: (not joint.moves, -joint.weight))),
        view_of(float(np.median(view_angles))),
        float(np.median(durations)),
    )


def _joint(name: str, angles: Angles, cycles: Cycles, swing: float) -> LearnedJoint | None:
    """The reference of one angle, None where it neither moves with the movement nor keeps still."""
    values = angles[:, ANGLE_INDEX[name]] if name in UNSIDED else both_sides(angles, name)
    progress = cycles.progress()
    curves = np.array([_at_points(progress[a : b + 1], values[a : b + 1]) for a, _, b in cycles.spans])
    curve, spread = curves.mean(axis=0), float(curves.std(axis=0).max())
    moved = float(np.ptp(curve))
    if STILL < moved < MOVING * swing:
        return None
    weight = float(np.clip(moved / swing, 0.3, 1.0))
    tolerance = round(POSE_ERROR + 2.0 * spread + 0.05 * moved)
    return LearnedJoint(name, tuple(round(float(degrees), 1) for degrees in curve), float(tolerance), round(weight, 2))


def _at_points(progress: Angles, values: Angles) -> Angles:
    """Mean value (P,) of one cycle near each of `POINTS`, on the way out and back together."""
    weights = np.exp(-0.5 * ((progress[:, None] - np.array(POINTS)) / 0.08) ** 2) + 1e-12
    return np.asarray(values @ weights / weights.sum(axis=0))


def definition(name: str, learned: Learned, source: str) -> str:
    """The YAML file of the exercise `name`; `source` says where the numbers come from.

    Raises:
        UserError: `name` is no name: lower-case letters, digits and _.
    """
    if not name.isidentifier() or name != name.lower():
        raise UserError(f"'{name}' cannot name an exercise: use lower-case letters, digits and _")
    cycles, view = learned.cycles, learned.view
    quoted = source.replace('"', "'")
    joints = [_joint_line(joint, view) for joint in learned.joints]
    return "\n".join(
        [
            f"# {name.replace('_', ' ').capitalize()}, learned from {len(cycles.spans)} repetitions of "
            f"{learned.seconds:.1f} s seen from the {view}. Fields and units: docs/exercises.md.",
            f"name: {name}",
            f'source: "{quoted}"',
            "",
            f"signal: {{angle: {cycles.angle}, start: {cycles.start:.0f}, turn: {cycles.turn:.0f}}}",
            "",
            "joints:",
            *joints,
            "",
            "faults:",
            *_faults(learned),
            "",
        ]
    )


def _side(angle: str) -> str:
    return "" if angle in UNSIDED else ", side: mean"


def _joint_line(joint: LearnedJoint, view: str) -> str:
    points = ", ".join(f"[{x:g}, {y:g}]" for x, y in zip(POINTS, joint.curve, strict=True))
    return (
        f"  - {{angle: {joint.angle}{_side(joint.angle)}, weight: {joint.weight:g}, tolerance: {joint.tolerance:g}, "
        f"views: [{view}], curve: [{points}]}}"
    )


def _faults(learned: Learned) -> Sequence[str]:
    """Too short a range, and what should be kept still but isn't."""
    cycles, view = learned.cycles, learned.view
    limit = cycles.turn + SHORT * (cycles.start - cycles.turn)
    bound = "above" if cycles.turn < cycles.start else "below"
    lines = [
        f"  - {{name: short_range, angle: {cycles.angle}, side: mean, views: [{view}], phase: turn, "
        f"{bound}: {limit:.0f}, severity: form}}"
    ]
    for joint in learned.joints:
        if not joint.moves and joint.angle == "trunk":
            above = max(joint.curve) + joint.tolerance + BEYOND
            lines.append(
                f"  - {{name: trunk_sway, angle: trunk, views: [{view}], phase: moving, above: {above:.0f}, "
                "severity: form}"
            )
    return lines

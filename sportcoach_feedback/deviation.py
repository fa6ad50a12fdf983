"""How far a pose is from an exercise's reference, and which faults it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_feedback.coaching import Fault, JointDeviation
from sportcoach_feedback.exercise import VIEWS, Exercise, FaultRule, JudgedAngle
from sportcoach_feedback.repetitions import Phase
from sportcoach_perception.angles import (
    ANGLE_INDEX,
    UNSIDED,
    Angles,
    angle_visibility,
    joint_angles,
    joint_of,
    view_angle,
)
from sportcoach_perception.frames import Floats

MIN_VISIBILITY: Final = 0.5
"""An angle less visible than this isn't judged."""


@dataclass(frozen=True, slots=True)
class Pose:
    """The angles of one frame: `angles` (A,) degrees, `visibility` (A,) 0..1, `view` angle in degrees."""

    angles: Angles
    visibility: Angles
    view: float

    @classmethod
    def of(cls, world: Floats, visibility: Floats) -> Pose:
        """The pose of a skeleton: `world` (33, 3) m in the camera optical frame, `visibility` (33,) 0..1."""
        return cls(joint_angles(world), angle_visibility(visibility), float(view_angle(world)))

    @classmethod
    def median(cls, poses: Collection[Pose]) -> Pose:
        """The pose in the middle of `poses`, number by number."""
        return cls(
            np.median([pose.angles for pose in poses], axis=0),
            np.median([pose.visibility for pose in poses], axis=0),
            float(np.median([pose.view for pose in poses])),
        )

    def angle(self, name: str) -> float:
        """Degrees, NaN when it isn't visible enough."""
        index = ANGLE_INDEX[name]
        return float(self.angles[index]) if self.visibility[index] >= MIN_VISIBILITY else np.nan

    def mean(self, name: str) -> float:
        """Degrees over both sides, weighted by squared visibility; NaN when neither is visible enough.

        The weights are continuous, so that a limb about to vanish behind the body doesn't make the mean jump.
        """
        sides = [ANGLE_INDEX[f"left_{name}"], ANGLE_INDEX[f"right_{name}"]]
        visibility = self.visibility[sides]
        if visibility.max() < MIN_VISIBILITY:
            return np.nan
        weights = visibility**2
        return float(weights @ self.angles[sides] / weights.sum())

    def seen_from(self, view: str) -> bool:
        """Whether the camera looks from where something of this `view` can be judged."""
        lowest, highest = VIEWS[view]
        return lowest <= self.view <= highest

    def readings(self, rule: JudgedAngle | FaultRule) -> list[tuple[str, float]]:
        """(angle name, degrees) of all that `rule` is about and that can be judged; a mean goes by its better side."""
        if not self.seen_from(rule.view):
            return []
        if rule.angle in UNSIDED:
            names = [rule.angle]
        elif rule.side == "mean":
            better = max(("left", "right"), key=lambda side: self.visibility[ANGLE_INDEX[f"{side}_{rule.angle}"]])
            value = self.mean(rule.angle)
            return [] if np.isnan(value) else [(f"{better}_{rule.angle}", value)]
        else:
            names = [f"{side}_{rule.angle}" for side in self._sides(rule.side)]
        readings = [(name, self.angle(name)) for name in names]
        return [(name, value) for name, value in readings if not np.isnan(value)]

    def _sides(self, side: str) -> tuple[str, ...]:
        if side == "each":
            return ("left", "right")
        if side in ("front", "rear"):
            flexion = [self.angles[ANGLE_INDEX[f"{leg}_hip_flexion"]] for leg in ("left", "right")]
            return ("left",) if (flexion[0] >= flexion[1]) == (side == "front") else ("right",)
        return (side,)


def progress_of(exercise: Exercise, pose: Pose) -> float:
    """Where `pose` is in the exercise: 0 starting pose, 1 turning pose; NaN if unseen or not in its posture."""
    for limit in exercise.posture:
        value = pose.angle(limit.angle)
        if not np.isnan(value) and not limit.lowest <= value <= limit.highest:
            return np.nan
    return exercise.signal.progress(pose.mean(exercise.signal.angle))


def judge(exercise: Exercise, pose: Pose, progress: float) -> tuple[tuple[JointDeviation, ...], float]:
    """Compare every angle that can be judged in `pose` with the reference at `progress`.

    Returns:
        The deviations, and the quality 0..1: the weighted share of the joints' tolerance that is kept. A joint counts
        in full within its tolerance, and less the further it is beyond, down to nothing at twice of it. The quality
        is 0 when no joint can be judged.
    """
    found: list[JointDeviation] = []
    kept = total = 0.0
    for judged in exercise.joints:
        reference = judged.reference(progress)
        for name, angle in pose.readings(judged):
            deviation = angle - reference
            beyond = abs(deviation) / judged.tolerance
            found.append(JointDeviation(name, angle, reference, deviation, judged.weight, beyond <= 1.0))
            kept += judged.weight * min(max(2.0 - beyond, 0.0), 1.0)
            total += judged.weight
    return tuple(found), kept / total if found else 0.0


_LOOKED_FOR: Final = {Phase.EXECUTE: ("out", "moving"), Phase.END: ("back", "moving")}
"""When faults are looked for, by phase of the repetition."""


def faults(exercise: Exercise, pose: Pose, phase: Phase, turn: Pose | None) -> tuple[Fault, ...]:
    """The faults present now, each at the worst of its sides.

    Args:
        exercise: what is being done.
        pose: that of this frame.
        phase: where in the repetition it is.
        turn: the pose at the turning point, in the one frame that confirms it.
    """
    found = []
    for rule in exercise.faults:
        looked_at = turn if rule.phase == "turn" else pose if rule.phase in _LOOKED_FOR.get(phase, ()) else None
        if looked_at is None:
            continue
        excess, name = max(((rule.excess(value), name) for name, value in looked_at.readings(rule)), default=(0.0, ""))
        if excess > 0.0:
            confidence = float(looked_at.visibility[ANGLE_INDEX[name]])
            found.append(Fault(rule.name, joint_of(name), excess, confidence))
    return tuple(found)

"""How far a pose is from an exercise's reference, and which faults it shows."""

from __future__ import annotations

from typing import Final

from sportcoach_feedback.coaching import Fault, JointDeviation
from sportcoach_feedback.exercise import Exercise
from sportcoach_feedback.pose import Pose
from sportcoach_feedback.repetitions import Phase
from sportcoach_perception.angles import ANGLE_INDEX, joint_of


def progress_of(exercise: Exercise, pose: Pose) -> float:
    """Where `pose` is in the exercise: 0 starting pose, 1 turning pose; NaN if it cannot be seen."""
    return exercise.signal.progress(pose.mean(exercise.signal.angle))


def in_posture(exercise: Exercise, pose: Pose, progress: float) -> bool:
    """Whether `pose` can be one of the exercise at `progress`, as far as it can be seen."""
    return all(
        limit.lowest <= value <= limit.highest
        for limit in exercise.posture
        if progress >= limit.since
        for _, value in pose.readings(limit)
    )


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


_LOOKED_FOR: Final = {Phase.BEGIN: ("out", "moving"), Phase.EXECUTE: ("out", "moving"), Phase.END: ("back", "moving")}
"""When faults are looked for, by phase of the repetition."""


def faults(exercise: Exercise, pose: Pose, phase: Phase, turn: Pose | None) -> tuple[tuple[Fault, ...], frozenset[str]]:
    """The faults present now, each at the worst of its sides, and the names of all that could be judged.

    Args:
        exercise: what is being done.
        pose: that of this frame.
        phase: where in the repetition it is.
        turn: the pose at the turning point, in the frames in which it is known: when it seems to be passed, and when
            the repetition counts.
    """
    found, judged = [], set()
    for rule in exercise.faults:
        looked_at = turn if rule.phase == "turn" else pose if rule.phase in _LOOKED_FOR.get(phase, ()) else None
        if looked_at is None:
            continue
        readings = looked_at.readings(rule)
        if not readings:
            continue
        judged.add(rule.name)
        excess, name = max((rule.excess(value), name) for name, value in readings)
        if excess > 0.0:
            confidence = float(looked_at.visibility[ANGLE_INDEX[name]])
            found.append(Fault(rule.name, joint_of(name), excess, confidence))
    return tuple(found), frozenset(judged)

"""Results of a whole session without a camera: a stick figure that squats or lunges, some repetitions too shallow."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sportcoach.results import FrameResult
from sportcoach_feedback.coaching import (
    Coaching,
    Cue,
    Deviation,
    Fault,
    JointDeviation,
    Repetition,
    Severity,
    Stage,
)
from sportcoach_perception.frames import Skeleton
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_recognition.action import ACTIONS, NOBODY, Action

RATE = 30
"""Frames per second."""

SECONDS_PER_REPETITION = 3
DEEP, SHALLOW = 85.0, 118.0
"""Knee angle at the turning point, as it should be and as it is in every third repetition [degrees]."""

TOLERANCE = 12.0
SEGMENTS = {"foot": 0.15, "shank": 0.42, "thigh": 0.42, "trunk": 0.5, "head": 0.22, "upper_arm": 0.3, "forearm": 0.27}
"""Lengths of the stick figure [m]."""


@dataclass(frozen=True)
class Part:
    """A stretch of a session: `repetitions` of an exercise, or `seconds` of `label` with nothing to judge."""

    label: str
    repetitions: int = 0
    seconds: float = 0.0


SQUAT_SET = (Part(NOBODY, seconds=1), Part("other", seconds=1.5), Part("squat", 6), Part("other", seconds=1))


def make_results(parts: tuple[Part, ...] = SQUAT_SET, start: int = 0, athlete_id: str = "") -> Iterator[FrameResult]:
    """Results of the parts one after the other, at `RATE`, from the stamp `start` [ns]."""
    index = 0
    for part in parts:
        seconds = part.repetitions * SECONDS_PER_REPETITION or part.seconds
        first = index
        for index in range(first, first + round(seconds * RATE)):
            stamp = start + index * 1_000_000_000 // RATE
            coaching, knee = _coach(part, stamp, index - first)
            skeleton = _skeleton(stamp, knee, part.label != NOBODY, athlete_id)
            yield FrameResult(skeleton, _action(stamp, part.label), coaching, latency=0.04 + 0.02 * (index % 10) / 10)
        index += 1


def _action(stamp: int, label: str) -> Action:
    confidence = 0.9 if label else 0.0
    probabilities = np.full(len(ACTIONS), 0.025, np.float32) if label else np.zeros(len(ACTIONS), np.float32)
    if label:
        probabilities[ACTIONS.index(label)] = confidence
    return Action(stamp, label, probabilities, confidence, model_id="frame_gat-0123abcd")


def _coach(part: Part, stamp: int, frame: int) -> tuple[Coaching, float]:
    """What the coach says at a frame of a part, and the knee angle there [degrees]."""
    per_repetition = SECONDS_PER_REPETITION * RATE
    number, phase = divmod(frame, per_repetition)
    if not part.repetitions:
        stage = Stage(stamp, "", "idle", 0.0, 0.0, 0.0, 0, math.nan)
        return Coaching(stage, Deviation(stamp, "", (), 1.0, ()), (), None), 175.0
    depth = SHALLOW if number % 3 == 1 else DEEP
    swing = (1 - math.cos(2 * math.pi * phase / per_repetition)) / 2
    knee = 175.0 - (175.0 - depth) * swing
    joints = tuple(
        _joint(name, angle, reference)
        for side in ("left", "right")
        for name, angle, reference in (
            (f"{side}_knee", knee, 175.0 - (175.0 - DEEP) * swing),
            (f"{side}_hip", knee - 10 * swing, 175.0 - (180.0 - DEEP) * swing),
        )
    )
    shallow = Fault(f"shallow_depth_{part.label}", "left_knee", max(0.0, depth - DEEP - TOLERANCE), 0.9)
    now = (shallow,) if not joints[0].in_tolerance else ()
    kept = sum(joint.in_tolerance for joint in joints) / len(joints)
    stage_name = "begin" if phase < 10 else "end" if phase > 80 else "execute"
    tempo = float(SECONDS_PER_REPETITION) if number else math.nan
    finished = _finished(part, stamp, number, shallow) if phase == per_repetition - 1 else ()
    cue = _cue(part, stamp, shallow) if now and phase == per_repetition // 2 else None
    stage = Stage(stamp, part.label, stage_name, swing, 1.0, 0.1, number + len(finished), tempo)
    return Coaching(stage, Deviation(stamp, part.label, joints, kept, now), finished, cue), knee


def _joint(name: str, angle: float, reference: float) -> JointDeviation:
    deviation = angle - reference
    return JointDeviation(name, angle, reference, deviation, 1.0, abs(deviation) <= TOLERANCE)


def _finished(part: Part, stamp: int, number: int, shallow: Fault) -> tuple[Repetition, ...]:
    begin = stamp - (SECONDS_PER_REPETITION * RATE - 1) * 1_000_000_000 // RATE
    faults = (shallow,) if shallow.deviation else ()
    return (Repetition(stamp, part.label, begin, stamp, number + 1, 0.6 if faults else 0.95, faults),)


def _cue(part: Part, stamp: int, fault: Fault) -> Cue:
    expires = stamp + 1_500_000_000
    return Cue(stamp, part.label, fault.joint, fault.name, fault.deviation, "Go deeper", Severity.FORM, expires)


def _skeleton(stamp: int, knee: float, detected: bool, athlete_id: str) -> Skeleton:
    """A figure seen from its left side, hips at the origin, knees bent to `knee` degrees."""
    if not detected:
        return Skeleton(stamp, detected=False)
    bend = math.radians(180.0 - knee)
    world = np.zeros((len(LANDMARKS), 3), np.float32)
    for side, z in (("left", -0.12), ("right", 0.12)):
        hip = np.array((0.0, 0.0, z))
        joint = {"hip": hip}
        joint["knee"] = _from(hip, "thigh", 0.6 * bend)
        joint["ankle"] = _from(joint["knee"], "shank", -0.4 * bend)
        joint["heel"] = joint["ankle"] + (-0.04, 0.06, 0.0)
        joint["foot_index"] = joint["ankle"] + (SEGMENTS["foot"], 0.07, 0.0)
        joint["shoulder"] = _from(hip, "trunk", math.pi - 0.4 * bend)
        joint["elbow"] = _from(joint["shoulder"], "upper_arm", 0.8 * bend)
        joint["wrist"] = _from(joint["elbow"], "forearm", 0.9 * bend)
        joint["ear"] = _from(joint["shoulder"], "head", math.pi - 0.3 * bend)
        for name, position in joint.items():
            world[LANDMARK_INDEX[f"{side}_{name}"]] = position
        for name in ("index", "pinky", "thumb"):
            world[LANDMARK_INDEX[f"{side}_{name}"]] = joint["wrist"] + (0.06, 0.02, 0.0)
        for name in (f"{side}_eye_inner", f"{side}_eye", f"{side}_eye_outer", f"mouth_{side}"):
            world[LANDMARK_INDEX[name]] = joint["ear"] + (0.08, 0.0, 0.0)
    world[LANDMARK_INDEX["nose"]] = world[LANDMARK_INDEX["left_ear"]] + (0.12, 0.02, 0.12)
    image = (world[:, :2] / 2.4 + 0.5).astype(np.float32)
    visibility = np.full(len(LANDMARKS), 0.95, np.float32)
    return Skeleton(stamp, True, image, world, visibility, athlete_id)


def _from(start: np.ndarray, segment: str, forward: float) -> np.ndarray:
    """The end of a segment that hangs down from `start`, turned forward by an angle [rad]."""
    return start + SEGMENTS[segment] * np.array((math.sin(forward), math.cos(forward), 0.0))

"""What the live view shows: the newest results of all topics, as one JSON object per frame."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from sportcoach.recording import EVERY_FRAME
from sportcoach.wording import words
from sportcoach_feedback.coaching import Cue, Deviation, JointDeviation, Repetition, Stage
from sportcoach_perception.angles import joint_of
from sportcoach_perception.frames import FusedFrame, Skeleton
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX, LIMBS
from sportcoach_perception.stamp_join import StampJoin
from sportcoach_recognition.action import Action

FULL_ACTIVITY: Final = 6.0
"""Turning rate of a limb that fills its bar [rad/s]."""

_WINDOW: Final = 2_000_000_000
"""Frame rate and latency are means over this time [ns]."""


class ViewState:
    """Collects results and puts them into one object per frame."""

    def __init__(self) -> None:
        self._join = StampJoin(len(EVERY_FRAME))
        self._cue: Cue | None = None
        self._quality: float | None = None
        self._recent: deque[tuple[int, float]] = deque()
        self._health: dict[str, tuple[int, str]] = {}

    def add(self, part: str, stamp: int, item: Any, now: int) -> dict[str, Any] | None:
        """Take one of EVERY_FRAME for the frame at `stamp` [ns], at `now` [ns]; what to show of a complete one."""
        parts = self._join.add(EVERY_FRAME.index(part), stamp, item)
        return None if parts is None else self._frame(parts, (now - stamp) * 1e-9)

    def add_cue(self, cue: Cue) -> None:
        """What has just been said."""
        self._cue = cue

    def add_repetition(self, repetition: Repetition) -> None:
        """What has just been counted."""
        self._quality = repetition.quality

    def add_health(self, statuses: Mapping[str, tuple[int, str]]) -> None:
        """Level (0 well, 1 warning, 2 error, 3 stale) and message of parts of the system, by name."""
        self._health.update(statuses)

    def _frame(self, parts: tuple[Any, ...], latency: float) -> dict[str, Any]:
        skeleton: Skeleton
        fused: FusedFrame
        action: Action
        stage: Stage
        deviation: Deviation
        skeleton, fused, action, stage, deviation = parts
        stamp = skeleton.stamp
        cue = self._cue
        level, message = max(map(_news, self._health, self._health.values()), default=(0, ""))
        return {
            "stamp": stamp * 1e-9,
            "detected": skeleton.detected,
            "landmarks": np.round(skeleton.image.ravel(), 4).tolist() if skeleton.detected else [],
            "visibility": np.round(skeleton.visibility, 2).tolist() if skeleton.detected else [],
            "action": action.label,
            "exercise": stage.exercise,
            "stage": stage.stage,
            "progress": _number(stage.progress),
            "repetitions": stage.repetitions,
            "tempo": _number(stage.tempo),
            "quality": _number(self._quality),
            "joints": [_joint(joint) for joint in deviation.joints],
            "cue": {"text": cue.text, "severity": int(cue.severity), "age": (stamp - cue.stamp) * 1e-9}
            if cue
            else None,
            "imu": [
                _number(min(1.0, float(np.linalg.norm(signal[3:])) / FULL_ACTIVITY)) if valid else None
                for signal, valid in zip(fused.imu, fused.imu_valid, strict=True)
            ],
            **self._speed(stamp, latency),
            "health": {"level": level, "message": message if level else ""},
        }

    def _speed(self, stamp: int, latency: float) -> dict[str, float | None]:
        """Frames per second and mean latency [ms]."""
        recent = self._recent
        if recent and not 0 < stamp - recent[-1][0] < _WINDOW:
            recent.clear()
        recent.append((stamp, latency))
        while stamp - recent[0][0] > _WINDOW:
            recent.popleft()
        span = (stamp - recent[0][0]) * 1e-9
        mean = sum(latency for _, latency in recent) / len(recent)
        return {"rate": _number((len(recent) - 1) / span if span else 0.0), "latency": _number(1e3 * mean)}


def anatomy() -> dict[str, Any]:
    """What does not change: bones as pairs of landmarks, the limbs that carry a sensor."""
    return {"bones": [list(bone) for bone in BONES], "limbs": list(LIMBS)}


def _news(name: str, status: tuple[int, str]) -> tuple[int, str]:
    """Level, and what is wrong with which part; parts are named "/node: part" on /diagnostics."""
    level, message = status
    return level, f"{words(name.rpartition(': ')[2])}: {message}"


def _joint(joint: JointDeviation) -> dict[str, Any]:
    return {
        "name": joint.joint,
        "landmark": LANDMARK_INDEX.get(joint_of(joint.joint)),
        "angle": _number(joint.angle),
        "deviation": _number(joint.deviation),
        "good": joint.in_tolerance,
    }


def _number(value: float | None) -> float | None:
    """Two digits after the point; JSON has no NaN."""
    return None if value is None or not math.isfinite(value) else round(value, 2)

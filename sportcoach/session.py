"""What a session leaves behind: every result as compact arrays, and their summary, session.json."""

from __future__ import annotations

import json
import math
import os
from array import array
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.results import FrameResult
from sportcoach.sets import JointTrack, SetRecord, sets_of
from sportcoach_feedback.coaching import Cue, Repetition
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARKS
from sportcoach_recognition.action import NOBODY

_NS: Final = 1e-9
"""Seconds in a nanosecond."""


@dataclass(frozen=True, slots=True)
class ActionSpan:
    """One label from the frame that brought it, at `t0` [s], to the first frame without it (or the last frame), `t1`.

    The label is the one decided at the time, never corrected later; `confidence` is the mean over the span.
    """

    t0: float
    t1: float
    label: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class RepetitionRecord:
    """One repetition from `t0` to `t1` [s]; `faults` by name, the worst first; quality 0..1, None where unknown."""

    exercise: str
    number: int
    t0: float
    t1: float
    quality: float | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CueRecord:
    """One correction, or praise for it, given at `t` [s]; severity by name."""

    t: float
    exercise: str
    joint: str
    fault: str
    deviation_deg: float | None
    text: str
    severity: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Stamp of the frame to the published decision [ms]; offline, the time spent on the frame. None without frames."""

    p50: float | None
    p95: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class Session:
    """The summary of a session, as session.json holds it (docs/session.schema.json).

    Times are seconds from its first frame.


    frames: frames that the source delivered; frames_processed: those with a result.
    detected_fraction: share of the processed frames with an athlete in view.
    """

    source: str
    start_stamp_ns: int
    duration_s: float
    frames: int
    frames_processed: int
    detected_fraction: float
    athlete_id: str
    model_id: str
    actions: tuple[ActionSpan, ...]
    reps: tuple[RepetitionRecord, ...]
    sets: tuple[SetRecord, ...]
    cues: tuple[CueRecord, ...]
    latency_ms: Latency

    def to_json(self) -> str:
        """Serialize; the same results give the same text, but for `latency_ms`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def write(self, path: str | Path) -> None:
        """Write session.json.

        Raises:
            UserError: the folder cannot be written to.
        """
        write_atomically(path, self.to_json())


@dataclass(frozen=True, slots=True)
class JointCurve:
    """One judged joint over the frames in which it was judged.

    frame: (M,) index of the frame; angle, reference: (M,) degrees; weight: (M,) 0..1; in_tolerance: (M,).
    """

    joint: str
    frame: NDArray[np.int64]
    angle: NDArray[np.float32]
    reference: NDArray[np.float32]
    weight: NDArray[np.float32]
    in_tolerance: NDArray[np.bool_]


class _JointArrays:
    """The growing form of a `JointCurve`."""

    def __init__(self) -> None:
        self.frame = array("l")
        self.angle = array("f")
        self.reference = array("f")
        self.weight = array("f")
        self.in_tolerance = bytearray()

    def curve(self, joint: str) -> JointCurve:
        return JointCurve(
            joint,
            np.array(self.frame, np.int64),
            np.array(self.angle, np.float32),
            np.array(self.reference, np.float32),
            np.array(self.weight, np.float32),
            np.array(self.in_tolerance, np.bool_),
        )


class _Run:
    """The action span that is still growing."""

    def __init__(self, label: str, start: int) -> None:
        self.label = label
        self.start = start
        self.frames = 0
        self.confidence = 0.0

    def mean_confidence(self) -> float | None:
        return _finite(self.confidence / self.frames, 4)


class SessionLog:
    """Keeps every result of a session in compact arrays: about 500 bytes a frame, 55 MB an hour at 30 fps.

    Args:
        source: what was watched, a file name or "camera 0" for example; goes into the summary.
        athlete: who it is; empty for what the skeletons say.
    """

    def __init__(self, source: str, athlete: str = "") -> None:
        self.source = source
        self.athlete_id = athlete
        self.model_id = ""
        self._stamp = array("q")
        self._detected = bytearray()
        self._latency = array("d")
        self._position = array("f")
        self._visibility = array("f")
        self._joints: dict[str, _JointArrays] = {}
        self._runs: list[tuple[_Run, int]] = []
        self._run = _Run(NOBODY, 0)
        self._repetitions: list[Repetition] = []
        self._cues: list[Cue] = []

    def __len__(self) -> int:
        return len(self._stamp)

    def add(self, result: FrameResult) -> None:
        """Take the result of one frame, in the order of their stamps."""
        skeleton, coaching = result.skeleton, result.coaching
        self._follow_action(result.action.label, result.action.confidence, skeleton.stamp)
        for joint in coaching.deviation.joints:
            arrays = self._joints.setdefault(joint.joint, _JointArrays())
            arrays.frame.append(len(self._stamp))
            arrays.angle.append(joint.angle)
            arrays.reference.append(joint.reference)
            arrays.weight.append(joint.weight)
            arrays.in_tolerance.append(bool(joint.in_tolerance))
        self._stamp.append(skeleton.stamp)
        self._detected.append(bool(skeleton.detected))
        self._latency.append(result.latency)
        self._position.frombytes(np.asarray(skeleton.world[:, :2], np.float32).tobytes())
        self._visibility.frombytes(np.asarray(skeleton.visibility, np.float32).tobytes())
        self._repetitions.extend(coaching.repetitions)
        if coaching.cue is not None:
            self._cues.append(coaching.cue)
        self.athlete_id = self.athlete_id or skeleton.athlete_id
        self.model_id = result.action.model_id or self.model_id

    def _follow_action(self, label: str, confidence: float, stamp: int) -> None:
        if label != self._run.label:
            self._runs.append((self._run, stamp))
            self._run = _Run(label, stamp)
        self._run.frames += 1
        self._run.confidence += confidence

    def seconds(self) -> NDArray[np.float64]:
        """(N,) time of every frame since the first [s]."""
        stamp = np.array(self._stamp, np.int64)
        return np.asarray((stamp - stamp[:1]) * _NS, np.float64)

    def joint_curves(self) -> list[JointCurve]:
        """One curve per joint that was judged at least once, in the order in which they were first judged."""
        return [arrays.curve(joint) for joint, arrays in self._joints.items()]

    def _tracks(self) -> list[JointTrack]:
        stamps = np.array(self._stamp, np.int64)
        return [
            JointTrack(curve.joint, stamps[curve.frame], curve.angle, curve.reference) for curve in self.joint_curves()
        ]

    def pose(self, frame: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The skeleton of one frame as the camera sees it.

        Returns:
            (33, 2) x right, y down [m], hip-centred; (33,) visibility.
        """
        size = len(LANDMARKS)
        position = np.array(self._position[2 * size * frame : 2 * size * (frame + 1)], np.float32)
        return position.reshape(size, 2), np.array(self._visibility[size * frame : size * (frame + 1)], np.float32)

    def summary(self, frames: int | None = None) -> Session:
        """Summarize what was added so far.

        Args:
            frames: frames that the source delivered; by default those added.
        """
        start = self._stamp[0] if self._stamp else 0
        stop = self._stamp[-1] if self._stamp else 0
        processed = len(self._stamp)
        return Session(
            source=self.source,
            start_stamp_ns=start,
            duration_s=_seconds(stop - start),
            frames=processed if frames is None else frames,
            frames_processed=processed,
            detected_fraction=round(sum(self._detected) / processed, 4) if processed else 0.0,
            athlete_id=self.athlete_id,
            model_id=self.model_id,
            actions=tuple(
                ActionSpan(_seconds(run.start - start), _seconds(end - start), run.label, run.mean_confidence())
                for run, end in [*self._runs, (self._run, stop)]
                if run.label != NOBODY
            ),
            reps=tuple(_repetition_record(repetition, start) for repetition in self._repetitions),
            sets=sets_of(self._repetitions, self._tracks(), start),
            cues=tuple(_cue_record(cue, start) for cue in self._cues),
            latency_ms=_latency(np.array(self._latency)),
        )


def _repetition_record(repetition: Repetition, start: int) -> RepetitionRecord:
    worst_first = sorted(repetition.faults, key=lambda fault: -abs(fault.deviation))
    return RepetitionRecord(
        exercise=repetition.exercise,
        number=int(repetition.number),
        t0=_seconds(repetition.start - start),
        t1=_seconds(repetition.end - start),
        quality=_finite(repetition.quality, 4),
        faults=tuple(dict.fromkeys(fault.name for fault in worst_first)),
    )


def _cue_record(cue: Cue, start: int) -> CueRecord:
    return CueRecord(
        t=_seconds(cue.stamp - start),
        exercise=cue.exercise,
        joint=cue.joint,
        fault=cue.fault,
        deviation_deg=_finite(cue.deviation, 1),
        text=cue.text,
        severity=cue.severity.name.lower(),
    )


def _seconds(nanoseconds: int) -> float:
    return round(float(nanoseconds * _NS), 3)


def _finite(value: float, digits: int) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None


def _latency(seconds: NDArray[np.float64]) -> Latency:
    known = seconds[np.isfinite(seconds)]
    if known.size == 0:
        return Latency(None, None, None)
    p50, p95 = np.percentile(known, (50, 95))
    return Latency(*(round(float(value) * 1e3, 2) for value in (p50, p95, known.max())))


def write_atomically(path: str | Path, text: str) -> None:
    """Write a text file in one step: whoever reads `path`, and whenever we are killed, it is the old or the new whole.

    Raises:
        UserError: the folder cannot be written to.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise UserError(f"cannot write {path}: {error.strerror}") from error

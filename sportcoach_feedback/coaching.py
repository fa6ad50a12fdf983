"""What the coach says about a frame: stage, deviations, repetitions, cues. Angles in degrees, stamps in ns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """Priority of a cue, the higher one first; values as in Cue.msg."""

    PRAISE = 0
    TEMPO = 1
    FORM = 2
    SAFETY = 3


@dataclass(frozen=True, slots=True)
class Stage:
    """Where in the movement the athlete is; fields as in Stage.msg."""

    stamp: int
    exercise: str
    stage: str
    progress: float
    energy: float
    boundary_score: float
    repetitions: int
    tempo: float


@dataclass(frozen=True, slots=True)
class JointDeviation:
    """One joint angle against the reference; fields as in JointDeviation.msg."""

    joint: str
    angle: float
    reference: float
    deviation: float
    weight: float
    in_tolerance: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A named execution fault, `deviation` degrees beyond its tolerance."""

    name: str
    joint: str
    deviation: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far the pose is from the reference movement; fields as in Deviation.msg."""

    stamp: int
    exercise: str
    joints: tuple[JointDeviation, ...]
    quality: float
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Repetition:
    """One finished repetition, counted at `stamp`, from `start` to `end`."""

    stamp: int
    exercise: str
    start: int
    end: int
    number: int
    quality: float
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """One correction, worth saying until `expires`."""

    stamp: int
    exercise: str
    joint: str
    fault: str
    deviation: float
    text: str
    severity: Severity
    expires: int


@dataclass(frozen=True, slots=True)
class Coaching:
    """Everything the coach has to say about one frame.

    `repetitions` holds those counted at this frame: usually none or one, several when the exercise has just been
    recognised and earlier repetitions are credited to it.
    """

    stage: Stage
    deviation: Deviation
    repetitions: tuple[Repetition, ...]
    cue: Cue | None

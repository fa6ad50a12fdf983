"""One clip of the collection: what really was, what MediaPipe made of it, and what the limb IMUs sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools, Floats

Stamps = NDArray[np.int64]

STAGES: Final = ("idle", "begin", "execute", "end")
"""What the numbers in `Clip.stage` stand for."""


@dataclass(frozen=True, slots=True)
class Landmarks:
    """A skeleton per picture; all zero where not detected.

    detected: (F,).
    image: (F, 33, 2) fraction of the picture's width and height.
    world: (F, 33, 3) metres, origin between the hips, camera optical frame (x right, y down, z away).
    visibility: (F, 33) 0..1; of the truth, 1 inside the picture and 0 outside.
    """

    detected: Bools
    image: Floats
    world: Floats
    visibility: Floats


@dataclass(frozen=True, slots=True)
class Repetitions:
    """Where each repetition lies; frames are counted from 0.

    begin, turn, end: (R,) its first frame, its turning point, the first frame that is no longer in it.
    faults: (R, K) magnitude of each of `Clip.faults`, in the fault's own unit; 0 for none.
    """

    begin: NDArray[np.int32]
    turn: NDArray[np.int32]
    end: NDArray[np.int32]
    faults: Floats


@dataclass(frozen=True, slots=True)
class Readings:
    """What the four IMUs sent, in the order of arrival; what was lost on the way is not there.

    limb: (M,) index in `sportcoach_perception.skeleton.LIMBS`.
    time: (M,) ns, when it was really measured, on the clock of the pictures.
    stamp: (M,) ns, when it was measured by the sensor's own clock.
    arrival: (M,) ns, when it was received, on the clock of the pictures.
    signal: (M, 6) acc [m/s^2] with gravity, gyro [rad/s], in the frame of the sensor.
    """

    limb: NDArray[np.int8]
    time: Stamps
    stamp: Stamps
    arrival: Stamps
    signal: Floats


@dataclass(frozen=True, slots=True)
class Clip:
    """One set of one movement by one athlete.

    name: unique in the collection.
    split: train, validation or test; subject: who, in one split only.
    action: label of the recognition; movement: what it is in detail.
    faults: the faults that the movement can have, the columns of `repetitions.faults`.
    parameters: athlete, room, camera, faults of the pictures and of the sensors' links by name, how each sensor is
        mounted (quaternion w, x, y, z from the sensor's frame to that of forearm or shank).
    stamps: (F,) ns, of the pictures.
    angles: (F, A) degrees, in the order of `sportcoach_perception.angles.ANGLES`, of the true skeleton.
    stage: (F,) index in STAGES; progress: (F,) 0 starting posture, 1 turning point.
    repetition: (F,) number from 1, 0 while none is under way.
    truth: the exact skeleton; mediapipe: as seen in the pictures, None where none were drawn.
    """

    name: str
    split: str
    subject: str
    action: str
    movement: str
    faults: tuple[str, ...]
    parameters: Mapping[str, Any]
    stamps: Stamps
    angles: Floats
    stage: NDArray[np.int8]
    progress: Floats
    repetition: NDArray[np.int16]
    repetitions: Repetitions
    truth: Landmarks
    mediapipe: Landmarks | None
    imu: Readings

"""One labelled movement, from whatever set: landmarks, limb IMUs or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.angles import ANGLE_INDEX, ANGLES
from sportcoach_perception.frames import Bools, Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS, LIMBS, other_side
from sportcoach_recognition.features import Resampler, Sample

_BONE_LENGTHS: Final = {
    ("left_shoulder", "left_hip"): 0.50, ("right_shoulder", "right_hip"): 0.50,
    ("left_hip", "left_knee"): 0.40, ("right_hip", "right_knee"): 0.40,
    ("left_knee", "left_ankle"): 0.38, ("right_knee", "right_ankle"): 0.38,
    ("left_shoulder", "left_elbow"): 0.26, ("right_shoulder", "right_elbow"): 0.26,
    ("left_elbow", "left_wrist"): 0.24, ("right_elbow", "right_wrist"): 0.24,
}  # fmt: skip
"""Typical lengths in MediaPipe's world landmarks [m]."""


@dataclass(frozen=True, slots=True)
class Sequence:
    """A movement of one person that shows one action.

    stamps: (T,) ns, increasing; empty without landmarks.
    world: (T, 33, 3) metres, origin between the hips, camera optical frame (y down); zero where not seen.
    seen: (T, 33) whether the set gives this landmark in this frame.
    label: the action, a class of the set or one of ACTIONS.
    source: the set it comes from.
    subject: the person, or the finest grouping the set gives; what a split must not cut.
    name: the file or trial, unique within the source.
    depth: whether z means anything.
    imu_stamps: (M,) ns, increasing, on the clock of `stamps`; empty without IMUs.
    imu: (M, 4, 6) acc [m/s^2] with gravity, gyro [rad/s] per limb, in the sensor's frame; zero where not measured.
    imu_seen: (4, 2) whether the set has this limb's accelerometer, gyro.
    part: train, validation or test where the set itself says so, else empty.
    angles: (T, A) true joint angles [rad] in the order of `sportcoach_perception.angles.ANGLES`, NaN where not known;
        empty without truth.
    stage: (T,) index in `models.heads.STAGES`; empty without truth.
    quality: (T,) 0..1 of the repetition under way, NaN while none is; empty without truth.
    begin: stamp from which the action is done [ns]; nothing is done before it.
    """

    stamps: NDArray[np.int64]
    world: Floats
    seen: Bools
    label: str
    source: str
    subject: str
    name: str
    depth: bool = True
    imu_stamps: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    imu: Floats = field(default_factory=lambda: np.zeros((0, len(LIMBS), 6), np.float32))
    imu_seen: Bools = field(default_factory=lambda: np.zeros((len(LIMBS), 2), np.bool_))
    part: str = ""
    angles: Floats = field(default_factory=lambda: np.zeros((0, len(ANGLES)), np.float32))
    stage: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    quality: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    begin: int = 0

    @property
    def has_truth(self) -> bool:
        """Whether anything is known of it beyond the action."""
        return bool(len(self.angles) or len(self.stage) or len(self.quality))

    def resampled(self) -> Sequence:
        """The same at the recogniser's rate, made by the recogniser's own resampler."""
        resampler, no_imu = Resampler(), np.zeros((len(LIMBS), 6), np.float32)
        samples = [
            sample
            for stamp, world, seen in zip(self.stamps, self.world, self.seen, strict=True)
            for sample in resampler.feed(Sample(int(stamp), world, seen, no_imu))
        ]
        return Sequence(
            np.array([sample.stamp for sample in samples], np.int64),
            np.stack([sample.world for sample in samples]),
            np.stack([sample.seen for sample in samples]),
            self.label, self.source, self.subject, self.name, self.depth, begin=self.begin,
        )  # fmt: skip


def labelled(sequences: Iterable[Sequence], labels: Mapping[str, str]) -> Iterator[Sequence]:
    """`sequences` with their labels translated; those whose label is not in `labels` are left out."""
    for sequence in sequences:
        if sequence.label in labels:
            yield replace(sequence, label=labels[sequence.label])


def mirrored(sequence: Sequence) -> Sequence:
    """The movement in the mirror, left and right exchanged, its true angles too; not its label.

    A sensor's x is taken to point along the line from left to right.
    """
    other = [LANDMARK_INDEX[other_side(name)] for name in LANDMARKS]
    limbs = [LIMBS.index(other_side(name)) for name in LIMBS]
    angles = [ANGLE_INDEX[other_side(name)] for name in ANGLES]  # each is positive the same way on either side
    signs = np.array([-1.0, 1.0, 1.0, 1.0, -1.0, -1.0], np.float32)  # the turning rate is axial
    return replace(
        sequence,
        world=sequence.world[:, other] * np.array([-1.0, 1.0, 1.0], np.float32),
        seen=sequence.seen[:, other],
        imu=sequence.imu[:, limbs] * signs,
        imu_seen=sequence.imu_seen[limbs],
        angles=sequence.angles[:, angles],
    )


def without_imu(sequence: Sequence) -> Sequence:
    """The landmarks alone."""
    return replace(
        sequence,
        imu_stamps=np.zeros(0, np.int64),
        imu=np.zeros((0, len(LIMBS), 6), np.float32),
        imu_seen=np.zeros((len(LIMBS), 2), np.bool_),
    )


def without_landmarks(sequence: Sequence) -> Sequence:
    """The limb IMUs alone."""
    return replace(
        sequence,
        stamps=np.zeros(0, np.int64),
        world=np.zeros((0, len(LANDMARKS), 3), np.float32),
        seen=np.zeros((0, len(LANDMARKS)), np.bool_),
        angles=sequence.angles[:0],
        stage=sequence.stage[:0],
        quality=sequence.quality[:0],
    )


def on_limb(signal: Floats, limb: str) -> tuple[Floats, Bools]:
    """The readings (M, 6) of one sensor as imu (M, 4, 6), imu_seen (4, 2) of a sequence."""
    imu, imu_seen = np.zeros((len(signal), len(LIMBS), 6), np.float32), np.zeros((len(LIMBS), 2), np.bool_)
    imu[:, LIMBS.index(limb)] = signal
    imu_seen[LIMBS.index(limb)] = True
    return imu, imu_seen


def even_stamps(frames: int, rate: float) -> NDArray[np.int64]:
    """(frames,) stamps from 0 at `rate` frames per second."""
    return np.round(np.arange(frames) * (1e9 / rate)).astype(np.int64)


def place(joints: Floats, names: tuple[str, ...], indices: tuple[int, ...]) -> tuple[Floats, Bools]:
    """Joints (T, J, 3) of a set put at the landmarks they stand for: world (T, 33, 3), seen (T, 33)."""
    world = np.zeros((len(joints), len(LANDMARKS), 3), np.float32)
    seen = np.zeros((len(joints), len(LANDMARKS)), np.bool_)
    landmarks = [LANDMARK_INDEX[name] for name in names]
    world[:, landmarks] = joints[:, indices]
    seen[:, landmarks] = True
    return world, seen


def hip_centred(world: Floats, seen: Bools) -> Floats:
    """`world` (T, 33, 3) with its origin between the hips, zero where not seen."""
    hips = world[:, [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]].mean(1, keepdims=True)
    return np.where(seen[..., None], world - hips, np.float32(0.0)).astype(np.float32)


def metres_per_unit(world: Floats, seen: Bools) -> float:
    """Scale of a sequence in unknown units, from bones at their longest (least foreshortened) against typical ones.

    Without a bone in view, what is seen counts as a metre across.
    """
    ratios = []
    for (a, b), length in _BONE_LENGTHS.items():
        i, j = LANDMARK_INDEX[a], LANDMARK_INDEX[b]
        both = seen[:, i] & seen[:, j]
        if both.any():
            longest = np.percentile(np.linalg.norm(world[both, i] - world[both, j], axis=-1), 90)
            ratios.append(longest / length)
    if not ratios:
        ratios = [float(np.ptp(world[seen], axis=0).max()) if seen.any() else 1.0]
    return float(1.0 / max(np.percentile(ratios, 80), 1e-6))

"""Postures in the terms of biomechanics (knee flexion, trunk lean, ...), and the poses in the room that they give.

A posture is a vector of CONTROLS: angles in degrees, lengths as fractions of the athlete's height. Two ways lead from
it to a pose: standing on the feet, where the pelvis is as high as the flexion of the knees says, and lying on hands
and toes, where the straight body turns about the toes until the arms are bent as far as the elbows say.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

import numpy as np

from sportcoach_sim.body import PALM, SHOE_RADIUS, TOE
from sportcoach_sim.kinematics import OUTWARD, Pose, ankle_position, foot_rotation, reach
from sportcoach_sim.rotations import Array
from sportcoach_sim.subject import Subject

_BODY: Final = (
    "knee",  # flexion of the supporting knees, as long as heels are down
    "shank",  # forward inclination of the supporting shanks
    "lead",  # which leg supports: 0.5 both, 1 left, 0 right
    "shift",  # of the pelvis to the left, share of half the stance width
    "rise",  # of the whole body above the floor
    "trunk",  # forward lean of the line from hips to shoulders
    "spine",  # flexion between pelvis and torso that is part of it
    "side_bend", "twist",  # of the torso: to the right, to the left
    "head", "head_turn",  # in the room: down, to the left
    "hip",  # on hands and toes: flexion between trunk and thighs
    "hand_x", "hand_y",  # on hands and toes: palms ahead of the place between the toes, half their distance
)  # fmt: skip
_HANDS: Final = ("planted",)  # 1 palms on the floor, 0 hands free
_SIDED: Final = {
    "feet": ("toe_x", "toe_y", "toe_out", "lift"),
    "legs": ("heel", "valgus"),  # valgus: knee inward of the leg's line, at 90 degrees of flexion
    "arms": ("arm_flexion", "arm_abduction", "arm_rotation", "elbow", "flare"),
}

GROUP: Final = {
    **dict.fromkeys(_BODY, "body"),
    **dict.fromkeys(_HANDS, "hands"),
    **{f"{side}_{name}": group for group, names in _SIDED.items() for name in names for side in ("left", "right")},
}
"""Which part of the body a control moves: body, hands, feet, legs or arms."""

CONTROLS: Final = tuple(GROUP)
"""Names in the order of every posture vector."""

CONTROL_INDEX: Final = {name: index for index, name in enumerate(CONTROLS)}

LATERAL: Final = ("shift", "side_bend", "twist", "head_turn")
"""Controls that change sign when left and right are exchanged; `lead` is mirrored about 0.5."""


class Support(Enum):
    """What the athlete rests on."""

    FEET = "feet"
    HANDS = "hands"


def names_of(name: str) -> tuple[str, ...]:
    """The controls meant by `name`: "elbow" means both elbows.

    Raises:
        KeyError: there is no such control.
    """
    if name in CONTROL_INDEX:
        return (name,)
    if f"left_{name}" in CONTROL_INDEX:
        return (f"left_{name}", f"right_{name}")
    raise KeyError(name)


def posture(values: Mapping[str, float], base: Array | None = None) -> Array:
    """(N,) vector with the controls in `values` set on top of `base` (by default 0, both legs supporting)."""
    result = np.zeros(len(CONTROLS)) if base is None else base.copy()
    if base is None:
        result[CONTROL_INDEX["lead"]] = 0.5
    for name, value in values.items():
        for control in names_of(name):
            result[CONTROL_INDEX[control]] = value
    return result


def _mirror_order() -> tuple[list[int], Array]:
    other = {"left": "right", "right": "left"}
    order = [
        CONTROL_INDEX[f"{other[side]}_{rest}"] if (side := name.partition("_")[0]) in other else CONTROL_INDEX[name]
        for name in CONTROLS
        for rest in (name.partition("_")[2],)
    ]
    sign = np.array([-1.0 if name in LATERAL else 1.0 for name in CONTROLS])
    return order, sign


_ORDER, _SIGN = _mirror_order()


def mirrored(vector: Array) -> Array:
    """A posture (..., N) with left and right exchanged."""
    result = vector[..., _ORDER] * _SIGN
    lead = CONTROL_INDEX["lead"]
    result[..., lead] = 1.0 - result[..., lead]
    return result


def correlated(noise: Array, correlation: float) -> Array:
    """Independent `noise` (N,) of unit variance with that `correlation` between left and right."""
    result = noise.copy()
    for name, index in CONTROL_INDEX.items():
        if name.startswith("right_"):
            left = CONTROL_INDEX[f"left_{name.removeprefix('right_')}"]
            result[index] = correlation * noise[left] + np.sqrt(1.0 - correlation**2) * noise[index]
    return result


class _Reader:
    """Controls of T postures by name, in rad and metres."""

    def __init__(self, vectors: Array, height: float) -> None:
        self._vectors = vectors
        self._height = height

    def raw(self, name: str) -> Array:
        return np.asarray(self._vectors[:, CONTROL_INDEX[name]])

    def angle(self, name: str) -> Array:
        return np.radians(self.raw(name))

    def length(self, name: str) -> Array:
        return np.asarray(self._height * self.raw(name))

    def angles(self, *names: str) -> Array:
        return np.stack([self.angle(name) for name in names], axis=-1)

    def sided_angles(self, *names: str) -> Array:
        return np.stack([self.angles(*(f"{side}_{name}" for name in names)) for side in ("left", "right")], axis=1)


class PoseSolver:
    """Poses in the room of one subject's postures."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._lengths = subject.lengths

    def solve(self, vectors: Array, support: Support) -> Pose:
        """Poses of T postures (T, N)."""
        return self._on_feet(vectors) if support is Support.FEET else self._on_hands(vectors)

    def _swivel(self, read: _Reader) -> Array:
        """(T, 2) turn of the knees inward that gives the frontal-plane angle `valgus` at 90 degrees of flexion.

        The knee is then off the line from hip to ankle by sin(45 degrees) of a segment's length; turned by the swivel,
        it is off the sagittal plane by asin(sin(45 degrees) sin(swivel)) as seen from either end.
        """
        aside = np.sin(read.sided_angles("valgus")[..., 0] / 2.0) / np.sin(np.pi / 4.0)
        return np.asarray(np.arcsin(np.clip(aside, -1.0, 1.0)))

    def _pelvis_pitch(self, trunk: Array, spine: Array) -> Array:
        """Pitch of the pelvis at which the line from hips to shoulders leans by `trunk` with the spine bent."""
        lengths = self._lengths
        return trunk - np.arctan2(lengths.trunk * np.sin(spine), lengths.lumbar + lengths.trunk * np.cos(spine))

    def _feet(self, read: _Reader) -> Array:
        """(T, 2, 3) toes of feet that stand on the floor or are lifted off it."""
        floor = SHOE_RADIUS * self._subject.height + read.length("rise")
        return np.stack(
            [
                np.stack(
                    [
                        read.length(f"{side}_toe_x"),
                        outward * read.length(f"{side}_toe_y"),
                        floor + read.length(f"{side}_lift"),
                    ],
                    axis=-1,
                )
                for side, outward in zip(("left", "right"), OUTWARD, strict=True)
            ],
            axis=1,
        )

    def _palms(self, read: _Reader) -> Array:
        """(T, 2, 3) wrists of hands that are flat on the floor."""
        x, y = read.length("hand_x"), read.length("hand_y")
        z = np.full_like(x, PALM * self._subject.height)
        return np.stack([np.stack([x, outward * y, z], axis=-1) for outward in OUTWARD], axis=1)

    def _pose(self, read: _Reader, pelvis: Array, pitch: Array, toe: Array, foot: Array) -> Pose:
        zero = np.zeros_like(pitch)
        return Pose(
            pelvis=pelvis,
            pelvis_turn=np.stack([zero, pitch, zero], axis=-1),
            spine=read.angles("spine", "side_bend", "twist"),
            head=read.angles("head", "head_turn"),
            toe=toe,
            foot=foot,
            swivel=self._swivel(read),
            arm=read.sided_angles("arm_flexion", "arm_abduction", "arm_rotation"),
            elbow=read.sided_angles("elbow")[..., 0],
            planted=read.raw("planted").copy(),
            palm=self._palms(read),
            flare=read.sided_angles("flare")[..., 0],
        )

    def _on_feet(self, vectors: Array) -> Pose:
        read, lengths = _Reader(vectors, self._subject.height), self._lengths
        toe, foot = self._feet(read), read.sided_angles("toe_out", "heel")
        ankle = np.stack(
            [ankle_position(self._subject, toe[:, i], foot_rotation(foot[:, i], OUTWARD[i])) for i in range(2)], axis=1
        )
        weight = np.stack([read.raw("lead"), 1.0 - read.raw("lead")], axis=1)
        knee, shank = read.angle("knee"), read.angle("shank")
        ahead = lengths.shank * np.sin(shank) - lengths.thigh * np.sin(knee - shank)
        x = np.sum(weight * ankle[..., 0], axis=1) + ahead
        half_width = 0.5 * (ankle[:, 0, 1] - ankle[:, 1, 1])
        y = ankle[..., 1].mean(axis=1) + read.raw("shift") * half_width
        aside = y[:, None] + OUTWARD * lengths.hip - ankle[..., 1]
        leg = reach(knee, lengths.thigh, lengths.shank)
        height = np.sqrt(leg**2 - ahead**2 - np.sum(weight * aside**2, axis=1))
        z = lengths.ankle + height + read.length("rise")
        pitch = self._pelvis_pitch(read.angle("trunk"), read.angle("spine"))
        return self._pose(read, np.stack([x, y, z], axis=-1), pitch, toe, foot)

    def _on_hands(self, vectors: Array) -> Pose:
        """The body from toes to shoulders is one piece in the sagittal plane, turned about the toes.

        Of the triangle toes - shoulders - wrists all sides are known: the piece, the arms, and the floor between.
        """
        read, lengths, h = _Reader(vectors, self._subject.height), self._lengths, self._subject.height
        toe, palm = self._feet(read), self._palms(read)
        dorsal, knee, hip, spine = np.radians(12.0), read.angle("knee"), read.angle("hip"), read.angle("spine")

        def along(angle: Array | float, length: Array | float) -> Array:
            return np.asarray(length * np.exp(1j * np.asarray(angle)))

        # The piece with its shanks along the real axis, ventral side down, toes at 0; complex numbers are x + iz.
        ankle = -along(dorsal - np.pi / 2.0, TOE * h) - along(dorsal, SHOE_RADIUS * h - lengths.ankle)
        pelvis = ankle + along(np.zeros_like(knee), lengths.shank) + along(knee, lengths.thigh)
        trunk = np.abs(lengths.lumbar + along(-spine, lengths.trunk))
        shoulder = pelvis + along(knee - hip, trunk)

        arm = reach(read.sided_angles("elbow")[..., 0].mean(axis=1), lengths.upper_arm, lengths.forearm)
        arm = np.sqrt(arm**2 - (palm[:, 0, 1] - lengths.shoulder) ** 2)
        base = toe[:, 0, [0, 2]] @ np.array([1.0, 1.0j])
        wrist = palm[:, 0, 0] + 1j * palm[:, 0, 2] - base
        body, floor = np.abs(shoulder), np.abs(wrist)
        corner = np.arccos(np.clip((body**2 + floor**2 - arm**2) / (2.0 * body * floor), -1.0, 1.0))
        turn = np.angle(wrist) + corner - np.angle(shoulder)

        hips = base + pelvis * np.exp(1j * turn)
        lean = np.pi / 2.0 - (turn + knee - hip)
        foot = np.stack(
            [read.sided_angles("toe_out")[..., 0], np.repeat((np.pi / 2.0 - dorsal - turn)[:, None], 2, 1)], -1
        )
        position = np.stack([hips.real, toe[..., 1].mean(axis=1), hips.imag], axis=-1)
        return self._pose(read, position, self._pelvis_pitch(lean, spine), toe, foot)

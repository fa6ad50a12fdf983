"""From a pose in the room (pelvis, planted feet and hands, arm angles) to joint positions, in closed form.

Legs, and arms on planted hands, are two-segment chains whose ends are given: the middle joint follows from the law of
cosines, its direction from a reference and a swivel about the line between the ends (Tolani, Goswami and Badler 2000,
Real-time inverse kinematics techniques for anthropomorphic limbs). All of it is smooth in time where the pose is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import mujoco
import numpy as np

from sportcoach_sim.body import SHOE_RADIUS, TOE
from sportcoach_sim.rotations import Array, about, inverse, quaternion, rotate, slerp, unit
from sportcoach_sim.subject import Subject

SIDES: Final = ("left", "right")
OUTWARD: Final = np.array([1.0, -1.0])
"""Sign of y on the left and on the right."""

MIN_BEND: Final = np.radians(2.0)
"""Limbs are never quite straight, where the law of cosines has no slope [rad]."""


KNEES_FOLLOW_TOES: Final = 0.3
"""Share of the feet's turn outward that the knees take part in: most of it is torsion of the shank, 20 to 30 degrees in
adults (Strecker et al. 1997, J Bone Joint Surg Br 79(6):1019-1023)."""

_FEET: Final = ("toe", "foot")
"""Fields of a pose that belong to the feet."""


@dataclass(frozen=True)
class Pose:
    """T poses in the room; angles in rad, positions in metres, sided arrays with left first.

    pelvis: (T, 3) middle between the hip joints.
    pelvis_turn: (T, 3) yaw to the left, pitch forward, roll to the right, in this order.
    spine: (T, 3) flexion, bend to the right, twist to the left, of the torso against the pelvis.
    head: (T, 2) pitch down and turn to the left, in the room.
    toe: (T, 2, 3) centre of the toe's end of the sole, about which the heel lifts.
    foot: (T, 2, 2) turn outward, heel lift.
    swivel: (T, 2) of the knees inward about the line from hip to ankle.
    arm: (T, 2, 3) flexion forward, abduction outward, rotation outward of the upper arm against the torso.
    elbow: (T, 2) flexion.
    planted: (T,) 0 hands free, 1 palms on the floor at `palm`; in between on the way.
    palm: (T, 2, 3) wrist joints.
    flare: (T, 2) swivel of the elbows outward, 0 along the body.
    """

    pelvis: Array
    pelvis_turn: Array
    spine: Array
    head: Array
    toe: Array
    foot: Array
    swivel: Array
    arm: Array
    elbow: Array
    planted: Array
    palm: Array
    flare: Array

    def blend(self, other: Pose, share: Array, feet: Array) -> Pose:
        """From this to `other` by `share` (T,) of everything but the feet, and by `feet` (T,) of these."""
        values = {}
        for field in fields(self):
            a, b = getattr(self, field.name), getattr(other, field.name)
            weight = feet if field.name in _FEET else share
            values[field.name] = a + weight.reshape(-1, *[1] * (a.ndim - 1)) * (b - a)
        return Pose(**values)


def bend_for(distance: Array, first: float, second: float) -> Array:
    """Flexion [rad] at which the ends of a chain of two segments are `distance` apart, within what it can reach."""
    cosine = (distance**2 - first**2 - second**2) / (2.0 * first * second)
    return np.arccos(np.clip(cosine, -1.0, np.cos(MIN_BEND)))


def reach(bend: Array, first: float, second: float) -> Array:
    """Distance between the ends of a chain of two segments bent by `bend` [rad]."""
    return np.sqrt(first**2 + second**2 + 2.0 * first * second * np.cos(bend))


def foot_rotation(foot: Array, outward: float) -> Array:
    """(T, 3, 3) of a foot (T, 2) turned outward and lifted at the heel."""
    return about(2, outward * foot[:, 0]) @ about(1, foot[:, 1])


def ankle_position(subject: Subject, toe: Array, rotation: Array) -> Array:
    """(T, 3) of the ankle of a foot that stands on `toe` (T, 3)."""
    h = subject.height
    return toe - rotate(rotation, [TOE * h, 0.0, SHOE_RADIUS * h - subject.lengths.ankle])


def _chain(start: Array, end: Array, first: float, second: float, side: Array, swivel: Array) -> tuple[Array, Array]:
    """Frame of the first segment and bend of a chain whose middle joint points ahead, or aside by `swivel`.

    Args:
        start: (T, 3) upper joint.
        end: (T, 3) lower joint.
        first: length of the upper segment.
        second: length of the lower segment.
        side: (T, 3) the middle joint lies ahead when this points to the left, behind when to the right.
        swivel: (T,) rad, of the middle joint from there towards `side`.

    Returns:
        (T, 3, 3) with z up along the segment and y as the hinge about which the lower one bends back; (T,) bend.
    """
    line = end - start
    distance = np.linalg.norm(line, axis=1)
    bend = bend_for(distance, first, second)
    axis = unit(line)
    ahead = unit(np.cross(axis, side))
    aside = np.cross(ahead, axis)
    pole = np.cos(swivel)[:, None] * ahead + np.sin(swivel)[:, None] * aside
    opening = np.arctan2(second * np.sin(bend), first + second * np.cos(bend))
    up = -(np.cos(opening)[:, None] * axis + np.sin(opening)[:, None] * pole)
    hinge = np.cross(pole, axis)
    return np.stack([np.cross(hinge, up), hinge, up], axis=-1), bend


class Kinematics:
    """Joint positions of one subject's model.

    Args:
        model: made from `body.mjcf` of the same subject.
    """

    def __init__(self, model: mujoco.MjModel, subject: Subject) -> None:
        self._subject = subject
        self._lengths = subject.lengths
        self._size = model.nq
        self._address = {model.joint(i).name: int(model.jnt_qposadr[i]) for i in range(model.njnt)}

    def qpos(self, pose: Pose) -> Array:
        """(T, nq) MuJoCo joint positions of T poses."""
        result = np.zeros((len(pose.pelvis), self._size))

        def put(joint: str, values: Array) -> None:
            start = self._address[joint]
            width = values.shape[1] if values.ndim > 1 else 1
            result[:, start : start + width] = values.reshape(len(result), width)

        yaw, pitch, roll = pose.pelvis_turn.T
        pelvis = about(2, yaw) @ about(1, pitch) @ about(0, roll)
        flexion, bend, twist = pose.spine.T
        lumbar = about(1, flexion) @ about(0, bend) @ about(2, twist)
        torso = pelvis @ lumbar
        head = about(2, yaw + pose.head[:, 1]) @ about(1, pose.head[:, 0])
        put("pelvis", np.hstack([pose.pelvis, quaternion(pelvis)]))
        put("lumbar", quaternion(lumbar))
        put("neck", quaternion(inverse(torso) @ head))
        shoulders = pose.pelvis + rotate(pelvis, [0.0, 0.0, self._lengths.lumbar])
        for index, side in enumerate(SIDES):
            for name, values in self._leg(pose, index, pelvis).items():
                put(f"{side}_{name}", values)
            for name, values in self._arm(pose, index, shoulders, torso).items():
                put(f"{side}_{name}", values)
        return result

    def _leg(self, pose: Pose, index: int, pelvis: Array) -> dict[str, Array]:
        lengths, outward = self._lengths, OUTWARD[index]
        hip = pose.pelvis + rotate(pelvis, [0.0, outward * lengths.hip, 0.0])
        foot = foot_rotation(pose.foot[:, index], outward)
        ankle = ankle_position(self._subject, pose.toe[:, index], foot)
        yaw = KNEES_FOLLOW_TOES * outward * pose.foot[:, index, 0] + pose.pelvis_turn[:, 0]
        left = np.stack([-np.sin(yaw), np.cos(yaw), np.zeros_like(yaw)], axis=1)
        thigh, bend = _chain(hip, ankle, lengths.thigh, lengths.shank, left, -outward * pose.swivel[:, index])
        return {
            "hip": quaternion(inverse(pelvis) @ thigh),
            "knee": bend,
            "ankle": quaternion(inverse(thigh @ about(1, bend)) @ foot),
        }

    def _arm(self, pose: Pose, index: int, origin: Array, torso: Array) -> dict[str, Array]:
        lengths, outward = self._lengths, OUTWARD[index]
        flexion, abduction, rotation = pose.arm[:, index].T
        free = torso @ about(1, -flexion) @ about(0, outward * abduction) @ about(2, outward * rotation)
        free_bend, free_wrist = pose.elbow[:, index], np.broadcast_to(np.eye(3), torso.shape)
        if not pose.planted.any():
            return {"shoulder": quaternion(inverse(torso) @ free), "elbow": free_bend, "wrist": quaternion(free_wrist)}
        shoulder = origin + rotate(torso, [0.0, outward * lengths.shoulder, lengths.trunk])
        right = np.broadcast_to(np.array([0.0, -1.0, 0.0]), shoulder.shape)
        upper, bend = _chain(
            shoulder, pose.palm[:, index], lengths.upper_arm, lengths.forearm, right, -outward * pose.flare[:, index]
        )
        upper = upper * np.array([-1.0, -1.0, 1.0])  # the elbow's hinge is -y: the frame looks the other way
        # Fingers ahead, palm down.
        hand = np.array([[0.0, 0.0, -1.0], [-outward, 0.0, 0.0], [0.0, outward, 0.0]])
        wrist = inverse(upper @ about(1, -bend)) @ hand
        share = pose.planted
        return {
            "shoulder": quaternion(inverse(torso) @ slerp(free, upper, share)),
            "elbow": free_bend + share * (bend - free_bend),
            "wrist": quaternion(slerp(free_wrist, wrist, share)),
        }

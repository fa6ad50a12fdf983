"""A stick figure that squats, for tests that need landmarks with known angles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import FusedFrame
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_recognition.action import ACTIONS, NOBODY, Action

FRAME = 33_333_333
"""Time between frames [ns]."""


def squatter(knee: float = 170.0, valgus: float = 0.0, lean: float = 0.0, azimuth: float = 90.0) -> NDArray[np.float32]:
    """World landmarks (33, 3) of somebody in a squat.

    Args:
        knee: angle of both knees [degrees].
        valgus: frontal-plane angle of the left knee, positive inward [degrees].
        lean: of the trunk, beyond what the depth asks for [degrees].
        azimuth: 0 seen from the front, 90 from the side [degrees].
    """
    bend = np.radians(180.0 - knee)
    shank, thigh = 0.35 * bend, -0.65 * bend
    trunk = 0.4 * bend + np.radians(lean)
    body: dict[str, NDArray[np.float64]] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        inward = np.sin(np.radians(valgus / 2.0)) * 0.42 if side == "left" else 0.0
        hip = np.array([0.0, sign * 0.1, 0.0])
        straight = np.sqrt(0.42**2 - inward**2)
        knee_point = hip + np.array([-straight * np.sin(thigh), -sign * inward, -straight * np.cos(thigh)])
        ankle = knee_point + np.array([-straight * np.sin(shank), sign * inward, -straight * np.cos(shank)])
        shoulder = np.array([0.5 * np.sin(trunk), sign * 0.18, 0.5 * np.cos(trunk)])
        body[f"{side}_hip"], body[f"{side}_knee"], body[f"{side}_ankle"] = hip, knee_point, ankle
        body[f"{side}_foot_index"] = ankle + np.array([0.15, 0.0, -0.05])
        body[f"{side}_shoulder"] = shoulder
        body[f"{side}_elbow"] = shoulder + np.array([0.0, sign * 0.05, -0.28])
        body[f"{side}_wrist"] = shoulder + np.array([0.05, sign * 0.05, -0.52])
    turn = np.radians(azimuth)
    world = np.zeros((len(LANDMARKS), 3), np.float32)
    for name, (forward, left, up) in body.items():
        right = forward * np.sin(turn) + left * np.cos(turn)
        away = left * np.sin(turn) - forward * np.cos(turn)
        world[LANDMARK_INDEX[name]] = right, -up, away
    return world


def swings(depth: float = 80.0, count: int = 1, seconds: float = 2.0, rest: float = 0.5) -> Iterator[float]:
    """Knee angles [degrees], frame by frame, of `count` squats to `depth` and a rest before and after each."""
    yield from [170.0] * round(rest * 30)
    for _ in range(count):
        for share in np.linspace(0.0, 1.0, round(seconds * 30)):
            yield float(170.0 - (170.0 - depth) * (1.0 - np.cos(2.0 * np.pi * share)) / 2.0)
        yield from [170.0] * round(rest * 30)


def frames(worlds: Iterable[NDArray[np.float32] | None], start: int = 0) -> Iterator[FusedFrame]:
    """Frames at 30 per second from `start` [ns], all landmarks visible; None for nobody in view."""
    for index, world in enumerate(worlds):
        stamp = start + index * FRAME
        if world is None:
            empty = np.zeros((len(LANDMARKS), 3), np.float32)
            yield FusedFrame(stamp, False, empty, np.zeros(len(LANDMARKS), np.float32))
        else:
            yield FusedFrame(stamp, True, world, np.ones(len(LANDMARKS), np.float32))


def action(stamp: int, label: str) -> Action:
    """A confident decision."""
    probabilities = np.zeros(len(ACTIONS), np.float32)
    if label != NOBODY:
        probabilities[ACTIONS.index(label)] = 1.0
    return Action(stamp, label, probabilities, float(label != NOBODY), "test")

"""Movements of a stick figure driven by segment angles, drawn from ranges: what the published sets are short of.

A pose is a dict of segment angles in degrees, each against the vertical of the room: `thigh` 0 hangs down, 90 points
forward, 180 up, -90 back; `thigh_out` spreads to the person's own side; `torso` 0 is upright, 90 face down, -90 on the
back. A name without `_l` / `_r` means both sides. A movement goes from `start` to `turn` and back, again and again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, hip_centred
from sportcoach_recognition.features import RATE

Range = tuple[float, float]
Pose = dict[str, Range]
Array = NDArray[np.float64]

_SEGMENTS: Final = ("thigh", "shin", "upper_arm", "forearm")
ANGLES: Final = (
    "torso", "lean", "twist",
    *(f"{segment}{out}_{side}" for segment in _SEGMENTS for out in ("", "_out") for side in "lr"),
)  # fmt: skip

_STAND: Final[Pose] = {
    "torso": (-4, 8), "lean": (-3, 3), "twist": (-5, 5), "thigh": (-3, 8), "shin": (-8, 2), "thigh_out": (0, 10),
    "shin_out": (-3, 5), "upper_arm": (-12, 12), "upper_arm_out": (3, 18), "forearm": (0, 30), "forearm_out": (-10, 12),
}  # fmt: skip

_ARMS: Final[dict[str, Pose]] = {
    "hanging": {},
    "forward": {"upper_arm": (65, 105), "upper_arm_out": (-10, 15), "forearm": (65, 110), "forearm_out": (-20, 10)},
    "on_hips": {"upper_arm": (-35, -5), "upper_arm_out": (25, 50), "forearm": (10, 50), "forearm_out": (-50, -20)},
    "at_chest": {"upper_arm": (5, 45), "upper_arm_out": (0, 30), "forearm": (100, 155), "forearm_out": (-40, 0)},
    "at_neck": {"upper_arm": (-30, 30), "upper_arm_out": (15, 60), "forearm": (130, 185), "forearm_out": (-20, 30)},
    "overhead": {"upper_arm": (160, 185), "upper_arm_out": (0, 30), "forearm": (165, 190), "forearm_out": (-10, 20)},
}  # fmt: skip
_PRONE_LEGS: Final[Pose] = {"thigh": (-95, -70), "shin": (-100, -70), "thigh_out": (0, 12)}
_SUPINE: Final[Pose] = {"torso": (-95, -80), "thigh": (85, 98), "shin": (80, 98)}
_KNEES_UP: Final[Pose] = {"torso": (-95, -80), "thigh": (115, 145), "shin": (10, 50)}
_SEATED: Final[Pose] = {"torso": (-15, 12), "thigh": (75, 98), "shin": (-15, 15), "thigh_out": (3, 20)}


@dataclass(frozen=True)
class Movement:
    """From `start` to `turn` and back in `period` seconds; angles left out stay as they are.

    arms: one of these arm poses is held, `follow`ing the torso, where `start` and `turn` don't move the arms.
    alternate: every other repetition is done on the other side.
    """

    label: str
    start: Pose
    turn: Pose
    period: Range = (1.2, 4.0)
    arms: tuple[str, ...] = ("hanging",)
    alternate: bool = False
    weight: float = 1.0
    extra: Pose = field(default_factory=dict)


_ANY_ARMS: Final = tuple(_ARMS)
_HANDS_UP: Final[Pose] = {"upper_arm_out": (110, 175), "forearm_out": (120, 195), "forearm": (-10, 20)}
_PUSH_UP_TOP: Final[Pose] = {
    "upper_arm": (-12, 18), "upper_arm_out": (0, 25), "forearm": (-12, 12), "forearm_out": (-10, 15),
}  # fmt: skip
_PUSH_UP_LOW: Final[Pose] = {
    "upper_arm": (-85, -30), "upper_arm_out": (5, 55), "forearm": (-20, 15), "forearm_out": (-20, 15),
}  # fmt: skip
_LUNGE: Final[Pose] = {
    "thigh_l": (45, 100), "shin_l": (-20, 15), "thigh_r": (-35, 12), "shin_r": (-115, -50), "torso": (-6, 25),
}  # fmt: skip
_SQUAT: Final[Pose] = {
    "thigh": (55, 115), "thigh_out": (3, 30), "shin": (-42, -5), "shin_out": (-12, 6), "torso": (8, 50),
}  # fmt: skip

MOVEMENTS: Final[dict[str, Movement]] = {
    "squat": Movement("squat", {}, _SQUAT, (1.2, 4.5), _ANY_ARMS, weight=2),
    "half_squat": Movement(  # upright: who leans more than the thighs go down, bends
        "squat", {}, _SQUAT | {"thigh": (35, 60), "shin": (-32, -5), "torso": (4, 28)}, (1.2, 4.0), _ANY_ARMS,
    ),
    "squat_arms_rise": Movement("squat", {}, _SQUAT | _ARMS["forward"], (1.2, 4.5)),
    "lunge": Movement("lunge", {}, _LUNGE, (1.2, 4.0), _ANY_ARMS, alternate=True, weight=2),
    "lunge_one_side": Movement("lunge", {}, _LUNGE, (1.2, 4.5), _ANY_ARMS, weight=3),
    "split_squat": Movement(
        "lunge", {"thigh_l": (15, 35), "shin_l": (-10, 20), "thigh_r": (-40, -15), "shin_r": (-60, -20)}, _LUNGE,
        (1.2, 4.0), _ANY_ARMS,
    ),
    "jumping_jack": Movement(
        "jumping_jack", {"thigh_out": (-2, 6), "shin_out": (-2, 6)},
        {"thigh_out": (14, 36), "shin_out": (14, 36), "thigh": (-2, 16), "shin": (-16, 2)} | _HANDS_UP, (0.6, 1.6),
        weight=2,
    ),
    "half_jack": Movement(
        "jumping_jack", {"thigh_out": (-2, 6), "shin_out": (-2, 6)},
        {"thigh_out": (14, 36), "shin_out": (14, 36), "upper_arm_out": (75, 110), "forearm_out": (75, 125)}, (0.6, 1.6),
        weight=0.5,
    ),
    "push_up": Movement(
        "push_up", {"torso": (55, 82)} | _PUSH_UP_TOP, {"torso": (72, 96)} | _PUSH_UP_LOW, (0.9, 3.5),
        extra=_PRONE_LEGS, weight=2,
    ),
    "push_up_on_knees": Movement(
        "push_up", {"torso": (45, 75)} | _PUSH_UP_TOP, {"torso": (65, 96)} | _PUSH_UP_LOW, (0.9, 3.5),
        extra={"thigh": (-75, -45), "shin": (-180, -95)}, weight=0.5,
    ),
    "push_up_bent": Movement(
        "push_up", {"torso": (55, 95)} | _PUSH_UP_TOP, _PUSH_UP_LOW | {"torso": (60, 98)}, (0.9, 3.5),
        extra={"thigh": (-110, -40), "shin": (-105, -60)}, weight=0.7,
    ),
    # Everything else is `other`; much of it looks like a part of one of the four.
    "stand": Movement("other", {}, {}, (1.0, 3.0), _ANY_ARMS, weight=2),
    "gesture": Movement("other", {}, {"upper_arm": (-30, 150), "forearm": (0, 160), "torso": (-5, 20)}, (0.8, 3.0)),
    "walk": Movement(
        "other", {"thigh": (-5, 5)}, {"thigh_l": (15, 45), "shin_l": (-35, 15), "thigh_r": (-30, -5),
        "shin_r": (-55, -10), "upper_arm_r": (5, 35), "upper_arm_l": (-30, -5)}, (0.4, 1.1), alternate=True,
        weight=2,
    ),
    "high_knees": Movement(
        "other", {}, {"thigh_l": (55, 115), "shin_l": (-50, 15), "upper_arm_r": (0, 60), "forearm_r": (40, 140),
        "upper_arm_l": (-60, 0), "forearm_l": (20, 100)}, (0.35, 1.6), alternate=True, weight=2,
    ),
    "knee_hold": Movement(
        "other", {"thigh_l": (45, 110), "shin_l": (-40, 15)}, {"thigh_l": (50, 110), "shin_l": (-40, 15)}, (0.8, 3.0),
        ("hanging", "at_chest", "on_hips", "forward"), weight=0.7,
    ),
    "butt_kick": Movement("other", {}, {"thigh_l": (-10, 20), "shin_l": (-135, -70)}, (0.35, 1.0), _ANY_ARMS, True),
    "kick": Movement("other", {}, {"thigh_l": (40, 100), "shin_l": (30, 100)}, (0.6, 2.0), _ANY_ARMS, True),
    "leg_to_side": Movement(
        "other", {}, {"thigh_out_l": (18, 55), "shin_out_l": (18, 55)}, (0.8, 2.5), _ANY_ARMS, True,
    ),
    "good_morning": Movement(
        "other", {}, {"torso": (40, 100), "thigh": (2, 25), "shin": (-12, 8)}, (1.5, 4.5), ("at_neck", "at_chest",
        "on_hips", "hanging", "forward"), weight=2,
    ),
    "deadlift": Movement(
        "other", {}, {"torso": (50, 90), "thigh": (15, 48), "shin": (-15, 5), "upper_arm": (-5, 15),
        "forearm": (-5, 15)}, (1.5, 4.5), weight=1.5,
    ),
    "bent_over_row": Movement(
        "other", {"torso": (40, 80), "thigh": (10, 40), "shin": (-20, 0)}, {"upper_arm": (-100, -50),
        "upper_arm_out": (5, 50), "forearm": (-10, 30)}, (1.0, 3.0),
    ),
    "toe_touch": Movement("other", {}, {"torso": (75, 125), "upper_arm": (-10, 40), "forearm": (-10, 40)}, (1.5, 4.5)),
    "side_bend": Movement("other", {}, {"lean": (15, 40)}, (1.5, 4.0), _ANY_ARMS, True),
    "twist": Movement("other", {}, {"twist": (25, 70)}, (0.8, 3.0), _ANY_ARMS, True),
    "curl": Movement("other", {}, {"upper_arm": (-10, 35), "forearm": (100, 165)}, (1.0, 3.5), weight=1.5),
    "curl_one_arm": Movement(
        "other", {}, {"upper_arm_l": (-10, 35), "forearm_l": (100, 165)}, (1.0, 3.5), alternate=True,
    ),
    "lateral_raise": Movement(
        "other", {}, {"upper_arm_out": (65, 110), "forearm_out": (65, 115)}, (1.0, 3.5), weight=1.5,
    ),
    "arms_overhead": Movement("other", {}, _HANDS_UP, (0.7, 3.0), weight=1.5),
    "front_raise": Movement("other", {}, {"upper_arm": (65, 170), "forearm": (65, 175)}, (1.0, 3.5)),
    "shoulder_press": Movement(
        "other", {"upper_arm_out": (45, 90), "forearm_out": (130, 185)}, {"upper_arm_out": (140, 178),
        "forearm_out": (150, 190)}, (1.0, 3.5),
    ),
    "pull_up": Movement(
        "other", {"upper_arm_out": (150, 178), "forearm_out": (160, 185), "shin": (-90, 0)},
        {"upper_arm_out": (20, 80), "forearm_out": (150, 185)}, (1.5, 4.0),
    ),
    "step_touch": Movement(
        "other", {}, {"thigh_out_l": (8, 25), "shin_out_l": (8, 25), "shin_l": (-25, 0)}, (0.8, 2.0), _ANY_ARMS,
        alternate=True,
    ),
    "seated": Movement("other", _SEATED, {"upper_arm": (-20, 120), "forearm": (0, 170)}, (1.0, 3.5), weight=1.5),
    "seated_still": Movement("other", _SEATED, {}, (1.0, 3.0), _ANY_ARMS),
    "seated_leg": Movement("other", _SEATED, {"shin_l": (50, 95)}, (1.0, 3.5), _ANY_ARMS, True),
    "seated_press": Movement(
        "other", _SEATED | {"upper_arm_out": (45, 90), "forearm_out": (130, 185)}, {"upper_arm_out": (140, 178),
        "forearm_out": (150, 190)}, (1.0, 3.5),
    ),
    "dip": Movement(
        "other", {"torso": (-20, 15), "thigh": (40, 95), "shin": (-20, 60), "upper_arm": (-40, -5)},
        {"upper_arm": (-95, -50), "thigh": (60, 115), "forearm": (-10, 10)}, (1.0, 3.0),
    ),
    "forearm_plank": Movement(
        "other", {"torso": (74, 96), "upper_arm": (-15, 25), "forearm": (75, 100), "forearm_out": (-30, 10)}, {},
        (1.0, 3.0), extra=_PRONE_LEGS, weight=2.5,
    ),
    "high_plank": Movement("other", {"torso": (58, 82)} | _PUSH_UP_TOP, {}, (1.0, 3.0), extra=_PRONE_LEGS, weight=1.5),
    "mountain_climber": Movement(
        "other", {"torso": (60, 88)} | _PRONE_LEGS | _PUSH_UP_TOP, {"thigh_l": (-10, 60), "shin_l": (-110, -50)},
        (0.35, 1.4), alternate=True, weight=1.5,
    ),
    "bird_dog": Movement(
        "other", {"torso": (80, 95), "thigh": (-8, 12), "shin": (-100, -80)} | _PUSH_UP_TOP,
        {"thigh_l": (-95, -60), "shin_l": (-100, -60), "upper_arm_r": (60, 100), "forearm_r": (60, 100)}, (1.5, 4.0),
        alternate=True,
    ),
    "sit_up": Movement("other", _KNEES_UP, {"torso": (-60, 15)}, (1.2, 3.5), _ANY_ARMS, weight=1.5),
    "leg_raise": Movement("other", _SUPINE, {"thigh": (125, 185), "shin": (115, 190)}, (1.2, 3.5), ("forward",)),
    "bridge": Movement(
        "other", _KNEES_UP, {"torso": (-125, -105), "thigh": (80, 112)}, (1.2, 3.5), ("forward",), weight=1.5,
    ),
    "bench_press": Movement(
        "other", _KNEES_UP | {"upper_arm": (30, 70), "upper_arm_out": (30, 70), "forearm": (85, 95)},
        {"upper_arm": (80, 100), "upper_arm_out": (0, 20), "forearm": (80, 100)}, (1.0, 3.0), weight=2,
    ),
    "russian_twist": Movement(
        "other", {"torso": (-60, -25), "thigh": (105, 140), "shin": (20, 80)} | _ARMS["at_chest"], {"twist": (25, 60)},
        (0.7, 2.5), alternate=True,
    ),
}  # fmt: skip


def read(count: int, seed: int, seconds: float = 6.0) -> Iterator[Sequence]:
    """`count` movements, the same for the same seed."""
    rng = np.random.default_rng(seed)
    names = list(MOVEMENTS)
    weights = np.array([MOVEMENTS[name].weight for name in names])
    for index in range(count):
        name = names[rng.choice(len(names), p=weights / weights.sum())]
        world = figure(angles(MOVEMENTS[name], rng, round(seconds * RATE)), rng)
        seen = np.any(world != 0.0, axis=-1)
        world, title = hip_centred(world, seen), f"{name}-{index}"
        yield Sequence(even_stamps(len(world), RATE), world, seen, MOVEMENTS[name].label, "synthetic", title, title)


def angles(movement: Movement, rng: np.random.Generator, frames: int) -> Array:
    """Segment angles (frames, len(ANGLES)) [rad] of one person doing `movement`."""
    arms = _ARMS[movement.arms[rng.integers(len(movement.arms))]]
    start = _draw(_STAND | arms | movement.extra | movement.start, rng)
    turn = start | _draw(movement.turn, rng)
    begin, end = (np.array([pose[name] for name in ANGLES]) for pose in (start, turn))
    phase, odd = _phase(movement.period, rng, frames)
    if movement.alternate:
        end = np.where(odd[:, None], _other_side(end), end)
    path = begin + phase[:, None] * (end - begin)
    fidget = rng.uniform(0.5, 3.0) * _wander(rng, frames, len(ANGLES))
    follow = [ANGLES.index(f"{name}_{side}") for name in ("upper_arm", "forearm") for side in "lr"]
    if arms and "upper_arm" not in movement.turn:  # hands on the body turn with it
        path[:, follow] -= path[:, [0]] - begin[0]
    return np.asarray(np.radians(path + fidget))


def _draw(pose: Pose, rng: np.random.Generator) -> dict[str, float]:
    """One value for each angle; both sides nearly the same where no side is named."""
    values: dict[str, float] = {}
    for name, (low, high) in pose.items():
        value = rng.uniform(low, high)
        for angle in (name, f"{name}_l", f"{name}_r"):
            if angle in ANGLES:
                values[angle] = value + (rng.normal(0.0, 3.0) if angle != name else 0.0)
    return values


def _other_side(pose: Array) -> Array:
    """The mirrored pose."""
    opposite = {"_l": "_r", "_r": "_l"}
    swap = [ANGLES.index(name[:-2] + opposite[name[-2:]] if name[-2:] in opposite else name) for name in ANGLES]
    sign = np.array([-1.0 if name in ("lean", "twist") else 1.0 for name in ANGLES])
    return np.asarray(pose[swap] * sign)


def _phase(period: Range, rng: np.random.Generator, frames: int) -> tuple[Array, NDArray[np.bool_]]:
    """Progress 0..1..0 of repetition after repetition, (frames,), and whether the repetition is an odd one."""
    seconds = rng.uniform(*period)
    shares = rng.dirichlet([6.0, 1.0, 6.0, 1.0])  # there, hold, back, rest
    edges = np.cumsum(shares)
    time = rng.uniform(0.0, 1.0) + np.arange(frames) / RATE / seconds + 0.03 * _wander(rng, frames, 1)[:, 0]
    t = time % 1.0
    ease = np.interp(t, [0.0, edges[0], edges[1], edges[2], 1.0], [0.0, 1.0, 1.0, 0.0, 0.0])
    return 0.5 - 0.5 * np.cos(np.pi * ease), np.floor(time).astype(int) % 2 == 1


def _wander(rng: np.random.Generator, frames: int, columns: int) -> Array:
    """Smooth noise of unit size (frames, columns) that changes within about a second."""
    knots = frames // RATE + 3
    values = rng.normal(size=(knots, columns))
    at = np.arange(frames) / RATE + rng.uniform(0.0, 1.0)
    low = at.astype(int)
    w = (0.5 - 0.5 * np.cos(np.pi * (at - low)))[:, None]
    smooth: Array = values[low] * (1.0 - w) + values[low + 1] * w
    return smooth


def _direction(pitch: Array, out: Array, side: float) -> Array:
    """(T, 3) unit vectors in body axes: own left, down, forward."""
    return np.stack([side * np.sin(out), np.cos(out) * np.cos(pitch), np.cos(out) * np.sin(pitch)], axis=-1)


def figure(angle: Array, rng: np.random.Generator) -> Floats:
    """Landmarks (T, 33, 3) [m] of a figure with drawn proportions, facing the camera; zero where it has none."""
    get = {name: angle[:, index] for index, name in enumerate(ANGLES)}
    size = {
        part: length * rng.uniform(0.85, 1.15)
        for part, length in {
            "torso": 0.48, "thigh": 0.40, "shin": 0.38, "upper_arm": 0.26, "forearm": 0.23, "foot": 0.15,
            "hand": 0.08, "shoulder": 0.17, "hip": 0.10, "head": 0.22,
        }.items()
    }  # fmt: skip
    up = -_direction(-get["torso"], get["lean"], 1.0)
    ahead = np.stack([np.zeros_like(up[:, 0]), -up[:, 2], up[:, 1]], axis=-1) * -1.0
    across = np.stack([np.cos(get["twist"]), np.zeros_like(get["twist"]), np.sin(get["twist"])], axis=-1)
    body = np.zeros((len(angle), len(LANDMARKS), 3))
    chest = size["torso"] * up
    body[:, LANDMARK_INDEX["nose"]] = chest + size["head"] * up + 0.1 * ahead
    for side, sign in (("left", 1.0), ("right", -1.0)):
        s = side[0]
        lengths = {"thigh": "hip", "shin": "knee", "upper_arm": "shoulder", "forearm": "elbow"}
        body[:, LANDMARK_INDEX[f"{side}_hip"]] = sign * size["hip"] * np.array([1.0, 0.0, 0.0])
        body[:, LANDMARK_INDEX[f"{side}_shoulder"]] = chest + sign * size["shoulder"] * across
        ends = {"thigh": "knee", "shin": "ankle", "upper_arm": "elbow", "forearm": "wrist"}
        for segment, origin in lengths.items():
            way = _direction(get[f"{segment}_{s}"], get[f"{segment}_out_{s}"], sign)
            start = body[:, LANDMARK_INDEX[f"{side}_{origin}"]]
            body[:, LANDMARK_INDEX[f"{side}_{ends[segment]}"]] = start + size[segment] * way
        hand = _direction(get[f"forearm_{s}"], get[f"forearm_out_{s}"], sign)
        body[:, LANDMARK_INDEX[f"{side}_index"]] = body[:, LANDMARK_INDEX[f"{side}_wrist"]] + size["hand"] * hand
        toes = _direction(get[f"shin_{s}"] + np.pi / 2.2, np.zeros(len(angle)), sign)
        ankle = body[:, LANDMARK_INDEX[f"{side}_ankle"]]
        body[:, LANDMARK_INDEX[f"{side}_heel"]] = ankle - 0.3 * size["foot"] * toes
        body[:, LANDMARK_INDEX[f"{side}_foot_index"]] = ankle + size["foot"] * toes
    # Own left, down, forward of a person who faces the camera: right, down, towards it.
    return np.asarray(body * np.array([1.0, 1.0, -1.0]), np.float32)

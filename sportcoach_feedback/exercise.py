"""Exercises as data: what drives a repetition, the reference movement, the faults worth a word."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.located_yaml import Entry, read_yaml
from sportcoach_perception.angles import SIDED, UNSIDED
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.lowering import ENDS

SIDES: Final = ("each", "mean", "left", "right", "front", "rear")
"""Sides an angle can be judged on: one by one, their mean, or one; the front leg has the more flexed hip."""

DIFFERENCE: Final = "difference"
"""Side of a fault or a posture that is about how much larger an angle is on one side than on the other."""

VIEWS: Final = {"front": 0.0, "oblique": 25.0, "side": 65.0}
"""View angle [degrees] at which each view begins, see `angles.view_angle`: what can be judged depends on the view."""


def view_of(angle: float) -> str:
    """Name of the view with that view `angle` [degrees]."""
    for name, begin in _FROM_THE_SIDE_ON:
        if angle >= begin:
            return name
    raise ValueError(f"a view of {angle} degrees")


_FROM_THE_SIDE_ON: Final = tuple(reversed(VIEWS.items()))


PHASES: Final = ("out", "turn", "back", "moving")
"""When a fault is looked for: on the way out, once at the turning point, on the way back, or all the way."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What drives a repetition: the mean of an angle over its sides, `start` and `turn` in degrees.

    lowered: at the turning point the angle is told from the picture, see `sportcoach_perception.lowering`.
    """

    angle: str
    start: float
    turn: float
    lowered: bool

    def progress(self, angle: float) -> float:
        """0 at the start, 1 at the turning pose; beyond either where the athlete goes beyond it."""
        return (angle - self.start) / (self.turn - self.start)


@dataclass(frozen=True, slots=True)
class Limit:
    """A range [degrees] that an angle must be in from progress `since` on, or the exercise isn't being done at all."""

    angle: str
    side: str
    views: tuple[str, ...]
    since: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class JudgedAngle:
    """An angle with its reference over the progress of the movement.

    weight: 0..1, how much it matters.
    tolerance: degrees either side of the reference that are as good as the reference.
    curve: (progress, degrees) control points, progress increasing; straight lines between.
    """

    angle: str
    side: str
    views: tuple[str, ...]
    weight: float
    tolerance: float
    curve: tuple[tuple[float, float], ...]

    def reference(self, progress: float) -> float:
        """Degrees at `progress`; the ends of the curve hold beyond them."""
        x0, y0 = self.curve[0]
        if progress <= x0:
            return y0
        for x1, y1 in self.curve[1:]:
            if progress < x1:
                return (y1 - y0) / (x1 - x0) * (progress - x0) + y0
            x0, y0 = x1, y1
        return y0


@dataclass(frozen=True, slots=True)
class FaultRule:
    """A fault is present while `angle` is above (sign +1) or below (sign -1) `threshold` degrees in `phase`."""

    name: str
    angle: str
    side: str
    views: tuple[str, ...]
    phase: str
    sign: int
    threshold: float
    severity: Severity

    def excess(self, angle: float) -> float:
        """Degrees beyond the threshold, negative within it."""
        return self.sign * (angle - self.threshold)


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise, as read from its YAML file."""

    name: str
    source: str
    signal: Signal
    posture: tuple[Limit, ...]
    joints: tuple[JudgedAngle, ...]
    faults: tuple[FaultRule, ...]


def _angle_and_side(fields: dict[str, Entry], sides: tuple[str, ...] = SIDES) -> tuple[str, str]:
    angle = fields["angle"].choice((*SIDED, *UNSIDED))
    if angle in UNSIDED:
        if "side" in fields:
            raise fields["side"].error(f"'{angle}' has no sides: leave 'side' out")
        return angle, ""
    return angle, fields["side"].choice(sides) if "side" in fields else "each"


def _views(fields: dict[str, Entry]) -> tuple[str, ...]:
    return tuple(item.choice(VIEWS) for item in fields["views"].items()) if "views" in fields else tuple(VIEWS)


def _signal(entry: Entry) -> Signal:
    fields = entry.fields(("angle", "start", "turn"), ("lowered",))
    start, turn = (fields[key].number(-180.0, 180.0) for key in ("start", "turn"))
    if start == turn:
        raise fields["turn"].error("'turn' must differ from 'start'")
    lowered = fields["lowered"].flag() if "lowered" in fields else False
    return Signal(fields["angle"].choice(ENDS if lowered else SIDED), start, turn, lowered)


def _limit(entry: Entry) -> Limit:
    fields = entry.fields(("angle",), ("side", "views", "since", "above", "below"))
    angle, side = _angle_and_side(fields, (*SIDES, DIFFERENCE))
    since = fields["since"].number(0.0, 2.0) if "since" in fields else -math.inf
    lowest = fields["above"].number(-180.0, 180.0) if "above" in fields else -180.0
    highest = fields["below"].number(-180.0, 180.0) if "below" in fields else 180.0
    return Limit(angle, side, _views(fields), since, lowest, highest)


def _curve(entry: Entry) -> tuple[tuple[float, float], ...]:
    points = [item.items() for item in entry.items()]
    if not points or any(len(point) != 2 for point in points):
        raise entry.error("'curve' must be a list of [progress, degrees] points")
    curve = tuple((x.number(0.0, 2.0), y.number(-180.0, 180.0)) for x, y in points)
    if any(a[0] >= b[0] for a, b in pairwise(curve)):
        raise entry.error("the points of 'curve' must have increasing progress")
    return curve


def _judged(entry: Entry) -> JudgedAngle:
    fields = entry.fields(("angle", "weight", "tolerance", "curve"), ("side", "views"))
    angle, side = _angle_and_side(fields)
    weight, tolerance = fields["weight"].number(0.01, 1.0), fields["tolerance"].number(1.0, 90.0)
    return JudgedAngle(angle, side, _views(fields), weight, tolerance, _curve(fields["curve"]))


def _fault(entry: Entry) -> FaultRule:
    fields = entry.fields(("name", "angle", "phase", "severity"), ("side", "views", "above", "below"))
    if ("above" in fields) == ("below" in fields):
        raise entry.error("a fault needs a threshold: either 'above' or 'below'")
    angle, side = _angle_and_side(fields, (*SIDES, DIFFERENCE))
    bound = "above" if "above" in fields else "below"
    return FaultRule(
        name=fields["name"].text(),
        angle=angle,
        side=side,
        views=_views(fields),
        phase=fields["phase"].choice(PHASES),
        sign=1 if bound == "above" else -1,
        threshold=fields[bound].number(-180.0, 180.0),
        severity=Severity[fields["severity"].choice([level.name.lower() for level in Severity]).upper()],
    )


def _faults(entry: Entry) -> tuple[FaultRule, ...]:
    """The rules; a fault may have one of its own for each view."""
    rules: list[FaultRule] = []
    for item in entry.items():
        rule = _fault(item)
        if any(rule.name == other.name and set(rule.views) & set(other.views) for other in rules):
            raise item.error(f"there is another fault '{rule.name}' for the same view")
        rules.append(rule)
    return tuple(rules)


def load_exercise(path: Path) -> Exercise:
    """The exercise that the YAML file at `path` describes.

    Raises:
        UserError: the file cannot be read or is not an exercise; the message says where and why.
    """
    fields = read_yaml(path, "an exercise").fields(("name", "source", "signal", "joints", "faults"), ("posture",))
    return Exercise(
        name=fields["name"].text(),
        source=fields["source"].text(),
        signal=_signal(fields["signal"]),
        posture=tuple(_limit(item) for item in fields["posture"].items()) if "posture" in fields else (),
        joints=tuple(_judged(item) for item in fields["joints"].items()),
        faults=_faults(fields["faults"]),
    )


def load_exercises(folder: Path | None = None) -> dict[str, Exercise]:
    """All exercises (*.yaml) of `folder`, by name; the shipped ones for None.

    Raises:
        UserError: the folder holds no exercise, two of one name, or a file that is not an exercise.
    """
    folder = folder or config_path("exercises")
    exercises: dict[str, Exercise] = {}
    for path in sorted(folder.glob("*.yaml")):
        exercise = load_exercise(path)
        if exercise.name in exercises:
            raise UserError(f"{path}: there is another exercise named '{exercise.name}' in {folder}")
        exercises[exercise.name] = exercise
    if not exercises:
        raise UserError(f"no exercises (*.yaml) in {folder}")
    return exercises

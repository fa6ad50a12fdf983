"""The drawings of a report as plain numbers and SVG path data; templates/report.html.j2 gives them their looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.session import JointCurve
from sportcoach_perception.angles import joint_of
from sportcoach_perception.skeleton import BONES, LANDMARK_INDEX

CURVE_POINTS: Final = 6000
"""Points of a drawn curve: every frame of three minutes; fewer a second in longer sessions."""

SLOWEST: Final = 1 / 3
"""Seconds between two points of a drawn curve at most; a repetition takes one at least."""

PLOT_WIDTH: Final = 20_000
PLOT_HEIGHT: Final = 400
"""Drawing units of a plot, which is stretched to its place on the page; whole numbers keep the paths short."""

_GAP: Final = 0.2
"""Seconds without a sample at which a curve is interrupted, or one and a half steps of the drawn curve."""

_PIXELS_PER_SECOND: Final = 24
_MAX_PIXELS: Final = 16_000
_TICK_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)
_TICK_PIXELS: Final = 90

_MIN_SPAN: Final = 30.0
"""Smallest range of a plot [degrees], so that noise does not look like movement."""


class TimeAxis:
    """Seconds of a session along the width of its plots."""

    def __init__(self, duration: float) -> None:
        self.span = max(duration, 1.0)
        self.pixels = min(_MAX_PIXELS, math.ceil(self.span * _PIXELS_PER_SECOND))
        """Width below which the plots scroll rather than shrink."""
        wanted = _TICK_PIXELS * self.span / max(self.pixels, 700)
        self.step = next((step for step in _TICK_STEPS if step >= wanted), _TICK_STEPS[-1])

    def percent(self, seconds: float) -> float:
        """Position from the left edge, 0..100."""
        return round(100 * seconds / self.span, 3)

    def units(self, seconds: NDArray[np.float64]) -> NDArray[np.int64]:
        """Position in drawing units."""
        return np.asarray(np.rint(seconds * (PLOT_WIDTH / self.span)), np.int64)

    def ticks(self) -> list[int]:
        """Whole seconds to label."""
        return list(range(0, int(self.span) + 1, self.step))

    def bars(self, times: Sequence[float]) -> str:
        """Path of upright lines at `times`, the full height of a plot."""
        return "".join(f"M{x} 0V{PLOT_HEIGHT}" for x in self.units(np.array(times, np.float64)).tolist())

    def bands(self, spans: list[tuple[float, float]]) -> str:
        """Path of filled bands over `spans`, the full height of a plot."""
        edges = self.units(np.array(spans, np.float64).reshape(-1, 2)).tolist()
        return "".join(f"M{left} 0H{right}V{PLOT_HEIGHT}H{left}z" for left, right in edges)


@dataclass(frozen=True, slots=True)
class Plot:
    """One judged joint over time.

    low, high: range of the plot [degrees]; angle, reference, off, cues: path data, `off` fills what is between the two
    while the joint is out of tolerance, `cues` are lines where something was said about it. off_share: share of the
    judged time; worst: largest deviation out of tolerance, with its sign, 0 for none [degrees].
    """

    joint: str
    low: int
    high: int
    angle: str
    reference: str
    off: str
    cues: str
    off_share: float
    worst: float


def plot_joint(curve: JointCurve, seconds: NDArray[np.float64], axis: TimeAxis, cues: Sequence[float] = ()) -> Plot:
    """Draw `curve`; `seconds` (N,) are the times of all frames, `cues` those of what was said about it."""
    deviation = np.where(curve.in_tolerance, 0.0, curve.angle - curve.reference)
    deviation[~np.isfinite(deviation)] = 0.0
    step = min(axis.span / CURVE_POINTS, SLOWEST)
    keep = _thin_out(seconds[curve.frame], step)
    time, angle, reference = seconds[curve.frame][keep], curve.angle[keep], curve.reference[keep]
    off = np.logical_or.reduceat(~curve.in_tolerance, keep)
    off[1:] |= off[:-1]  # a deviation lasts until the next point
    low, high = _range(np.concatenate((angle, reference)))
    gap = max(_GAP, 1.5 * step)
    x = axis.units(time)
    y_angle, y_reference = (_height(degrees, low, high) for degrees in (angle, reference))
    return Plot(
        joint=curve.joint,
        low=low,
        high=high,
        angle="".join(_line(x[run], y_angle[run]) for run in _runs(np.isfinite(angle), time, gap)),
        reference="".join(_line(x[run], y_reference[run]) for run in _runs(np.isfinite(reference), time, gap)),
        off="".join(
            _line(np.append(x[run], x[run][::-1]), np.append(y_angle[run], y_reference[run][::-1])) + "z"
            for run in _runs(off & np.isfinite(angle) & np.isfinite(reference), time, gap)
        ),
        cues=axis.bars(cues),
        off_share=float(np.mean(~curve.in_tolerance)),
        worst=float(deviation[np.argmax(np.abs(deviation))]),
    )


def _range(degrees: NDArray[np.float32]) -> tuple[int, int]:
    """Range of a plot that shows all finite `degrees`, in steps of 5."""
    finite = degrees[np.isfinite(degrees)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    margin = max(3.0, (_MIN_SPAN - (high - low)) / 2)
    return 5 * math.floor((low - margin) / 5), 5 * math.ceil((high + margin) / 5)


def _thin_out(time: NDArray[np.float64], step: float) -> NDArray[np.intp]:
    """Indices of the first sample in every `step` seconds."""
    return np.unique(np.floor(time / step), return_index=True)[1]


def _height(degrees: NDArray[np.float32], low: int, high: int) -> NDArray[np.int64]:
    """Drawing units from the top; not finite degrees become 0, which is never drawn."""
    return np.asarray(
        np.rint(np.nan_to_num((high - degrees) / (high - low), posinf=0, neginf=0) * PLOT_HEIGHT), np.int64
    )


def _runs(wanted: NDArray[np.bool_], time: NDArray[np.float64], gap: float) -> list[slice]:
    """Stretches of at least two `wanted` samples without a gap in `time`."""
    breaks = np.flatnonzero((np.diff(time) > gap) | (wanted[1:] != wanted[:-1])) + 1
    edges = [0, *breaks.tolist(), len(wanted)]
    return [slice(a, b) for a, b in pairwise(edges) if b - a > 1 and wanted[a]]


def _line(x: NDArray[np.int64], y: NDArray[np.int64]) -> str:
    """Path through the points, in relative steps."""
    steps = zip(np.diff(x).tolist(), np.diff(y).tolist(), strict=True)
    return f"M{x[0]} {y[0]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps)


@dataclass(frozen=True, slots=True)
class JointReading:
    """A judged joint in one frame [degrees]."""

    joint: str
    angle: float
    reference: float
    in_tolerance: bool

    @property
    def deviation(self) -> float:
        """Angle - reference."""
        return self.angle - self.reference


@dataclass(frozen=True, slots=True)
class Bone:
    """A line of the figure; `faint` when an end of it is probably hidden."""

    x1: float
    y1: float
    x2: float
    y2: float
    faint: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A judged joint of the figure and its worst reading."""

    x: float
    y: float
    reading: JointReading


@dataclass(frozen=True, slots=True)
class Figure:
    """A skeleton in a box of `width` x `height` drawing units; `head` is x, y, radius; `marks` have the worst first."""

    width: float
    height: float
    bones: list[Bone]
    head: tuple[float, float, float]
    marks: list[Mark]


_FACE: Final = range(11)
_FINGERS: Final = range(17, 23)
_BODY_BONES: Final = tuple(bone for bone in BONES if not any(end in _FACE or end in _FINGERS for end in bone))
_HEAD_RADIUS: Final = 0.11
"""Of an adult [m]."""
_SCALE: Final = 200.0
"""Drawing units per metre."""
_MARGIN: Final = 0.42
"""Around the figure, room for a label [m]."""
_VISIBLE: Final = 0.5


def draw_figure(position: NDArray[np.float32], visibility: NDArray[np.float32], readings: list[JointReading]) -> Figure:
    """Draw a skeleton with its judged joints.

    Args:
        position: (33, 2) x right, y down [m].
        visibility: (33,) 0..1.
        readings: what was judged; of several at one joint the worst is marked.
    """
    face = position[: len(_FACE)].mean(axis=0)
    body = np.vstack((position[len(_FACE) :], face - _HEAD_RADIUS, face + _HEAD_RADIUS))
    origin = body.min(axis=0) - _MARGIN
    width, height = ((body.max(axis=0) + _MARGIN - origin) * _SCALE).tolist()
    place = np.round((position - origin) * _SCALE, 1).astype(float)
    centre = np.round((face - origin) * _SCALE, 1).tolist()
    worst: dict[str, JointReading] = {}
    for reading in sorted(readings, key=lambda reading: (reading.in_tolerance, -abs(reading.deviation))):
        worst.setdefault(joint_of(reading.joint), reading)
    return Figure(
        width=round(width, 1),
        height=round(height, 1),
        bones=[_bone(place[[a, b]], float(min(visibility[a], visibility[b]))) for a, b in _BODY_BONES],
        head=(centre[0], centre[1], _HEAD_RADIUS * _SCALE),
        marks=[Mark(*_joint_place(joint, place), reading) for joint, reading in worst.items()],
    )


def _bone(ends: NDArray[np.float64], visibility: float) -> Bone:
    x1, y1, x2, y2 = ends.ravel().tolist()
    return Bone(x1, y1, x2, y2, faint=visibility < _VISIBLE)


def _joint_place(joint: str, place: NDArray[np.float64]) -> tuple[float, float]:
    """Where a joint is on the figure: between left and right where no side is named, the trunk in its middle."""
    names = [joint] if joint in LANDMARK_INDEX else [f"left_{joint}", f"right_{joint}"]
    if names[-1] not in LANDMARK_INDEX:
        names = ["left_shoulder", "right_shoulder", "left_hip", "right_hip"]
    x, y = place[[LANDMARK_INDEX[name] for name in names]].mean(axis=0).tolist()
    return round(x, 1), round(y, 1)

"""Curves keep their shape and their plot, figures their proportions."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_results import RATE, Part, make_results

from sportcoach.charts import CURVE_POINTS, PLOT_HEIGHT, PLOT_WIDTH, JointReading, TimeAxis, draw_figure, plot_joint
from sportcoach.session import JointCurve


def curve_of(angle: np.ndarray, reference: np.ndarray, frame: np.ndarray, in_tolerance: np.ndarray) -> JointCurve:
    weight = np.ones(len(frame), np.float32)
    return JointCurve("knee", frame, angle.astype(np.float32), reference.astype(np.float32), weight, in_tolerance)


def points(path: str) -> list[tuple[int, int]]:
    """Absolute points of a path of M and relative l commands."""
    found = []
    for piece in re.findall(r"M[^M]*", path.replace("z", "")):
        start, _, steps = piece[1:].partition("l")
        x, y = map(int, start.split())
        found.append((x, y))
        numbers = list(map(int, steps.split()))
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            found.append((x, y))
    return found


@given(
    st.lists(
        st.tuples(st.integers(1, 90), st.floats(-400, 400) | st.just(float("nan")), st.floats(0, 180), st.booleans()),
        min_size=1,
        max_size=80,
    )
)
def test_curves_stay_inside_their_plot(samples: list[tuple[int, float, float, bool]]) -> None:
    steps, angle, reference, kept = zip(*samples, strict=True)
    frame = np.cumsum(steps)
    seconds = np.arange(frame[-1] + 1) / RATE
    curve = curve_of(np.array(angle), np.array(reference), frame, np.array(kept))
    plot = plot_joint(curve, seconds, TimeAxis(seconds[-1]))
    assert plot.low < plot.high
    for path in (plot.angle, plot.reference, plot.off):
        assert all(0 <= x <= PLOT_WIDTH and 0 <= y <= PLOT_HEIGHT for x, y in points(path))


def test_curve_of_a_short_session_keeps_its_extremes() -> None:
    frame = np.arange(300)
    angle = (90 + 60 * np.cos(frame / 15)).astype(np.float32)
    plot = plot_joint(curve_of(angle, angle, frame, np.ones(300, np.bool_)), frame / RATE, TimeAxis(10.0))
    degrees = [plot.high - y / PLOT_HEIGHT * (plot.high - plot.low) for _, y in points(plot.angle)]
    assert max(degrees) == pytest.approx(150, abs=1)
    assert min(degrees) == pytest.approx(30, abs=1)
    assert plot.off == ""


def test_curve_is_interrupted_where_nothing_was_judged() -> None:
    frame = np.concatenate((np.arange(30), np.arange(60, 90)))
    angle = np.full(60, 90.0)
    plot = plot_joint(curve_of(angle, angle, frame, np.ones(60, np.bool_)), np.arange(90) / RATE, TimeAxis(3.0))
    assert plot.angle.count("M") == 2


def test_a_single_frame_out_of_tolerance_is_seen() -> None:
    frame = np.arange(300)
    angle, kept = np.full(300, 90.0), np.ones(300, np.bool_)
    angle[100], kept[100] = 130.0, False
    plot = plot_joint(curve_of(angle, np.full(300, 90.0), frame, kept), frame / RATE, TimeAxis(10.0))
    assert plot.off
    assert plot.worst == 40.0
    assert plot.off_share == pytest.approx(1 / 300)


def test_long_curves_are_thinned_out() -> None:
    frame = np.arange(20 * 60 * RATE)
    angle = 90 + 60 * np.cos(frame / 15)
    kept = np.ones(len(frame), np.bool_)
    plot = plot_joint(curve_of(angle, angle, frame, kept), frame / RATE, TimeAxis(20 * 60.0))
    assert len(points(plot.angle)) <= CURVE_POINTS + 1


@pytest.mark.parametrize("seconds", [0.0, 0.5, 9.0, 75.0, 600.0, 7200.0])
def test_axis_has_a_readable_number_of_ticks(seconds: float) -> None:
    axis = TimeAxis(seconds)
    assert axis.percent(0) == 0
    assert axis.percent(axis.span) == 100
    assert 1 <= len(axis.ticks()) <= 200


def test_figure_marks_the_worst_reading_of_every_joint_inside_its_box() -> None:
    result = list(make_results((Part("squat", 1),)))[45]
    readings = [
        JointReading("left_knee", 90, 80, in_tolerance=True),
        JointReading("left_knee_valgus", 20, 0, in_tolerance=False),
        JointReading("trunk", 40, 39, in_tolerance=True),
        JointReading("hip", 70, 60, in_tolerance=True),
    ]
    figure = draw_figure(result.skeleton.world[:, :2], result.skeleton.visibility, readings)
    assert [mark.reading.joint for mark in figure.marks] == ["left_knee_valgus", "hip", "trunk"]
    ends = [(bone.x1, bone.y1) for bone in figure.bones] + [(bone.x2, bone.y2) for bone in figure.bones]
    for x, y in [*ends, *((mark.x, mark.y) for mark in figure.marks)]:
        assert 0 < x < figure.width
        assert 0 < y < figure.height
    assert not any(bone.faint for bone in figure.bones)

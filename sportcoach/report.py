"""report.html: one self-contained page about a session, for the athlete.

Jinja2 fills a template of ours with inline SVG: a page of some ten kilobytes that needs no script and follows the
reader's light or dark setting, where an inlined plotting library would weigh megabytes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter1d

from sportcoach.charts import Figure, JointReading, Plot, TimeAxis, draw_figure, plot_joint
from sportcoach.session import CueRecord, JointCurve, RepetitionRecord, Session, SessionLog, write_atomically
from sportcoach.wording import clock, grade, words
from sportcoach_perception.angles import joint_of

_SUSTAINED: Final = 0.3
"""Seconds for which a deviation must last to be shown as the worst: a slip of the pose estimate does not."""

_JUDGED: Final = 0.5
"""Seconds from a cue within which an angle that it is about was judged."""

_MIN_EXERCISE: Final = 1.0
"""Seconds of an exercise that are worth a heading of their own without any repetition."""


@dataclass(frozen=True, slots=True)
class ExerciseSummary:
    """What an athlete wants to know about one exercise of the session.

    quality: mean 0..1, None where unknown; tempo: seconds per repetition; top_fault: the one in most repetitions, in
    `top_fault_count` of them; advice: the correction said most often for it, the first of several, else its name.
    """

    exercise: str
    repetitions: int
    quality: float | None
    tempo: float | None
    top_fault: str
    top_fault_count: int
    advice: str


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """The skeleton at the largest lasting deviation, at `t` [s], and what was judged there, the worst first."""

    t: float
    figure: Figure
    readings: list[JointReading]


def write_report(session: Session, log: SessionLog, path: str | Path) -> None:
    """Write the report of a session.

    Args:
        session: the summary of `log`.
        log: every result of the session.
        path: the file to write, report.html.

    Raises:
        UserError: the folder cannot be written to.
    """
    write_atomically(path, render_report(session, log))


def render_report(session: Session, log: SessionLog) -> str:
    """The page as text, UTF-8."""
    axis = TimeAxis(session.duration_s)
    curves, seconds = log.joint_curves(), log.seconds()
    return (
        templates()
        .get_template("report.html.j2")
        .render(
            session=session,
            exercises=summarize_exercises(session),
            axis=axis,
            plots=_plots(curves, seconds, axis, session.cues),
            bands=axis.bands([(rep.t0, rep.t1) for rep in session.reps]),
            worst=find_worst_frame(session, log, curves, seconds),
        )
    )


def templates() -> Environment:
    """The templates of our pages, with the filters that they use."""
    environment = Environment(
        loader=PackageLoader("sportcoach"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: dict[str, Any] = {"words": words, "clock": clock, "grade": grade, "signed": signed}
    environment.filters.update(filters)
    return environment


def signed(degrees: float) -> str:
    """Whole degrees with their sign."""
    return f"{degrees:+.0f}".replace("-", "\N{MINUS SIGN}")


def summarize_exercises(session: Session) -> list[ExerciseSummary]:
    """One summary per exercise with a repetition or some lasting time, in the order of the session."""
    lasting: defaultdict[str, float] = defaultdict(float)
    for action in session.actions:
        lasting[action.label] += action.t1 - action.t0
    names = {label for label, seconds in lasting.items() if seconds >= _MIN_EXERCISE and label != "other"}
    names |= {repetition.exercise for repetition in session.reps}
    order = [action.label for action in session.actions] + [repetition.exercise for repetition in session.reps]
    return [_summarize(name, session) for name in dict.fromkeys(order) if name in names]


def _summarize(exercise: str, session: Session) -> ExerciseSummary:
    repetitions = [repetition for repetition in session.reps if repetition.exercise == exercise]
    qualities = [repetition.quality for repetition in repetitions if repetition.quality is not None]
    faults = Counter(fault for repetition in repetitions for fault in repetition.faults)
    fault, count = faults.most_common(1)[0] if faults else ("", 0)
    about = [cue for cue in session.cues if (cue.exercise, cue.fault) == (exercise, fault)]
    said = Counter(cue.text for cue in about if cue.severity != "praise")
    return ExerciseSummary(
        exercise=exercise,
        repetitions=len(repetitions),
        quality=fmean(qualities) if qualities else None,
        tempo=fmean(repetition.t1 - repetition.t0 for repetition in repetitions) if repetitions else None,
        top_fault=fault,
        top_fault_count=count,
        advice=said.most_common(1)[0][0] if said else words(fault),
    )


def _plots(
    curves: list[JointCurve], seconds: NDArray[np.float64], axis: TimeAxis, cues: tuple[CueRecord, ...]
) -> list[Plot]:
    """The joints that were out of tolerance longest first, without those judged too shortly to draw."""
    ranked = sorted(curves, key=lambda curve: -np.count_nonzero(~curve.in_tolerance))
    plots = [plot_joint(curve, seconds, axis, _said(curve, seconds, cues)) for curve in ranked]
    return [plot for plot in plots if plot.angle]


def _said(curve: JointCurve, seconds: NDArray[np.float64], cues: tuple[CueRecord, ...]) -> list[float]:
    """When cues were about an angle [s]: about its joint, while the angle was judged."""
    joint, judged = joint_of(curve.joint), seconds[curve.frame]
    return [cue.t for cue in cues if cue.joint == joint and np.abs(judged - cue.t).min(initial=np.inf) <= _JUDGED]


def find_worst_frame(
    session: Session, log: SessionLog, curves: list[JointCurve], seconds: NDArray[np.float64]
) -> WorstFrame | None:
    """The frame with the largest weighted sum of deviations that lasts, within a repetition if there is one.

    Deviations out of tolerance count; where none lasted, all do. None when nothing was judged.
    """
    off, of_any_size = np.zeros(len(seconds)), np.zeros(len(seconds))
    judged = np.zeros(len(seconds), np.bool_)
    for curve in curves:
        size = np.nan_to_num(curve.weight * np.abs(curve.angle - curve.reference))
        judged[curve.frame] = True
        of_any_size[curve.frame] += size
        off[curve.frame] += np.where(curve.in_tolerance, 0.0, size)
    if not judged.any():
        return None
    eligible = _within(session.reps, seconds) & judged
    if not eligible.any():
        eligible = judged
    frames = 1 + round(_SUSTAINED * (len(seconds) - 1) / max(session.duration_s, _SUSTAINED))
    score = minimum_filter1d(off, frames)
    if not score[eligible].any():
        score = minimum_filter1d(of_any_size, frames)
    frame = int(np.argmax(np.where(eligible, score, -1.0)))
    readings = [_reading(curve, frame) for curve in curves if frame in curve.frame]
    readings.sort(key=lambda reading: (reading.in_tolerance, -abs(reading.deviation)))
    return WorstFrame(float(seconds[frame]), draw_figure(*log.pose(frame), readings), readings)


def _within(repetitions: tuple[RepetitionRecord, ...], seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside = np.zeros(len(seconds), np.bool_)
    for repetition in repetitions:
        inside[np.searchsorted(seconds, repetition.t0) : np.searchsorted(seconds, repetition.t1, "right")] = True
    return inside


def _reading(curve: JointCurve, frame: int) -> JointReading:
    index = int(np.searchsorted(curve.frame, frame))
    return JointReading(
        curve.joint, float(curve.angle[index]), float(curve.reference[index]), bool(curve.in_tolerance[index])
    )

"""The page about an athlete's progress over sessions: repetitions, quality and range of each exercise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from sportcoach.report import templates
from sportcoach.session_store import ExerciseOfSession

WIDTH: Final = 600
HEIGHT: Final = 90
MARGIN: Final = 12


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over sessions: places in the drawing, and the first and last value in words."""

    name: str
    points: tuple[tuple[float, float], ...]
    first: str
    last: str


_FIGURES: Final[tuple[tuple[str, str, Callable[[ExerciseOfSession], float | None]], ...]] = (
    ("Repetitions", "{:.0f}", lambda row: float(row.repetitions)),
    ("Quality", "{:.0f} of 100", lambda row: None if row.quality is None else 100.0 * row.quality),
    ("Range", "{:.0f}°", lambda row: row.range_deg),
)


def render_progress(rows: Sequence[ExerciseOfSession]) -> str:
    """The page as text, UTF-8.

    Args:
        rows: of one athlete, the oldest first; at least one.
    """
    by_name = sorted(rows, key=lambda row: row.exercise)
    exercises = [(name, list(group)) for name, group in groupby(by_name, key=lambda row: row.exercise)]
    return (
        templates()
        .get_template("progress.html.j2")
        .render(
            athlete=rows[0].athlete,
            exercises=[(name, group, trends(group)) for name, group in exercises],
            width=WIDTH,
            height=HEIGHT,
        )
    )


def trends(rows: Sequence[ExerciseOfSession]) -> list[Trend]:
    """Every figure that is known of two sessions at least, drawn from zero up."""
    found = []
    for name, form, value in _FIGURES:
        values = [(index, v) for index, row in enumerate(rows) if (v := value(row)) is not None]
        if len(values) > 1:
            top = max(v for _, v in values) or 1.0
            points = tuple(
                (
                    round(MARGIN + index / (len(rows) - 1) * (WIDTH - 2 * MARGIN), 1),
                    round(HEIGHT - MARGIN - v / top * (HEIGHT - 2 * MARGIN), 1),
                )
                for index, v in values
            )
            found.append(Trend(name, points, form.format(values[0][1]), form.format(values[-1][1])))
    return found

"""An evaluation against an earlier one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sportcoach_perception.errors import UserError

OVERALL: Final = "overall"

SPEED: Final = ("speed", "frame_cost")
"""Figures that depend on the machine: shown, not judged."""


@dataclass(frozen=True, slots=True)
class Change:
    """One figure then and now, None where it is missing; `worse` beyond the tolerance."""

    bag: str
    figure: str
    before: float | None
    now: float | None
    worse: bool

    @property
    def changed(self) -> bool:
        """Whether there is a difference at all."""
        return self.before != self.now


def read(path: Path) -> dict[str, Any]:
    """What `sportcoach evaluate bags --json` printed into a file.

    Raises:
        UserError: it is not that.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        _figures(stored)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no output of 'sportcoach evaluate bags --json': {error}") from error
    return dict(stored)


def compare(now: dict[str, Any], before: dict[str, Any], tolerance: float) -> list[Change]:
    """Every figure of the earlier evaluation, overall and per bag, with what it is now.

    Args:
        now: an evaluation as printed.
        before: the earlier one.
        tolerance: shares that differ by less are as good; milliseconds by less than this share of them.
    """
    return list(_changes(_figures(now), _figures(before), tolerance))


Figures = dict[tuple[str, str], dict[str, Any]]


def _figures(evaluation: dict[str, Any]) -> Figures:
    rows = [(OVERALL, evaluation["figures"]), *((bag["bag"], bag["figures"]) for bag in evaluation["bags"])]
    return {(bag, figure["name"]): figure for bag, figures in rows for figure in figures}


def _changes(now: Figures, before: Figures, tolerance: float) -> Iterator[Change]:
    for key, figure in before.items():
        old, new = float(figure["value"]), now.get(key, {}).get("value")
        loss = (old - new if figure["better"] == "higher" else new - old) if new is not None else None
        allowed = tolerance if figure["unit"] == "share" else tolerance * abs(old)
        worse = key[1] not in SPEED and (loss is None or loss > allowed)
        yield Change(*key, old, new, worse)

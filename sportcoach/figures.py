"""The one form of every measured figure: `bench`, `evaluate` and `experiment` print one JSON object made here."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One number; `target` is None where none was set."""

    name: str
    value: float
    unit: str
    better: Literal["higher", "lower"]
    target: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "higher" else self.value <= self.target

    def as_json(self) -> dict[str, Any]:
        """The figure as a JSON object."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "target": self.target,
            "better": self.better,
            "met": self.met,
        }


def machine() -> str:
    """This machine in words: processor architecture, cores, memory."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"


def report(name: str, seed: int, figures: Iterable[Figure], details: Mapping[str, Any] | None = None) -> str:
    """The JSON object of a measurement made today on this machine."""
    return json.dumps(
        {
            "name": name,
            "date": date.today().isoformat(),
            "machine": machine(),
            "seed": seed,
            "figures": [figure.as_json() for figure in figures],
            **(details or {}),
        },
        indent=2,
        ensure_ascii=False,
    )


def print_figures(figures: Iterable[Figure]) -> None:
    """The figures as a table on the terminal."""
    table = Table("figure", "value", "unit", "target", "met")
    for figure in figures:
        target = "" if figure.target is None else f"{figure.target:g}"
        met = {None: "", True: "yes", False: "no"}[figure.met]
        table.add_row(figure.name, f"{figure.value:.3f}", figure.unit, target, met)
    Console().print(table)

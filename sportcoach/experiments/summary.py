"""From trials to the numbers of a table: means over divisions, spread over seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sportcoach.experiments.plot import Line
from sportcoach.experiments.trials import Trialled


@dataclass(frozen=True, slots=True)
class Mean:
    """Over seeds: mean, standard deviation, and the value of each seed."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return float(np.mean(self.values))

    @property
    def spread(self) -> float:
        """Standard deviation over the seeds; 0 for a single one."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else 0.0

    def cells(self, name: str) -> dict[str, float]:
        """For a table: mean and spread."""
        return {name: round(self.mean, 4), f"{name} sd": round(self.spread, 4)}


def curve(label: str, x: Sequence[float], means: Sequence[Mean], joined: bool = True) -> Line:
    """Means with their spreads, for a plot."""
    return Line(label, list(x), [mean.mean for mean in means], [mean.spread for mean in means], joined)


def chosen(rows: Sequence[Trialled], **factors: Any) -> list[Trialled]:
    """The rows with these factors."""
    return [row for row in rows if all(row.factors.get(name) == value for name, value in factors.items())]


def over_seeds(rows: Sequence[Trialled], measure: str) -> Mean:
    """A measure by seed, each its mean over the divisions, every tested sequence counted once.

    Raises:
        ValueError: there is no such row.
    """
    seeds = sorted({row.factors["seed"] for row in rows})
    if not seeds:
        raise ValueError(f"nothing was measured of {measure}")
    values = []
    for seed in seeds:
        own = [row for row in rows if row.factors["seed"] == seed]
        weights = [row.measures["tested"] for row in own]
        values.append(float(np.average([row.measures[measure] for row in own], weights=weights)))
    return Mean(tuple(values))

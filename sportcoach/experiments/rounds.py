"""Figure 8: the error of a movement over five rounds, with and without a coach."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sportcoach.experiments import closed_loop
from sportcoach.experiments.closed_loop import PER_ROUND, ROUNDS, Loop
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import Line, LinePlot
from sportcoach.experiments.trials import Setup, measured
from sportcoach.figures import Figure
from sportcoach_perception.angles import Angles

LAST_ERROR: Final = 3.0
"""To reach in the fifth round [degrees]."""


def run(options: Options) -> Outcome:
    """Let every athlete do its rounds."""
    setup = Setup.of(options)
    trialled, time = measured(options, closed_loop.trials(setup))
    found = [Loop(**trial.measures) for trial in trialled]
    coached, alone = (_rounds([getattr(loop, name) for loop in found]) for name in ("coached", "alone"))
    rounds = list(range(1, ROUNDS + 1))
    rows: list[Row] = [
        {"exercise": loop.exercise, "fault": loop.fault, "view": loop.view, "speed": loop.speed, "round": r,
         "coached": float(coached[n, r - 1]), "alone": float(alone[n, r - 1])}
        for n, loop in enumerate(found) for r in rounds
    ]  # fmt: skip
    lines = [
        Line(label, rounds, values.mean(axis=0).tolist())
        for label, values in (("with coaching", coached), ("without", alone))
    ]
    plot = LinePlot("Error over rounds", "round", "error [degrees]", lines)
    return Outcome(
        [*_figures(found, coached, alone), time], rows, {"fig8": plot}, _sentence(coached, alone), setup.scale.note
    )


def _rounds(errors: Sequence[Sequence[float]]) -> Angles:
    """(N, ROUNDS) mean error of each round [degrees]."""
    return np.asarray(np.reshape(errors, (len(errors), ROUNDS, PER_ROUND)).mean(axis=2), np.float64)


def _figures(found: Sequence[Loop], coached: Angles, alone: Angles) -> list[Figure]:
    last = coached[:, -1]
    return [
        Figure("error_first_round", float(coached[:, 0].mean()), "degrees", "lower"),
        Figure("error_fifth_round", float(last.mean()), "degrees", "lower", LAST_ERROR),
        Figure("error_fifth_round_alone", float(alone[:, -1].mean()), "degrees", "lower"),
        Figure("athletes_below_target", float((last < LAST_ERROR).mean()), "share", "higher"),
        Figure("wrong_corrections", float(np.mean([loop.wrong for loop in found])), "per athlete", "lower"),
        Figure("athletes", float(len(found)), "athletes", "higher"),
    ]


def _sentence(coached: Angles, alone: Angles) -> str:
    return (
        f"With the coach the error goes from {coached[:, 0].mean():.1f} degrees in the first round to "
        f"{coached[:, -1].mean():.1f} in the fifth; alone it stays at {alone[:, -1].mean():.1f}. The athletes are "
        "simulated: they take a right cue to heart after their reaction time and ignore a wrong one, which people do "
        "not always, so only what the coach contributes is measured here."
    )

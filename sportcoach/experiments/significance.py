"""Table 4: whether the differences between networks, and the gain from fusion, are more than chance between seeds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from sportcoach.experiments import comparison, networks
from sportcoach.experiments.material import PEOPLE, SIMULATED
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import LinePlot
from sportcoach.experiments.summary import Mean, chosen, curve, over_seeds
from sportcoach.experiments.trials import Setup, measured
from sportcoach.figures import Figure
from sportcoach_recognition.metrics import TTest, t_test

LEVEL: Final = 0.05
"""Differences that chance makes less often are called significant."""

PAIRS: Final = (
    ("stream_gat", "tcn_gat"),
    ("stream_gat", "tcn_lstm"),
    ("stream_gat", "tcn"),
    ("tcn_gat", "tcn_lstm"),
    ("tcn_gat", "tcn"),
    ("stream_gat", "camera alone"),
    ("stream_gat", "IMUs alone"),
)
_ALONE: Final = {"camera alone": "skeleton_accuracy", "IMUs alone": "inertial_accuracy"}


def run(options: Options) -> Outcome:
    """Welch's t-test for each pair on both sets, over the trainings of table 5."""
    setup = Setup.of(options)
    sets, models = (PEOPLE, SIMULATED), comparison.MODELS
    trials = [trial for name in sets for model in models for trial in networks.trials(setup, name, model)]
    trialled, time = measured(options, trials)
    rows: list[Row] = []
    means: dict[str, dict[str, Mean]] = {}
    for name in sets:
        own = {model: chosen(trialled, dataset=name, model=model) for model in models}
        means[name] = {model: over_seeds(own[model], "accuracy") for model in models}
        means[name] |= {label: over_seeds(own["stream_gat"], key) for label, key in _ALONE.items()}
        rows += [_row(name, a, b, means[name]) for a, b in PAIRS]
    place = list(range(len(means[PEOPLE])))
    curves = [
        curve(label, [x + aside for x in place], list(means[name].values()), joined=False)
        for name, label, aside in ((PEOPLE, "real people", -0.05), (SIMULATED, "simulated", 0.05))
    ]
    plot = LinePlot("Accuracy over seeds", "", "accuracy", curves, bottom=None, ticks=list(means[PEOPLE]))
    figures = [
        Figure(f"{row['set']}_{row['a']}_over_{str(row['b']).replace(' ', '_')}_p", float(row["p"]), "p", "lower")
        for row in rows
    ]
    return Outcome([*figures, time], rows, {"table4": plot}, _sentence(rows, setup.scale.seeds), setup.scale.note)


def _row(name: str, a: str, b: str, means: Mapping[str, Mean]) -> Row:
    test = tested(means[a], means[b])
    return {
        "set": name,
        "a": a,
        "b": b,
        "difference": round(test.difference, 4),
        "t": round(test.t, 3),
        "degrees of freedom": round(test.degrees, 2),
        "p": round(test.p, 5),
        "significant": "yes" if test.p < LEVEL else "no",
    }


def tested(a: Mean, b: Mean) -> TTest:
    """Welch's test; without any spread there is nothing to test: p is 1 for equal means, and 0 for others."""
    if a.spread == b.spread == 0.0:
        difference = a.mean - b.mean
        return TTest(difference, 0.0, 0.0, 1.0 if math.isclose(difference, 0.0, abs_tol=1e-12) else 0.0)
    return t_test(a.values, b.values)


def _sentence(rows: list[Row], seeds: int) -> str:
    sure = [row for row in rows if row["significant"] == "yes"]
    told = "; ".join(
        f"{row['a']} {'over' if float(row['difference']) > 0 else 'below'} {row['b']} on {row['set']} by "
        f"{abs(100.0 * float(row['difference'])):.1f} points (p {float(row['p']):.3f})"
        for row in sure
    )
    return (
        f"Of {len(rows)} differences {len(sure)} are significant at {LEVEL:g} over {seeds} seeds"
        f"{': ' + told if sure else ''}. Seeds stand for the chance in a training, not for other people: the same "
        "people are tested each time. The paper reports its gains as significant; with so few seeds only large ones "
        "can be here, and where networks name nearly everything rightly there is none left to find."
    )

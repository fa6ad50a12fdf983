"""Figure 5: how long a window has to be; 64 frames in the paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sportcoach.experiments import networks
from sportcoach.experiments.material import FRAME_RATE, SIMULATED, WINDOW
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import LinePlot
from sportcoach.experiments.summary import Mean, chosen, curve, over_seeds
from sportcoach.experiments.trials import Setup, Trial, measured
from sportcoach.figures import Figure

MEASURES: Final = {"accuracy": "accuracy", "Angle-Score": "refined_angle_score"}


def run(options: Options) -> Outcome:
    """stream_gat with windows of each length, trained and tested with them."""
    setup = Setup.of(options)
    trialled, time = measured(options, trials(setup))
    means = {
        length: {name: over_seeds(chosen(trialled, window=length), key) for name, key in MEASURES.items()}
        for length in setup.scale.windows
    }
    rows: list[Row] = [
        {"window [frames]": length, "window [s]": round(length / FRAME_RATE, 2), **_cells(measures)}
        for length, measures in means.items()
    ]
    curves = [curve(name, list(means), [measures[name] for measures in means.values()]) for name in MEASURES]
    plot = LinePlot("Length of the window", "frames (30 per second)", "accuracy, Angle-Score", curves, bottom=None)
    figures = [
        Figure(f"accuracy_{length}", measures["accuracy"].mean, "share", "higher") for length, measures in means.items()
    ]
    return Outcome(
        [*figures, time],
        rows,
        {"fig5": plot},
        _sentence({n: m["accuracy"] for n, m in means.items()}),
        setup.scale.note,
    )


def trials(setup: Setup) -> list[Trial]:
    """Every length, over all seeds."""
    return [
        trial
        for length in setup.scale.windows
        for trial in networks.trials(setup, SIMULATED, "stream_gat", window=length)
    ]


def _cells(measures: Mapping[str, Mean]) -> Row:
    return {key: value for name, mean in measures.items() for key, value in mean.cells(name).items()}


def _sentence(accuracy: Mapping[int, Mean]) -> str:
    best = max(accuracy, key=lambda length: accuracy[length].mean)
    enough = min(length for length in accuracy if accuracy[length].mean >= accuracy[best].mean - accuracy[best].spread)
    gain = 100.0 * (accuracy[max(accuracy)].mean - accuracy[min(accuracy)].mean)
    agrees = "which is the paper's choice" if enough == WINDOW else f"where the paper chose {WINDOW}"
    return (
        f"From {min(accuracy)} to {max(accuracy)} frames accuracy changes by {gain:+.1f} points, best at {best} frames "
        f"({accuracy[best].mean:.1%}); {enough} frames are within one deviation of that, {agrees}. stream_gat answers "
        "at every frame, so a longer window adds no waiting as in the paper, but it still shows the exercise before "
        "for as long after a change."
    )

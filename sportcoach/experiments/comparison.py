"""Table 5: our network against the paper's and its baselines, in accuracy, exactness of the angles and latency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sportcoach.experiments import networks, published
from sportcoach.experiments.answer_time import answer_time
from sportcoach.experiments.material import PEOPLE, SIMULATED
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import LinePlot
from sportcoach.experiments.summary import Mean, chosen, curve, over_seeds
from sportcoach.experiments.trials import Setup, Trial, Trialled, measured
from sportcoach.figures import Figure
from sportcoach_recognition import metrics

MODELS: Final = ("tcn", "tcn_lstm", "tcn_gat", "stream_gat")


@dataclass(frozen=True)
class Compared:
    """A network: accuracies and Angle-Score, parameters, processor time of a window and of a step [ms]."""

    model: str
    people: Mean
    simulated: Mean
    angles: Mean
    parameters: int
    window: float
    step: float

    @property
    def score(self) -> float:
        """Eq. 17."""
        return metrics.weighted_score(self.simulated.mean, self.angles.mean, self.step / 1e3)

    def row(self) -> Row:
        """Of the table."""
        return {
            "network": self.model,
            "parameters": self.parameters,
            **self.people.cells("UTD-MHAD"),
            **self.simulated.cells("simulated"),
            **self.angles.cells("Angle-Score"),
            "window [ms]": round(self.window, 2),
            "step [ms]": round(self.step, 2),
            "S (eq. 17)": round(self.score, 4),
        }

    def figures(self) -> list[Figure]:
        """Under the name of the network."""
        return [
            Figure(f"{self.model}_people_accuracy", self.people.mean, "share", "higher"),
            Figure(f"{self.model}_simulated_accuracy", self.simulated.mean, "share", "higher"),
            Figure(f"{self.model}_angle_score", self.angles.mean, "1 - rad", "higher"),
            Figure(f"{self.model}_window", self.window, "ms", "lower"),
            Figure(f"{self.model}_step", self.step, "ms", "lower"),
            Figure(f"{self.model}_score", self.score, "eq. 17", "higher"),
        ]


def run(options: Options) -> Outcome:
    """A line for each network, over both sets and all seeds."""
    setup = Setup.of(options)
    rows, time = measured(options, trials(setup))
    lines = [_compared(model, rows) for model in MODELS]
    place = range(len(MODELS))
    plot = LinePlot(
        "Accuracy by network (mean and deviation over seeds)",
        "",
        "accuracy",
        [
            curve("real people", [x - 0.05 for x in place], [line.people for line in lines], joined=False),
            curve("simulated", [x + 0.05 for x in place], [line.simulated for line in lines], joined=False),
        ],
        ticks=MODELS,
    )
    figures = [figure for line in lines for figure in line.figures()]
    return Outcome(
        [*figures, time], [line.row() for line in lines], {"table5": plot}, _sentence(lines), setup.scale.note
    )


def trials(setup: Setup) -> list[Trial]:
    """Each network on both sets, over all seeds; what an answer costs."""
    accuracies = [
        trial for dataset in (PEOPLE, SIMULATED) for model in MODELS for trial in networks.trials(setup, dataset, model)
    ]
    return [*accuracies, *(Trial(answer_time, {"model": model}, ("networks",)) for model in MODELS)]


def _compared(model: str, rows: Sequence[Trialled]) -> Compared:
    simulated = chosen(rows, model=model, dataset=SIMULATED)
    measures = simulated[0].measures
    refines = "refined_angle_score" in measures
    cost = next(row.measures for row in rows if row.factors == {"model": model})
    return Compared(
        model,
        over_seeds(chosen(rows, model=model, dataset=PEOPLE), "accuracy"),
        over_seeds(simulated, "accuracy"),
        over_seeds(simulated, "refined_angle_score" if refines else "landmark_angle_score"),
        measures["parameters"],
        cost["window"],
        cost["step"],
    )


def _sentence(lines: list[Compared]) -> str:
    by_model = {line.model: line for line in lines}
    theirs, ours = by_model["tcn_gat"], by_model["stream_gat"]
    best = max(lines, key=lambda line: line.people.mean)
    return (
        f"The paper's network names {theirs.simulated.mean:.1%} of the simulated windows rightly, "
        f"{published.against(theirs.simulated.mean, published.ACCURACY)}, stream_gat {ours.simulated.mean:.1%}; of "
        f"real people's 27 actions {theirs.people.mean:.1%} and {ours.people.mean:.1%}, the best being {best.model}. "
        "Athletes and classes are not the paper's, and every network had the same number of training steps, which "
        f"favours those that learn fast. An answer takes {ours.step:.1f} ms after a frame, {theirs.step:.1f} ms with "
        f"the paper's network, which looks at its whole window again; the paper's {published.LATENCY} s are the whole "
        "way from the movement to the feedback, of which this is a small part."
    )

"""Table 3: what is lost without graph attention, its prior, the refined angles, or one of the feedback's two ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from sportcoach.experiments import networks, published
from sportcoach.experiments.channels import CHANNELS, coached
from sportcoach.experiments.material import PEOPLE, SIMULATED
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import LinePlot
from sportcoach.experiments.summary import Mean, chosen, curve, over_seeds
from sportcoach.experiments.trials import Setup, Trial, Trialled, measured
from sportcoach.figures import Figure


@dataclass(frozen=True)
class Variant:
    """A network with something taken away."""

    label: str
    model: str
    sizes: Mapping[str, Any] = field(default_factory=dict)
    refine: bool = True

    @property
    def angles(self) -> str:
        """The measure that is its Angle-Score."""
        return "refined_angle_score" if self.refine and self.model == "stream_gat" else "landmark_angle_score"

    @property
    def datasets(self) -> tuple[str, ...]:
        """Where it differs from the whole network: nobody knows the true angles of people."""
        return (PEOPLE, SIMULATED) if self.refine else (SIMULATED,)


VARIANTS: Final = (
    Variant("tcn_gat", "tcn_gat"),
    Variant("tcn_gat without GAT", "tcn_gat", {"attend": False}),
    Variant("stream_gat", "stream_gat"),
    Variant("stream_gat without prior", "stream_gat", {"prior": False}),
    Variant("stream_gat without refinement", "stream_gat", refine=False),
)


def run(options: Options) -> Outcome:
    """The networks on both sets, and the feedback in a closed loop."""
    setup = Setup.of(options)
    trialled, time = measured(options, [*trials(setup), *feedback_trials(setup)])
    table = {variant.label: _means(variant, trialled) for variant in VARIANTS}
    heard = {channels: chosen(trialled, channels=channels) for channels in CHANNELS}
    left = {channels: float(np.mean([row.measures["left"] for row in rows])) for channels, rows in heard.items()}
    rows: list[Row] = [
        {"variant": label, **{key: value for name, mean in means.items() for key, value in mean.cells(name).items()}}
        for label, means in table.items()
    ]
    rows += [
        {"variant": f"feedback: {channels}", "late [s]": _late(heard[channels]), "fault left": round(left[channels], 4)}
        for channels in CHANNELS
    ]
    figures = [
        *(
            Figure(f"{label.replace(' ', '_')}_{name}".lower(), mean.mean, "share", "higher")
            for label, means in table.items()
            for name, mean in means.items()
        ),
        *(Figure(f"fault_left_{channels}", value, "share", "lower") for channels, value in left.items()),
    ]
    return Outcome([*figures, time], rows, {"table3": _plot(table)}, _sentence(table, left), setup.scale.note)


def trials(setup: Setup) -> list[Trial]:
    """Each network on both sets, over all seeds."""
    return [
        trial
        for variant in VARIANTS
        for dataset in variant.datasets
        for trial in networks.trials(setup, dataset, variant.model, sizes=dict(variant.sizes), refine=variant.refine)
    ]


def feedback_trials(setup: Setup) -> list[Trial]:
    """The same athletes with each way of being told."""
    return [
        Trial(coached, {"channels": channels, "number": number, "seed": setup.seed})
        for channels in CHANNELS
        for number in range(setup.scale.coached_sets)
    ]


def _means(variant: Variant, trialled: Sequence[Trialled]) -> dict[str, Mean]:
    rows = chosen(trialled, model=variant.model, sizes=dict(variant.sizes), refine=variant.refine)
    simulated = chosen(rows, dataset=SIMULATED)
    people = {"UTD-MHAD": chosen(rows, dataset=PEOPLE)} if PEOPLE in variant.datasets else {}
    return {
        **{name: over_seeds(tested, "accuracy") for name, tested in {**people, "simulated": simulated}.items()},
        "Angle-Score": over_seeds(simulated, variant.angles),
    }


def _late(rows: Sequence[Trialled]) -> float | str:
    """Mean time until the athletes knew, of those that ever did."""
    known = [row.measures["late"] for row in rows if row.measures["late"] is not None]
    return round(float(np.mean(known)), 2) if known else "never"


def _plot(table: Mapping[str, Mapping[str, Mean]]) -> LinePlot:
    curves = []
    for number, name in enumerate(next(iter(table.values()))):
        found = {place: means[name] for place, means in enumerate(table.values()) if name in means}
        curves.append(curve(name, [x + 0.08 * (number - 1) for x in found], list(found.values()), joined=False))
    labels = [
        label.replace("stream_gat", "ours").replace("tcn_gat", "paper's").replace("without", "no") for label in table
    ]
    return LinePlot("What each part contributes", "", "accuracy, Angle-Score", curves, bottom=None, ticks=labels)


def _sentence(table: Mapping[str, Mapping[str, Mean]], left: Mapping[str, float]) -> str:
    def loss(whole: str, part: str, name: str) -> str:
        return f"{100.0 * (table[whole][name].mean - table[part][name].mean):+.1f}"

    refined, raw = (table[label]["Angle-Score"].mean for label in ("stream_gat", "stream_gat without refinement"))
    return (
        f"Graph attention is worth {loss('tcn_gat', 'tcn_gat without GAT', 'UTD-MHAD')} points on real people and "
        f"{loss('tcn_gat', 'tcn_gat without GAT', 'simulated')} on simulated ones in the paper's network, the prior "
        f"{loss('stream_gat', 'stream_gat without prior', 'UTD-MHAD')} and "
        f"{loss('stream_gat', 'stream_gat without prior', 'simulated')} in ours; the refined angles score "
        f"{refined:.1%} against {raw:.1%} of the landmarks' own ({published.against(refined, published.ANGLE_SCORE)}), "
        f"and to learn them changes accuracy by {loss('stream_gat', 'stream_gat without refinement', 'simulated')}. "
        f"Of a fault {left['both']:.0%} are left after the set with voice and vibration, {left['voice']:.0%} with the "
        f"voice alone and {left['vibration']:.0%} with vibration alone, which says where but rarely what. The paper's "
        "athletes are people; ours act on whatever they understand, so that only the time until they do and what a "
        "limb's vibration can mean are measured."
    )

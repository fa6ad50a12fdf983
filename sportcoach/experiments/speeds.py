"""Figure 10: hit rate over the speed of the movement."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from sportcoach.experiments import judged_sets
from sportcoach.experiments.coached import Verdict
from sportcoach.experiments.judged_sets import JudgedSet
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import Line, LinePlot
from sportcoach.experiments.set_design import SPEEDS
from sportcoach.experiments.thresholds import HIT, false_rate, hit_rate, named_rate
from sportcoach.experiments.trials import Setup, measured
from sportcoach.figures import Figure


def run(options: Options) -> Outcome:
    """Judge the sets of figure 7 by speed."""
    setup = Setup.of(options)
    trialled, time = measured(options, judged_sets.trials(setup))
    found = [JudgedSet.of(trial.measures).usual for trial in trialled]
    rates: dict[str, Callable[[Iterable[Verdict]], float]] = {
        "hits": hit_rate, "false triggers": false_rate, "hits that name the fault": named_rate
    }  # fmt: skip
    parts = {speed: [v for v in found if v.cell.speed == speed] for speed in SPEEDS}
    rows: list[Row] = [
        {"speed": speed, "tempo": tempo, "sets": len(of), **{label: rate(of) for label, rate in rates.items()}}
        for (speed, tempo), of in zip(SPEEDS.items(), parts.values(), strict=True)
    ]
    tempos = list(SPEEDS.values())
    lines = [Line(label, tempos, [rate(parts[s]) for s in SPEEDS]) for label, rate in rates.items()]
    plot = LinePlot("Corrections over speed", "speed against the mean", "share of the sets", lines, top=1.0)
    hits = {speed: hits for speed, of in parts.items() if not math.isnan(hits := hit_rate(of))}  # a sample may lack one
    figures = [Figure(f"hit_rate_{speed}", share, "share", "higher", HIT) for speed, share in hits.items()]
    told = ", ".join(f"{share:.1%} at {SPEEDS[speed]:g} times the mean speed" for speed, share in hits.items())
    sentence = (
        f"Faults that can be judged in their view are corrected in {told}." if told else "No fault can be judged."
    )
    return Outcome([*figures, time], rows, {"fig10": plot}, sentence, setup.scale.note)

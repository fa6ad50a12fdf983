"""Figure 7: how many faults are corrected, and how many correct sets are, over the threshold of a cue."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from sportcoach.experiments import judged_sets
from sportcoach.experiments.coached import Verdict
from sportcoach.experiments.judged_sets import THRESHOLDS, JudgedSet
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import Line, LinePlot
from sportcoach.experiments.trials import Setup, measured
from sportcoach.figures import Figure
from sportcoach_feedback.cues import THRESHOLD

HIT, FALSE, NAMED = 0.95, 0.05, 0.95
PAPER_HIT, PAPER_FALSE = 0.921, 0.118


def run(options: Options) -> Outcome:
    """The sets at every threshold."""
    setup = Setup.of(options)
    trialled, time = measured(options, judged_sets.trials(setup))
    sets = [JudgedSet.of(trial.measures) for trial in trialled]
    verdicts = {threshold: [judged.at[threshold] for judged in sets] for threshold in THRESHOLDS}
    rows = [row for threshold, found in verdicts.items() for row in table(threshold, found)]
    x = list(verdicts)
    plot = LinePlot(
        "Corrections over the threshold", "threshold [degrees]", "share of the sets",
        [Line("hits", x, [hit_rate(verdicts[t]) for t in x]),
         Line("false triggers", x, [false_rate(verdicts[t]) for t in x]),
         Line("hits that name the fault", x, [named_rate(verdicts[t]) for t in x])],
        top=1.0,
    )  # fmt: skip
    found, told = verdicts[THRESHOLD], [judged.told for judged in sets]
    return Outcome(
        [*figures(found), *told_figures(told), time], rows, {"fig7": plot}, sentence(found), setup.scale.note
    )


def hit_rate(found: Iterable[Verdict]) -> float:
    """Share corrected of the sets with a fault that the exercise looks for in that view."""
    return _share([v.corrected for v in found if v.cell.fault and v.judged])


def false_rate(found: Iterable[Verdict]) -> float:
    """Share corrected of the sets without a fault."""
    return _share([v.corrected for v in found if not v.cell.fault])


def named_rate(found: Iterable[Verdict]) -> float:
    """Share of the hits whose first correction is of the fault that is there: its joint and its direction."""
    return _share([v.named for v in found if v.cell.fault and v.judged and v.corrected])


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else float("nan")


def figures(found: Sequence[Verdict]) -> list[Figure]:
    """What is reached at the default threshold."""
    faulty = [v for v in found if v.cell.fault]
    other = [v for v in faulty if not v.judged]
    rates = [
        Figure("hit_rate", hit_rate(found), "share", "higher", HIT),
        Figure("false_triggers", false_rate(found), "share", "lower", FALSE),
        Figure("named_rightly", named_rate(found), "share", "higher", NAMED),
        Figure("hit_rate_all_views", _share([v.corrected for v in faulty]), "share", "higher"),
        Figure("judged_in_view", _share([v.judged for v in faulty]), "share", "higher"),
        Figure("corrected_unjudged", _share([v.corrected for v in other]), "share", "lower"),
        Figure("in_first_repetition", _share([v.first for v in faulty if v.judged and v.corrected]), "share", "higher"),
        Figure("sets", float(len(found)), "sets", "higher"),
    ]
    return [figure for figure in rates if not math.isnan(figure.value)]


def told_figures(found: Sequence[Verdict]) -> list[Figure]:
    """What is reached when the coach is told which exercise is done: what is missing to it, recognition has missed."""
    rates = [
        Figure("hit_rate_told", hit_rate(found), "share", "higher", HIT),
        Figure("false_triggers_told", false_rate(found), "share", "lower", FALSE),
        Figure("named_rightly_told", named_rate(found), "share", "higher", NAMED),
    ]
    return [figure for figure in rates if not math.isnan(figure.value)]


def table(threshold: float, found: Sequence[Verdict]) -> list[Row]:
    """Rows by exercise and fault."""
    rows: list[Row] = []
    for exercise, fault in dict.fromkeys((v.cell.exercise, v.cell.fault) for v in found):
        of = [v for v in found if (v.cell.exercise, v.cell.fault) == (exercise, fault)]
        judged = [v for v in of if v.judged]
        rows.append({
            "threshold": threshold, "exercise": exercise, "fault": fault or "none", "sets": len(of),
            "judged": len(judged), "corrected": sum(v.corrected for v in judged), "named": sum(v.named for v in judged),
            "wrong": sum(v.wrong for v in of),
        })  # fmt: skip
    return rows


def _percent(share: float) -> str:
    """Of none there is no share: so small may a sample be."""
    return "none" if math.isnan(share) else f"{share:.1%}"


def sentence(found: Sequence[Verdict]) -> str:
    """Ours against the paper's."""
    hits, false = (_percent(share) for share in (hit_rate(found), false_rate(found)))
    return (
        f"At {THRESHOLD:g} degrees {hits} of the faults that can be judged in their view are corrected and "
        f"{false} of the sets without a fault (paper: {PAPER_HIT:.1%} and {PAPER_FALSE:.1%} at 7 to 11 degrees), "
        "counted by set of a simulated athlete seen through MediaPipe; the threshold is what is beyond the limit that "
        "an exercise sets for a fault, where the paper's is the deviation itself."
    )

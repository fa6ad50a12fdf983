"""Figure 9: how late cues are, over rounds: from the moment at which the fault passes the threshold to the voice."""

from __future__ import annotations

import math
import resource
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from sportcoach.experiments import closed_loop, judged_sets
from sportcoach.experiments.closed_loop import PER_ROUND, ROUNDS, Loop
from sportcoach.experiments.judged_sets import JudgedSet
from sportcoach.experiments.outcome import Options, Outcome, Row
from sportcoach.experiments.plot import Line, LinePlot
from sportcoach.experiments.trials import Setup, measured
from sportcoach.figures import Figure
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.voice import Espeak, VoiceCommand
from sportcoach_perception.errors import UserError

LATEST: Final = 0.3
"""To reach in 95 of 100 cues [s]."""

PHRASE: Final = "Left knee 12 degrees inward: push it out"


def run(options: Options) -> Outcome:
    """The lateness of all right cues of figures 7 and 8."""
    exercises = load_exercises()
    phase = {(e.name, rule.name): rule.phase for e in exercises.values() for rule in e.faults}
    setup = Setup.of(options)
    first = closed_loop.trials(setup)
    trialled, time = measured(options, [*first, *judged_sets.trials(setup)])
    athletes = [Loop(**trial.measures) for trial in trialled[: len(first)]]
    verdicts = [JudgedSet.of(trial.measures).usual for trial in trialled[len(first) :]]
    compute, voice = float(np.median([loop.frame_ms for loop in athletes])) * 1e-3, voice_start()
    rows = [_row(0, v.cell.exercise, v.cell.fault, v.lateness) for v in verdicts if v.lateness is not None]
    for athlete in athletes:
        cues = [(number, late) for number, late in athlete.cues if late is not None]
        rows += [_row(1 + (n - 1) // PER_ROUND, athlete.exercise, athlete.fault, late) for n, late in cues]
    for row in rows:
        row["phase"] = phase[str(row["exercise"]), str(row["fault"])]
        row["latency"] = float(row["lateness"]) + compute + (voice or 0.0)
    sentence = _sentence(rows, compute, voice, athletes)
    return Outcome([*_figures(rows, compute, voice), time], rows, {"fig9": _plot(rows)}, sentence, setup.scale.note)


def _row(number: int, exercise: str, fault: str, late: float) -> dict[str, float | int | str]:
    return {"round": number, "exercise": exercise, "fault": fault, "lateness": late}


def voice_start() -> float | None:
    """Seconds of computing that a phrase takes before it can be heard; None where there is no voice."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            voice = Espeak("en", Path(folder))
        except UserError:
            return None
        spent = []
        for stamp in range(20):
            before = _children()
            subprocess.run(voice.arguments(VoiceCommand(stamp, PHRASE, "", 2)), check=True, capture_output=True)
            spent.append(_children() - before)
    return float(np.percentile(spent, 95))


def _children() -> float:
    """Computing time of the programs that were run and have ended [s]; a busy machine does not lengthen it."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _of(rows: Sequence[Row], key: str, value: object) -> list[float]:
    return [float(row["latency"]) for row in rows if row[key] == value]


def _percentile(values: Sequence[float], share: float) -> float:
    return float(np.percentile(values, share)) if values else math.nan


def _figures(rows: Sequence[Row], compute: float, voice: float | None) -> list[Figure]:
    everything = [float(row["latency"]) for row in rows]
    figures = [
        Figure("cue_latency_p50", _percentile(everything, 50), "s", "lower"),
        Figure("cue_latency_p95", _percentile(everything, 95), "s", "lower", LATEST),
        *(
            Figure(f"cue_latency_{name}_p{share}", _percentile(_of(rows, "phase", phase), share), "s", "lower")
            for name, phase in (("on_the_way", "moving"), ("turning_point", "turn"))
            for share in (50, 95)
        ),
        Figure("computing_p95", compute, "s", "lower"),
        Figure("voice_start_p95", math.nan if voice is None else voice, "s", "lower"),
        Figure("cues", float(len(rows)), "cues", "higher"),
    ]
    return [figure for figure in figures if not math.isnan(figure.value)]


def _plot(rows: Sequence[Row]) -> LinePlot:
    rounds = list(range(1, ROUNDS + 1))
    lines = [
        Line(label, rounds, [_percentile(_of(rows, "round", r), share) for r in rounds])
        for label, share in (("median", 50), ("95th percentile", 95))
    ]
    return LinePlot("Latency of cues over rounds", "round", "latency [s]", lines)


def _sentence(rows: Sequence[Row], compute: float, voice: float | None, athletes: Sequence[Loop]) -> str:
    everything = [float(row["latency"]) for row in rows]
    spoken = f"{voice * 1e3:.0f} ms until the voice starts" if voice is not None else "no voice here"
    return (
        f"95 of 100 cues come within {_percentile(everything, 95):.2f} s of the moment at which the fault really "
        f"passes the threshold, {compute * 1e3:.0f} ms of computing and {spoken} included (paper: 1.8 s end to end). "
        f"{len(athletes)} athletes' rounds, and the sets of figure 7 as round 0."
    )

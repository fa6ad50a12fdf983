"""Trials of experiments: each is kept in a file, so that a killed run goes on with the next one."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sportcoach.experiments.outcome import Options
from sportcoach.experiments.scale import Scale
from sportcoach.figures import Figure
from sportcoach.session import write_atomically
from sportcoach_perception.errors import UserError
from sportcoach_sim.workers import completed

FOLDER: Final = "trials"

Measures = Mapping[str, Any]
"""What a trial measured, ready for JSON."""


@dataclass(frozen=True)
class Setup:
    """What trials are told, in whatever process they run.

    out: folder of the trials and everything else that is made.
    data: folder of the published data sets.
    scale: sizes. seed: of everything random.
    collection: a simulated collection that is there already; None to make one in `out`.
    workers: processes that make it.
    """

    out: Path
    data: Path
    scale: Scale
    seed: int = 0
    collection: Path | None = None
    workers: int = 1

    @classmethod
    def of(cls, options: Options) -> Setup:
        """What an experiment is told, as far as it concerns trials.

        Raises:
            UserError: the scale cannot be read.
        """
        return cls(options.out, options.data, Scale.of(options), options.seed, options.collection, options.workers)

    def digest(self, factors: Mapping[str, Any], sizes: Sequence[str]) -> str:
        """Tells results apart that depend on other factors, on other `sizes` of the scale or on other athletes."""
        depends: dict[str, Any] = {name: getattr(self.scale, name) for name in sizes}
        if "athletes" in depends:
            depends["collection"] = str(self.collection.resolve()) if self.collection else self.seed
        return hashlib.sha256(json.dumps([dict(factors), depends], sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Trial:
    """One measurement that needs no other one: what a killed run does not repeat, and what processes share.

    run: function of a module, called as `run(setup, **factors)`; module, name and the factors tell trials apart, in
        whatever experiment they are asked for.
    factors: everything that the result depends on beside the scale.
    sizes: names of all that it depends on in the scale.
    """

    run: Callable[..., Measures]
    factors: Mapping[str, Any] = field(default_factory=dict)
    sizes: Sequence[str] = ()

    @property
    def kind(self) -> str:
        """Module and name of the function."""
        return f"{self.run.__module__.rpartition('.')[2]}.{self.run.__name__}"


@dataclass(frozen=True)
class Trialled:
    """A trial that was made."""

    factors: Mapping[str, Any]
    measures: Measures


def measured(options: Options, trials: Sequence[Trial]) -> tuple[list[Trialled], Figure]:
    """What the trials measured, in their order, those that are missing made now; and the time that all of them took.

    The same trial twice is made once.

    Raises:
        UserError: whatever a trial raises; those before it are kept. Or a kept one is damaged.
    """
    setup = Setup.of(options)
    paths = [path_of(setup, trial) for trial in trials]
    missing = {path: trial for path, trial in zip(paths, trials, strict=True) if not path.exists()}
    if missing:
        options.say(f"{len(set(paths)) - len(missing)} of {len(set(paths))} trials are there")
    jobs = [(setup, path, trial) for path, trial in missing.items()]
    for number, line in enumerate(completed(_make, jobs, options.workers), start=1):
        options.say(f"trial {number} of {len(missing)}: {line}")
    kept = {path: _read(path) for path in paths}
    minutes = sum(entry["core_seconds"] for entry in kept.values()) / 60.0
    rows = [Trialled(kept[path]["factors"], kept[path]["measures"]) for path in paths]
    return rows, Figure("time", minutes, "minutes of one core", "lower")


def spent(out: Path) -> Figure:
    """The time of one core that the trials kept in a folder took; work of killed runs that is kept isn't counted.

    Raises:
        UserError: a kept trial is damaged.
    """
    seconds = sum(_read(path)["core_seconds"] for path in (out / FOLDER).glob("*.json"))
    return Figure("time", seconds / 60.0, "minutes of one core", "lower")


def path_of(setup: Setup, trial: Trial) -> Path:
    """Where the result of a trial is kept."""
    return setup.out / FOLDER / f"{trial.kind}-{setup.digest(trial.factors, trial.sizes)}.json"


def _make(setup: Setup, path: Path, trial: Trial) -> str:
    """Make and keep a trial; returns what it was, in words."""
    began, core = time.monotonic(), _processor_time()
    measures = trial.run(setup, **trial.factors)
    kept = {
        "trial": trial.kind,
        "factors": trial.factors,
        "measures": measures,
        "seconds": round(time.monotonic() - began, 2),
        "core_seconds": round(_processor_time() - core, 2),
    }
    write_atomically(path, json.dumps(kept, indent=2) + "\n")
    words = " ".join(f"{name} {value}" for name, value in trial.factors.items() if value != {})
    return f"{words}, {kept['core_seconds']} s of a core"


def _processor_time() -> float:
    """Of this process and of those that it has waited for [s]."""
    return sum(os.times()[:4])


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} is damaged: remove it, and run the experiment again") from error

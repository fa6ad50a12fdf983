"""How well the offset between camera and IMUs is found from the movement, on simulated athletes with known offsets."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach.figures import Figure
from sportcoach.seen_athletes import EXERCISES, SECONDS, random_links, set_of, watch
from sportcoach_perception.frames import ImuSample
from sportcoach_perception.motion_offset import MotionOffset
from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.plan import Plan, PlannedSet

EARLY: Final = 5.0
"""Exercise after which the offset should be known [s]."""

GOOD, BAD = 0.010, 0.030
"""Errors of an estimate [s]."""

STANDING: Final = 10
"""One run in so many stands still."""

STEP: Final = 0.5
"""Between two looks at the estimates [s]."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is estimated of one limb's offset after `exercised` [s] of a run; `error` [s]."""

    run: int
    limb: str
    exercised: float
    error: float
    sure: bool


def estimates(plan: Plan, run: int, seed: int, spent: list[float], still: bool = False) -> Iterator[Snapshot]:
    """All four estimates of one run, twice a second of exercise.

    Args:
        plan: one set.
        run: its number.
        seed: of everything random, together with the number.
        spent: gets the CPU time of every call of an estimator [s].
        still: look at the rest before the set, and not at the set.
    """
    links = random_links(np.random.default_rng((seed, run, 2)))
    seen, felt = SeenMotion(), {limb: FeltMotion() for limb in LIMBS}
    estimators = {limb: MotionOffset(limb, seen, felt[limb]) for limb in LIMBS}
    shown = 0
    for sight in watch(plan, run, seed, links, still):
        begin = time.thread_time()
        if isinstance(sight.item, ImuSample):
            felt[sight.item.limb].add(sight.item)
            estimators[sight.item.limb].advance()
        else:
            seen.add(sight.item)
        spent.append(time.thread_time() - begin)
        if isinstance(sight.item, ImuSample):
            continue
        if sight.exercised >= STEP * (shown + 1) - 1e-6:
            shown += 1
            for limb, link in links.items():
                estimate = estimators[limb].estimate
                error = estimate.offset - link.offset - link.drift * 1e-6 * sight.now
                yield Snapshot(run, limb, STEP * shown, error, estimate.sure)


def _exercises(runs: int, seed: int, spent: list[float]) -> dict[str, list[Snapshot]]:
    """Snapshots by exercise, of `runs` in all."""
    found: dict[str, list[Snapshot]] = {name: [] for name in EXERCISES}
    for run in range(runs):
        name, plan = set_of(run, seed)
        found[name] += estimates(plan, run, seed, spent)
    return found


def _share(flags: Iterable[bool]) -> float:
    """Share that is true; NaN of nothing."""
    values = list(flags)
    return sum(values) / len(values) if values else float("nan")


def _by_limb(found: dict[str, list[Snapshot]], after: float) -> Iterator[Figure]:
    """What is known of each kind of limb in each exercise `after` so much of it [s]."""
    for name, snapshots in found.items():
        for kind in ("wrist", "ankle"):
            shots = [s for s in snapshots if s.exercised == after and s.limb.endswith(kind)]
            where = f"{name}_{kind}_{after:g}s"
            yield Figure(f"offset_sure_{where}", _share(s.sure for s in shots), "share", "higher")
            yield Figure(f"offset_within_10ms_{where}", _share(abs(s.error) <= GOOD for s in shots), "share", "higher")


def offset_figures(runs: int, seed: int) -> list[Figure]:
    """Errors of the estimated offsets over `runs` simulated sets, and the time that a call takes."""
    spent: list[float] = []
    found = _exercises(runs, seed, spent)
    shots = [shot for snapshots in found.values() for shot in snapshots]
    early = [shot for shot in shots if shot.exercised == EARLY]
    known = {shot.run for shot in early if shot.sure and abs(shot.error) <= GOOD}
    sure = [abs(shot.error) for shot in shots if shot.sure]
    still = (PlannedSet("squat", 1, rest=SECONDS + 5.0),)
    standing = [shot for run in range(0, runs, STANDING) for shot in estimates(still, run, seed, spent, still=True)]
    return [
        Figure("offset_within_10ms_5s", _share(abs(s.error) <= GOOD for s in early), "share", "higher", 0.95),
        Figure("offset_known_runs_5s", len(known) / runs, "share with a limb sure within 10 ms", "higher", 0.95),
        Figure("offset_sure_5s", _share(s.sure for s in early), "share", "higher"),
        Figure("offset_sure_within_10ms", _share(error <= GOOD for error in sure), "share", "higher", 0.95),
        Figure("offset_sure_worst", max(sure, default=float("nan")) * 1e3, "ms", "lower", BAD * 1e3),
        Figure("offset_sure_standing", sum(shot.sure for shot in standing), "estimates", "lower", 0.0),
        *_by_limb(found, EARLY),
        *_by_limb(found, SECONDS),
        Figure("offset_message_mean", float(np.mean(spent)) * 1e6, "us", "lower", 10.0),
        Figure("offset_message_p99_9", float(np.percentile(spent, 99.9)) * 1e3, "ms", "lower", 1.0),
    ]

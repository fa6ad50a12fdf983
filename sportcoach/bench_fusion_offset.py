"""How well the offset between camera and IMUs is found from the movement, on simulated athletes with known offsets.

Skeletons are the true landmarks in the picture, smoothed as MediaPipe smooths them, plus errors as large and as lasting
as those of MediaPipe full on 32 drawn sets of the four exercises in views at random: what is left after a linear
function of the true position, which cannot shift a movement in time, has been taken out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final, TypeVar

import numpy as np

from sportcoach.figures import Figure
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_delay import BETA, MIN_CUTOFF, SPEED_CUTOFF, athlete_size, gain
from sportcoach_perception.motion_offset import MotionOffset
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import Plan, PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, World

EXERCISES: Final = {"squat": 6, "push_up": 8, "lunge": 6, "jumping_jack": 14}
"""Repetitions that take longer than `SECONDS`."""

SECONDS: Final = 10.0
"""Exercise in one run."""

EARLY: Final = 5.0
"""Exercise after which the offset should be known [s]."""

GOOD, BAD = 0.010, 0.030
"""Errors of an estimate [s]."""

STANDING_RUNS: Final = 20

ERROR: Final = 0.007
"""Median deviation of a landmark's error over the sets [of the athlete's size in the picture]."""

ERROR_SPREAD: Final = 0.6
"""Deviation of its logarithm from set to set and landmark to landmark."""

ERROR_TIME: Final = 0.2
"""Time in which an error's autocorrelation falls to 1/e [s]."""

LAG: Final = 0.005
"""By how much the landmarks are later than the smoothing alone makes them [s]."""

ASPECT: Final = 4.0 / 3.0

STEP: Final = 0.5
"""Between two looks at the estimates [s]."""

T = TypeVar("T")


class SeenLandmarks:
    """True skeletons, as MediaPipe would report them.

    Args:
        rng: draws the errors: an Ornstein-Uhlenbeck process for every coordinate.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        shape = (len(LANDMARKS), 1)
        self._deviation = ERROR * np.exp(ERROR_SPREAD * rng.standard_normal(shape))
        self._error = self._deviation * rng.standard_normal((len(LANDMARKS), 2))
        self._stamp: int | None = None
        self._now, self._lagged, self._smooth, self._speed = (np.zeros((len(LANDMARKS), 2)) for _ in range(4))

    def see(self, truth: Skeleton) -> Skeleton:
        """`truth` smoothed with the 1 euro filter and with errors; hidden limbs are not modelled."""
        now = truth.image * np.array([ASPECT, 1.0])
        size = float(athlete_size(now))
        if self._stamp is None:
            self._lagged = self._smooth = now
        else:
            period = (truth.stamp - self._stamp) * 1e-9
            lagged = now + LAG / period * (self._now - now)
            self._speed += gain(SPEED_CUTOFF, period) * ((lagged - self._lagged) / (size * period) - self._speed)
            share = gain(MIN_CUTOFF + BETA * np.abs(self._speed), period)
            self._lagged, self._smooth = lagged, self._smooth + share * (lagged - self._smooth)
            keep = np.exp(-period / ERROR_TIME)
            drawn = self._rng.standard_normal(self._error.shape)
            self._error = keep * self._error + np.sqrt(1.0 - keep**2) * self._deviation * drawn
        self._stamp, self._now = truth.stamp, now
        seen = (self._smooth + size * self._error) / np.array([ASPECT, 1.0])
        return replace(truth, image=seen.astype(np.float32))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is estimated of one limb's offset after `exercised` [s] of a run; `error` [s]."""

    run: int
    limb: str
    exercised: float
    error: float
    sure: bool


def _links(rng: np.random.Generator) -> dict[str, LinkFaults]:
    """Each sensor's clock is wrong by up to 0.2 s and 100 ppm; Bluetooth bursts and losses."""
    return {
        limb: LinkFaults(
            offset=float(rng.uniform(-0.2, 0.2)),
            drift=float(rng.uniform(-100.0, 100.0)),
            jitter=float(rng.uniform(0.0, 0.003)),
            burst=float(rng.uniform(0.015, 0.06)),
            loss=float(rng.uniform(0.0, 0.05)),
        )
        for limb in LIMBS
    }


def _timed(spent: list[float], call: Callable[[T], None], item: T) -> None:
    begin = time.thread_time()
    call(item)
    spent.append(time.thread_time() - begin)


def watch(plan: Plan, run: int, seed: int, spent: list[float], still: bool = False) -> Iterator[Snapshot]:
    """One athlete drawn at random follows `plan`: all four estimates twice a second of the first `SECONDS` of exercise.

    Args:
        plan: one set.
        run: its number.
        seed: of everything random, together with the number.
        spent: gets the CPU time of every call of an estimator [s].
        still: look at the rest before the set, and not at the set.
    """
    rng = np.random.default_rng((seed, run))
    links, seen = _links(rng), SeenLandmarks(rng)
    estimators = {limb: MotionOffset(limb) for limb in LIMBS}
    begin, shown = np.inf, 0
    with Athlete(Subject.sample(rng), plan, seed + run, Scene.sample(rng), World(links=links), draw=False) as athlete:
        for observation in athlete.observe():
            data, now = observation.data, observation.arrival * 1e-9
            if isinstance(data, ImuSample):
                _timed(spent, estimators[data.limb].add_imu, data)
            elif isinstance(data, Truth):
                skeleton = seen.see(data.skeleton)
                for estimator in estimators.values():
                    _timed(spent, estimator.add_skeleton, skeleton)
                if still or data.stage != "idle":
                    begin = min(begin, now)
                if now >= begin + STEP * (shown + 1):
                    shown += 1
                    for limb, link in links.items():
                        estimate = estimators[limb].estimate
                        error = estimate.offset - link.offset - link.drift * 1e-6 * now
                        yield Snapshot(run, limb, STEP * shown, error, estimate.sure)
                if now >= begin + SECONDS:
                    return


def _exercises(runs: int, seed: int, spent: list[float]) -> dict[str, list[Snapshot]]:
    """Snapshots by exercise, of `runs` in all."""
    found: dict[str, list[Snapshot]] = {name: [] for name in EXERCISES}
    for run in range(runs):
        name = list(EXERCISES)[run % len(EXERCISES)]
        plan = (PlannedSet.sample(np.random.default_rng((seed, run, 1)), name, EXERCISES[name]),)
        found[name] += watch(plan, run, seed, spent)
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
    standing = [shot for run in range(STANDING_RUNS) for shot in watch(still, run, seed, spent, still=True)]
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

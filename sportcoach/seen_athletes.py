"""Simulated athletes as MediaPipe and wireless IMUs would report them, without drawing a picture.

Skeletons are the true landmarks in the picture, smoothed as MediaPipe smooths them, plus errors as large and as lasting
as those of MediaPipe full on 32 drawn sets of the four exercises in views at random: what is left after a linear
function of the true position, which cannot shift a movement in time, has been taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_delay import BETA, MIN_CUTOFF, SPEED_CUTOFF, athlete_size, gain
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

ERROR: Final = 0.007
"""Median deviation of a landmark's error over the sets [of the athlete's size in the picture]."""

ERROR_SPREAD: Final = 0.6
"""Deviation of its logarithm from set to set and landmark to landmark."""

ERROR_TIME: Final = 0.2
"""Time in which an error's autocorrelation falls to 1/e [s]."""

LAG: Final = 0.005
"""By how much the landmarks are later than the smoothing alone makes them [s]."""

ASPECT: Final = 4.0 / 3.0


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


def random_links(rng: np.random.Generator) -> dict[str, LinkFaults]:
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


@dataclass(frozen=True, slots=True)
class Sight:
    """What arrives at `now` [s] after `exercised` [s] of exercise, negative before it begins."""

    now: float
    exercised: float
    item: Skeleton | ImuSample


def set_of(run: int, seed: int) -> tuple[str, Plan]:
    """The exercise of a run, and a set of it that has, in every other run or so, a fault."""
    name = list(EXERCISES)[run % len(EXERCISES)]
    return name, (PlannedSet.sample(np.random.default_rng((seed, run, 1)), name, EXERCISES[name]),)


def watch(plan: Plan, run: int, seed: int, links: Mapping[str, LinkFaults], still: bool = False) -> Iterator[Sight]:
    """One athlete drawn at random follows `plan`, until it has exercised for `SECONDS`.

    Args:
        plan: one set.
        run: its number.
        seed: of everything random, together with the number.
        links: by limb.
        still: look at the rest before the set, and not at the set.
    """
    rng = np.random.default_rng((seed, run))
    seen, begin = SeenLandmarks(rng), np.inf
    world = World(links=dict(links))
    with Athlete(Subject.sample(rng), plan, seed + run, Scene.sample(rng), world, draw=False) as athlete:
        for observation in athlete.observe():
            data, now = observation.data, observation.arrival * 1e-9
            if isinstance(data, Truth) and (still or data.stage != "idle"):
                begin = min(begin, now)
            if now > begin + SECONDS + 1e-3:
                return
            if isinstance(data, Truth):
                yield Sight(now, now - begin, seen.see(data.skeleton))
            elif isinstance(data, ImuSample):
                yield Sight(now, now - begin, data)

"""Simulated athletes as MediaPipe and wireless IMUs would report them, without drawing a picture.

Skeletons are the true landmarks in the picture, with errors, smoothed as MediaPipe smooths them. The errors are as
large and as lasting as those of MediaPipe full on 18 drawn sets of the four exercises in views at random, its smoothing
undone: what is left after a linear function of the true position, which cannot shift a movement in time, has been
taken out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.landmark_smoothing import OneEuroFilter, region_size
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import Plan, PlannedSet
from sportcoach_sim.scene import ASPECT, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, World

EXERCISES: Final = {"squat": 6, "push_up": 8, "lunge": 6, "jumping_jack": 14}
"""Repetitions that take longer than `SECONDS`."""

SECONDS: Final = 10.0
"""Exercise in one run."""

ERROR: Final = 0.008
"""Median deviation of a landmark's error over the sets [of the mean of the athlete's width and height]."""

ERROR_SPREAD: Final = 0.7
"""Deviation of its logarithm from set to set and landmark to landmark."""

LASTING: Final = 0.6
"""Share of an error's variance that lasts; the rest is new in every frame."""

ERROR_TIME: Final = 0.24
"""Time in which the autocorrelation of what lasts falls to 1/e [s]."""

REGION_SPREAD: Final = 0.15
"""Deviation, from set to set, of the logarithm of MediaPipe's region of interest against what is assumed of it."""


class SeenLandmarks:
    """True skeletons, as MediaPipe would report them.

    Args:
        rng: draws the errors of every coordinate: an Ornstein-Uhlenbeck process and white noise.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        shape = (len(LANDMARKS), 1)
        self._deviation = ERROR * np.exp(ERROR_SPREAD * rng.standard_normal(shape))
        self._lasting = rng.standard_normal((len(LANDMARKS), 2))
        self._region = float(np.exp(REGION_SPREAD * rng.standard_normal()))
        self._filter = OneEuroFilter()
        self._stamp: int | None = None

    def see(self, truth: Skeleton) -> Skeleton:
        """`truth` with errors, smoothed with the 1 euro filter; hidden limbs are not modelled."""
        exact = truth.image * np.array([ASPECT, 1.0])
        period = 1.0 if self._stamp is None else (truth.stamp - self._stamp) * 1e-9
        keep = np.exp(-period / ERROR_TIME)
        drawn = self._rng.standard_normal((2, *self._lasting.shape))
        self._lasting = keep * self._lasting + np.sqrt(1.0 - keep**2) * drawn[0]
        error = np.sqrt(LASTING) * self._lasting + np.sqrt(1.0 - LASTING) * drawn[1]
        raw = exact + float(np.mean(np.ptp(exact, axis=0))) * self._deviation * error
        seen = self._filter.update(raw, self._region * region_size(raw), period)
        self._stamp = truth.stamp
        return replace(truth, image=(seen / np.array([ASPECT, 1.0])).astype(np.float32))


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

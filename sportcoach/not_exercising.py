"""Simulated people who do something else: whatever is said to them is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.frames import Floats, FusedFrame, Skeleton
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.movement import movements
from sportcoach_sim.plan import Away, Plan, PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject

ENTRIES: Final = 8
"""Movements of one person."""

ERROR: Final = 0.012
"""Median deviation of a landmark's error [m]; that of its logarithm is `ERROR_SPREAD`."""

ERROR_SPREAD: Final = 0.5

ERROR_TIME: Final = 0.2
"""Time in which an error's autocorrelation falls to 1/e [s]."""


@dataclass(slots=True)
class Calm:
    """What was said and counted in `seconds` of something else; corrections with what was being done."""

    seconds: float = 0.0
    people: int = 0
    counted: int = 0
    corrections: list[tuple[str, str, str]] = field(default_factory=list)


class _Errors:
    """Lasting errors of landmarks in space, of the size that MediaPipe makes: an Ornstein-Uhlenbeck process."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._deviation = ERROR * np.exp(ERROR_SPREAD * rng.standard_normal((33, 1)))
        self._error = self._deviation * rng.standard_normal((33, 3))

    def see(self, world: Floats, period: float) -> Floats:
        keep = np.exp(-period / ERROR_TIME)
        drawn = self._rng.standard_normal(self._error.shape)
        self._error = keep * self._error + np.sqrt(1.0 - keep**2) * self._deviation * drawn
        return (world + self._error).astype(np.float32)


def plan_of(rng: np.random.Generator) -> Plan:
    """Something else, now and then from another side, and once out of the picture."""
    names = [name for name, movement in movements().items() if movement.action == "other"]
    entries: list[PlannedSet | Away] = [
        PlannedSet(
            str(rng.choice(names)),
            int(rng.integers(1, 4)),
            rest=float(rng.uniform(0.0, 2.0)),
            facing=float(rng.uniform(-80.0, 80.0)) if rng.random() < 0.5 else 0.0,
        )
        for _ in range(ENTRIES)
    ]
    entries.insert(ENTRIES // 2, Away(float(rng.uniform(0.5, 3.0))))
    return tuple(entries)


def watch(number: int, seed: int) -> Iterator[tuple[str, FusedFrame]]:
    """What is done, and the frame with MediaPipe-like errors, of person `number`; no picture is drawn."""
    rng = np.random.default_rng((seed, number))
    errors, last = _Errors(rng), 0
    scene = replace(Scene.sample(rng), stool=True)
    with Athlete(Subject.sample(rng), plan_of(rng), seed + number, scene, draw=False) as person:
        for observation in person.observe():
            data = observation.data
            if isinstance(data, Truth):
                yield data.movement, _seen(data.skeleton, errors, (data.stamp - last) * 1e-9)
                last = data.stamp


def _seen(truth: Skeleton, errors: _Errors, period: float) -> FusedFrame:
    inside = truth.visibility.mean() > 0.3
    world = errors.see(truth.world, period)
    image = truth.image * inside
    return FusedFrame(
        truth.stamp, bool(inside), world * inside, truth.visibility * inside, image=image, aspect=truth.aspect
    )


def simulate(minutes: float, seed: int, progress: Callable[[Calm], None] = lambda calm: None) -> Calm:
    """People one after the other, until they have been watched for so long."""
    calm, recognizer = Calm(), Recognizer.load()
    while calm.seconds < 60.0 * minutes:
        coach = Coach(load_exercises())
        recognizer.reset()
        first = last = 0
        for doing, frame in watch(calm.people, seed):
            first, last = first or frame.stamp, frame.stamp
            coaching = coach.step(frame, recognizer.step(frame))
            calm.counted += len(coaching.repetitions)
            cue = coaching.cue
            if cue is not None and cue.severity is not Severity.PRAISE:
                calm.corrections.append((doing, cue.exercise, cue.fault))
        calm.seconds += (last - first) * 1e-9
        calm.people += 1
        progress(calm)
    return calm

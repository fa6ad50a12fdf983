"""How well a pose network sees the simulated athlete: detection, and joint angles against the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sportcoach_perception.angles import ANGLE_INDEX, ANGLES, SIDES, Angles, split_side
from sportcoach_perception.frames import ImageFrame, Skeleton
from sportcoach_perception.lowering import ENDS, end_heights, lowered
from sportcoach_perception.pictured import seen_angles
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import VIEWS, Scene
from sportcoach_sim.subject import Subject

EXERCISES: Final = ("squat", "push_up", "lunge", "jumping_jack")

OBSERVABLE_P95: Final = 20.0
"""An angle whose error is larger than this more often than once in twenty pictures cannot be judged [degrees]."""


LOWERED: Final = {"squat": "knee", "push_up": "elbow"}
"""Angles, mean of both sides, that are told by how far the athlete comes down in the picture as well, see
`sportcoach_perception.lowering`; listed as "knee_lowered"."""


@dataclass(frozen=True, slots=True)
class AngleError:
    """Error of one angle of one exercise in one view [degrees]; of both sides, and of the side nearer to the camera.

    mean, p95: of the absolute error; bias: of the error, network minus truth.
    swing: range between the 5th and the 95th percentile of the true angle.
    observable: whether the near side's angle can be judged, see `OBSERVABLE_P95`.
    """

    exercise: str
    view: str
    angle: str
    mean: float
    p95: float
    near_mean: float
    near_p95: float
    bias: float
    swing: float
    observable: bool


@dataclass(frozen=True, slots=True)
class Detection:
    """Share of the pictures of one exercise in one view in which the athlete is found."""

    exercise: str
    view: str
    frames: int
    share: float


@dataclass(frozen=True, slots=True)
class _Run:
    detected: np.ndarray[tuple[int], np.dtype[np.bool_]]
    error: Angles
    truth: Angles
    image: Angles


def _watch(athlete: Athlete, estimate: Callable[[ImageFrame], Skeleton], exercise: str) -> _Run:
    """Detection (F,), error and truth of the angles (F, A), landmarks (F, 33, 2) in the pictures of `exercise`."""
    detected, errors, truths, images = [], [], [], []
    truth: Truth | None = None
    for observation in athlete.observe():
        data = observation.data
        if isinstance(data, Truth):
            truth = data
        elif isinstance(data, ImageFrame):
            skeleton = estimate(data)
            if truth is not None and truth.movement == exercise:
                detected.append(skeleton.detected)
                error = np.array(seen_angles(skeleton.world, skeleton.image, skeleton.aspect)[0]) - truth.angles
                errors.append((error + 180.0) % 360.0 - 180.0)
                truths.append(truth.angles)
                images.append(skeleton.image)
    return _Run(np.array(detected), np.array(errors), np.array(truths), np.array(images))


def _columns(name: str, view: str) -> tuple[list[int], list[int]]:
    """Columns of the angle `name` without side: of both sides, and of the side that the camera sees better."""
    both = [index for index, angle in enumerate(ANGLES) if split_side(angle)[1] == name]
    near = both if view == "front" else [i for i in both if split_side(ANGLES[i])[0] != "right"]
    return both, near


def _lowered(run: _Run, name: str) -> tuple[Angles, Angles]:
    """Error and truth (F,) of the angle `name` as the picture tells it; the athlete is tallest when it is straight."""
    upper, lower = end_heights(run.image[run.detected])[:, list(ENDS).index(name)].mean(axis=-1).T
    height = lower - upper
    truth = run.truth[run.detected][:, [ANGLE_INDEX[f"{side}_{name}"] for side in SIDES]].mean(axis=1)
    straight, angle = np.percentile(height, 98), np.percentile(truth, 98)
    return np.vectorize(lowered)(height, straight, angle) - truth, truth


def _row(exercise: str, view: str, angle: str, error: Angles, near: Angles, truth: Angles) -> AngleError:
    """The row about errors (F, sides), those of the near side, and the truth (F, sides)."""
    size, near_size = np.abs(error), np.abs(near)
    low, high = np.percentile(truth, (5, 95))
    near_p95 = float(np.percentile(near_size, 95))
    return AngleError(
        exercise=exercise,
        view=view,
        angle=angle,
        mean=float(size.mean()),
        p95=float(np.percentile(size, 95)),
        near_mean=float(near_size.mean()),
        near_p95=near_p95,
        bias=float(near.mean()),
        swing=float(high - low),
        observable=near_p95 <= OBSERVABLE_P95,
    )


def _table(exercise: str, view: str, runs: Sequence[_Run]) -> Iterator[AngleError]:
    error = np.concatenate([run.error[run.detected] for run in runs])
    truth = np.concatenate([run.truth[run.detected] for run in runs])
    for name in dict.fromkeys(split_side(angle)[1] for angle in ANGLES):
        both, near = _columns(name, view)
        yield _row(exercise, view, name, error[:, both], error[:, near], truth[:, both])
    if exercise in LOWERED:
        name = LOWERED[exercise]
        error, truth = (np.concatenate(parts) for parts in zip(*(_lowered(run, name) for run in runs), strict=True))
        yield _row(exercise, view, f"{name}_lowered", error, error, truth)


def measure(
    estimator: Callable[[], Callable[[ImageFrame], Skeleton]],
    seed: int = 0,
    subjects: int = 2,
    repetitions: int = 2,
    exercises: Iterable[str] = EXERCISES,
    views: Mapping[str, float] = VIEWS,
    faulty: float = 0.5,
    progress: Callable[[str], None] = lambda line: None,
) -> tuple[list[Detection], list[AngleError]]:
    """Detection and angle errors by exercise and view.

    Args:
        estimator: makes a pose estimator for each athlete; what it returns turns a picture into a skeleton.
        seed: of subjects, rooms and movement.
        subjects: athletes per exercise and view.
        repetitions: of each athlete.
        exercises: movements.
        views: azimuth of the camera [degrees] by name.
        faulty: share of the athletes with a fault, without which some angles would hardly move.
        progress: is told what is being measured.
    """
    found: list[Detection] = []
    table: list[AngleError] = []
    for exercise in exercises:
        for view, azimuth in views.items():
            progress(f"{exercise}, {view}")
            runs = []
            for number in range(subjects):
                rng = np.random.default_rng((seed, number))
                subject, scene = Subject.sample(rng), Scene.sample(rng, azimuth)
                plan = (PlannedSet.sample(rng, exercise, repetitions, faulty),)
                with Athlete(subject, plan, seed + number, scene) as athlete:
                    runs.append(_watch(athlete, estimator(), exercise))
            share = np.concatenate([run.detected for run in runs])
            found.append(Detection(exercise, view, len(share), float(share.mean())))
            table += _table(exercise, view, runs)
    return found, table

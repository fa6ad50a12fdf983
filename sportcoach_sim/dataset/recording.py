"""From a recipe to a clip: the athlete does it, camera and sensors look on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np

from sportcoach_perception.frames import Floats, ImageFrame, ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.athlete import Athlete, Observation, Truth
from sportcoach_sim.dataset.clip import STAGES, Clip, Landmarks, Readings, Repetitions
from sportcoach_sim.dataset.recipe import Recipe
from sportcoach_sim.movement import movement

_STAGE: Final = {stage: index for index, stage in enumerate(STAGES)}
_LIMB: Final = {limb: index for index, limb in enumerate(LIMBS)}


def record(recipe: Recipe, estimate: Callable[[ImageFrame], Skeleton] | None) -> Clip:
    """Carry out `recipe`.

    Args:
        recipe: what happens.
        estimate: turns the pictures, one after the other, into skeletons; None to draw none.
    """
    truths: list[Truth] = []
    seen: list[Skeleton] = []
    sent: list[tuple[Observation, ImuSample]] = []
    with Athlete(
        recipe.athlete, (recipe.planned,), recipe.seed, recipe.scene, recipe.world, draw=estimate is not None
    ) as athlete:
        mounts = {limb: athlete.model.site(f"imu_{limb}").quat.tolist() for limb in LIMBS}
        for observation in athlete.observe():
            data = observation.data
            if isinstance(data, Truth):
                truths.append(data)
            elif isinstance(data, ImuSample):
                sent.append((observation, data))
            elif estimate is not None:
                seen.append(estimate(data))
    faults = tuple(movement(recipe.planned.movement).faults)
    return Clip(
        name=recipe.name,
        split=recipe.split,
        subject=recipe.subject,
        action=recipe.action,
        movement=recipe.planned.movement,
        faults=faults,
        parameters=_parameters(recipe, mounts),
        stamps=np.array([truth.stamp for truth in truths], np.int64),
        angles=np.array([truth.angles for truth in truths], np.float32),
        stage=np.array([_STAGE[truth.stage] for truth in truths], np.int8),
        progress=np.array([truth.progress for truth in truths], np.float32),
        repetition=np.array([truth.repetition for truth in truths], np.int16),
        repetitions=_repetitions(truths, faults),
        truth=_landmarks([truth.skeleton for truth in truths]),
        mediapipe=_landmarks(seen) if estimate is not None else None,
        imu=_readings(sent),
    )


def _parameters(recipe: Recipe, mounts: dict[str, Any]) -> dict[str, Any]:
    """As JSON has them: a sensor that never dies dies at null."""
    links = {limb: asdict(faults) for limb, faults in recipe.world.links.items()}
    for link in links.values():
        link["dies"] = None if math.isinf(link["dies"]) else link["dies"]
    return {
        "seed": recipe.seed,
        "subject": asdict(recipe.athlete),
        "scene": asdict(recipe.scene),
        "picture": asdict(recipe.world.picture),
        "links": links,
        "mounts": mounts,
    }


def _repetitions(truths: Sequence[Truth], faults: Iterable[str]) -> Repetitions:
    number = np.array([truth.repetition if truth.stage != "idle" else 0 for truth in truths])
    progress = np.array([truth.progress for truth in truths])
    frames = [np.flatnonzero(number == n) for n in range(1, number.max() + 1)]
    magnitudes = [[truths[rows[0]].faults.get(fault, 0.0) for fault in faults] for rows in frames]
    return Repetitions(
        begin=np.array([rows[0] for rows in frames], np.int32),
        turn=np.array([rows[np.argmax(progress[rows])] for rows in frames], np.int32),
        end=np.array([rows[-1] + 1 for rows in frames], np.int32),
        faults=np.array(magnitudes, np.float32).reshape(len(frames), -1),
    )


def _landmarks(skeletons: Sequence[Skeleton]) -> Landmarks:
    def stacked(name: str) -> Floats:
        return np.stack([getattr(skeleton, name) for skeleton in skeletons])

    detected = np.array([skeleton.detected for skeleton in skeletons], np.bool_)
    return Landmarks(detected, stacked("image"), stacked("world"), stacked("visibility"))


def _readings(sent: Sequence[tuple[Observation, ImuSample]]) -> Readings:
    return Readings(
        limb=np.array([_LIMB[sample.limb] for _, sample in sent], np.int8),
        time=np.array([observation.time for observation, _ in sent], np.int64),
        stamp=np.array([sample.stamp for _, sample in sent], np.int64),
        arrival=np.array([observation.arrival for observation, _ in sent], np.int64),
        signal=np.array([sample.signal for _, sample in sent], np.float32).reshape(-1, 6),
    )

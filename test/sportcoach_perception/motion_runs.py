"""Simulated athletes for the tests that compare what is seen with what is felt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import Camera, Scene
from sportcoach_sim.subject import Subject

NS = 1_000_000_000
OFFSETS = dict(zip(LIMBS, (0.2, -0.13, 0.05, -0.2), strict=True))
"""By how much the stamps of each IMU are late [s]."""

Record = tuple[Skeleton | ImuSample, ...]


@cache
def record(movement: str, seconds: float = 9.0, rest: float = 0.5) -> Record:
    """Exact skeletons, seen from the side and front, and IMUs with late stamps, in the order of arrival."""
    plan, items = (PlannedSet(movement, 20, rest=rest),), []
    with Athlete(Subject(), plan, 3, Scene(camera=Camera(azimuth=35.0)), draw=False) as athlete:
        for observation in athlete.observe():
            if isinstance(observation.data, Truth):
                items.append(observation.data.skeleton)
            elif isinstance(observation.data, ImuSample):
                items.append(shifted(observation.data, OFFSETS[observation.data.limb]))
            if observation.arrival > seconds * NS:
                break
    return tuple(items)


def shifted(item: ImuSample, seconds: float) -> ImuSample:
    """The sample, stamped later."""
    return replace(item, stamp=item.stamp + round(seconds * NS))


def renamed(items: Record, names: Mapping[str, str]) -> Record:
    """The record with the sensor of each limb named as `names` says."""
    return tuple(replace(i, limb=names[i.limb]) if isinstance(i, ImuSample) else i for i in items)

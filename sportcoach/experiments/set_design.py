"""The sampled design of the coaching experiments: which athlete does what, how, seen from where, and how fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Final

import numpy as np

from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.dataset.recipe import Recipe
from sportcoach_sim.movement import movement
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import VIEWS, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, World

ATHLETES: Final = 40
"""Athletes of a design; they take turns."""

REPETITIONS: Final = {"squat": 3, "push_up": 3, "lunge": 3, "jumping_jack": 5}
"""Of each exercise in a set, for five to ten seconds."""

SPEEDS: Final = {"slow": 0.75, "usual": 1.0, "fast": 1.3}
"""Tempo against the mean."""

CLEAN: Final = 2
"""Sets without a fault for each view and speed of an exercise; there is one with each of its faults."""

REST: Final = 1.0
"""Standing still before the first repetition [s]."""

VIEW_SPREAD: Final = 8.0
"""A view may be off by so much [degrees]."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One set of the design, but for what is drawn at random; `fault` is empty for a clean one."""

    exercise: str
    fault: str
    view: str
    speed: str


@dataclass(frozen=True, slots=True)
class DesignedSet:
    """Set number `number` of a design: `magnitude` in the fault's own unit, 0 for a clean set."""

    number: int
    cell: Cell
    magnitude: float
    recipe: Recipe

    @property
    def name(self) -> str:
        """Unique among designs of all seeds."""
        return self.recipe.name


def cells() -> tuple[Cell, ...]:
    """Every exercise with every fault, and `CLEAN` times without, in every view at every speed."""
    return tuple(
        Cell(exercise, fault, view, speed)
        for exercise in REPETITIONS
        for fault in (*[""] * CLEAN, *movement(exercise).faults)
        for view in VIEWS
        for speed in SPEEDS
    )


def designs(seed: int) -> Iterator[DesignedSet]:
    """All sets of the design with `seed`, without end."""
    return map(partial(design, seed=seed), count())


def _cell(number: int, seed: int) -> Cell:
    """Every cell comes once in turn, in random order, so that the first sets of a design are a fair sample of it."""
    everything = cells()
    turn, index = divmod(number, len(everything))
    return everything[int(np.random.default_rng((seed, turn, 7)).permutation(len(everything))[index])]


def _scene(rng: np.random.Generator, view: str) -> Scene:
    azimuth = VIEWS[view] + rng.uniform(-VIEW_SPREAD, VIEW_SPREAD)
    return Scene.sample(rng, float(min(azimuth, 90.0) * rng.choice((-1.0, 1.0))))


def design(number: int, seed: int) -> DesignedSet:
    """Set `number`, from 0, of the design with `seed`; it depends on nothing else.

    The sensors are wireless and lose readings now and then; pictures are good, as in a gym by day.
    """
    cell, rng = _cell(number, seed), np.random.default_rng((seed, number, 8))
    athlete = Subject.sample(np.random.default_rng((seed, number % ATHLETES, 9)))
    athlete = replace(athlete, tempo=SPEEDS[cell.speed])
    specs = movement(cell.exercise).faults
    magnitude = float(rng.uniform(*specs[cell.fault].range)) if cell.fault else 0.0
    planned = PlannedSet(
        cell.exercise, REPETITIONS[cell.exercise], {cell.fault: magnitude} if cell.fault else {}, rest=REST
    )
    recipe = Recipe(
        name=f"set{seed}-{number:04d}",
        split="test",
        subject=f"athlete{seed}-{number % ATHLETES:02d}",
        action=movement(cell.exercise).action,
        athlete=athlete,
        scene=_scene(rng, cell.view),
        world=World(links={limb: LinkFaults.sample(rng) for limb in LIMBS}),
        planned=planned,
        seed=int(rng.integers(2**31)),
        rendered=True,
    )
    return DesignedSet(number, cell, magnitude, recipe)

"""What happens in each clip of a collection, from its settings and seed alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_sim.movement import Movement, movement, movements
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import PictureFaults, World

ACTIONS: Final = ("squat", "push_up", "lunge", "jumping_jack", "other")

SPLITS: Final = {"train": 0.7, "validation": 0.2, "test": 0.1}
"""Share of the athletes in each part."""

SECONDS: Final = (10.0, 18.0)
"""Length of a clip, about: whole repetitions, three of them at least [s]."""

TEMPO_SPREAD: Final = 0.1
"""Deviation of the logarithm of an athlete's tempo from clip to clip."""

FAULTY: Final = 0.7
"""Share of the clips of an exercise that have a fault, and of the repetitions in them that do: half of all in all."""

GOLDEN: Final = (5.0**0.5 - 1.0) / 2.0

FAINTEST: Final = 0.25
"""Smallest magnitude drawn, of the smallest that counts as a fault."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a collection is made from.

    subjects: number of athletes.
    clips: number of clips of each athlete and action.
    rendered: share of the clips that are drawn and seen by MediaPipe.
    seed: of everything random.
    occlusion: share of every picture that is hidden, in light and sharp pictures; None for all faults of pictures, each
        now and then.
    seconds: shortest and longest length of a clip, about; None for `SECONDS`.

    Raises:
        UserError: a number that makes no collection.
    """

    subjects: int = 60
    clips: int = 20
    rendered: float = 0.25
    seed: int = 0
    occlusion: float | None = None
    seconds: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        for name in ("subjects", "clips"):
            if getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be 1 or more")
        if not 0.0 <= self.rendered <= 1.0:
            raise UserError(f"rendered is {self.rendered:g}; it is a share of the clips, from 0 to 1")
        if self.occlusion is not None and not 0.0 <= self.occlusion < 1.0:
            raise UserError(f"occlusion is {self.occlusion:g}; it is a share of the picture, from 0 up to 1")
        if self.seconds is not None and not 0.0 < self.seconds[0] <= self.seconds[1] < math.inf:
            raise UserError(f"clips of {self.seconds[0]:g} to {self.seconds[1]:g} seconds are none")
        if self.seed < 0:
            raise UserError(f"seed is {self.seed}; it must not be negative")

    def split(self, subject: int) -> str:
        """Part of the collection that athlete number `subject` is in, with all clips."""
        train = round(self.subjects * SPLITS["train"])
        validation = train + round(self.subjects * SPLITS["validation"])
        return "train" if subject < train else "validation" if subject < validation else "test"

    def draws(self, subject: int, action: str, clip: int) -> bool:
        """Whether a clip is rendered. Multiples of the golden ratio spread those that are evenly over everything."""
        number = (subject * len(ACTIONS) + ACTIONS.index(action)) * self.clips + clip
        return number * GOLDEN % 1.0 < self.rendered


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides what is in a clip."""

    name: str
    split: str
    subject: str
    action: str
    athlete: Subject
    scene: Scene
    world: World
    planned: PlannedSet
    seed: int
    rendered: bool


def recipes(settings: Settings, subject: int, action: str) -> Iterator[Recipe]:
    """The clips of one athlete and action; each depends on its own number only, not on those before it."""
    who = f"s{subject:03d}"
    usual = Subject.sample(np.random.default_rng((settings.seed, subject)))
    for clip in range(settings.clips):
        rng = np.random.default_rng((settings.seed, subject, 1 + ACTIONS.index(action), clip))
        doing = movement(action) if action != "other" else _other(subject + clip)
        tempo = np.clip(usual.tempo * np.exp(rng.normal(0.0, TEMPO_SPREAD)), 0.7, 1.4)
        athlete = replace(usual, tempo=float(tempo))
        yield Recipe(
            name=f"{who}_{action}_{clip:02d}",
            split=settings.split(subject),
            subject=who,
            action=action,
            athlete=athlete,
            scene=replace(Scene.sample(rng), stool=doing.name == "sit_down"),
            world=_world(rng, settings.occlusion),
            planned=_set(rng, doing, athlete.tempo, settings.seconds or SECONDS),
            seed=int(rng.integers(2**31)),
            rendered=settings.draws(subject, action, clip),
        )


def _world(rng: np.random.Generator, occlusion: float | None) -> World:
    world = World.sample(rng)
    return world if occlusion is None else replace(world, picture=PictureFaults(occlusion))


def _other(number: int) -> Movement:
    """Everything that is not an exercise, in turn."""
    others = [entry for entry in movements().values() if entry.action == "other"]
    return others[number % len(others)]


def _set(rng: np.random.Generator, doing: Movement, tempo: float, seconds: tuple[float, float]) -> PlannedSet:
    """As many repetitions as fit; in most sets one fault comes and goes, of the same kind but not of the same size."""
    rest = rng.uniform(0.5, 1.5)
    cycle = sum(move.seconds + move.pause for move in doing.cycle) / tempo
    repetitions = max(3, round((rng.uniform(*seconds) - rest) / cycle))
    faults, shares = {}, ()
    if doing.faults and rng.random() < FAULTY:
        name = list(doing.faults)[rng.integers(len(doing.faults))]
        smallest, largest = doing.faults[name].range
        faults = {name: float(rng.uniform(FAINTEST * smallest, largest))}
        shares = tuple((rng.uniform(0.7, 1.0, repetitions) * (rng.random(repetitions) < FAULTY)).tolist())
    return PlannedSet(doing.name, repetitions, faults, rest=float(rest), shares=shares)

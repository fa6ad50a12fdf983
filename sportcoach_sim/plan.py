"""What an athlete is to do in a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_sim.movement import movement
from sportcoach_sim.scene import Camera, Scene


@dataclass(frozen=True)
class PlannedSet:
    """Some repetitions of one movement.

    movement: a name of `movement.movements`.
    faults: magnitude by name, in the fault's own unit.
    rest: standing (or lying on the hands) still before the first repetition [s].
    facing: direction in the room [degrees], 0 to a camera with azimuth 0, 90 to one with azimuth 90.
    shares: of the faults' magnitude in each repetition, 0 for a clean one; repetitions beyond have all of it.

    Raises:
        UserError: unknown movement or fault, or nothing to do.
    """

    movement: str
    repetitions: int = 5
    faults: Mapping[str, float] = field(default_factory=dict)
    rest: float = 1.5
    facing: float = 0.0
    shares: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        movement(self.movement).check_faults(self.faults)
        if self.repetitions < 1 or self.rest < 0.0:
            raise UserError(f"a set of {self.movement} needs at least one repetition and a rest that isn't negative")

    def faults_in(self, number: int, magnitudes: Mapping[str, float]) -> dict[str, float]:
        """`magnitudes` of the faults by the share that repetition `number`, from 1, has of them."""
        share = self.shares[number - 1] if number <= len(self.shares) else 1.0
        return {fault: share * magnitude for fault, magnitude in magnitudes.items()} if share > 0.0 else {}

    @classmethod
    def sample(cls, rng: np.random.Generator, name: str, repetitions: int, faulty: float = 0.5) -> PlannedSet:
        """A set of `name` that has, with probability `faulty`, one of the movement's faults of random magnitude."""
        specs = movement(name).faults
        faults = {}
        if specs and rng.random() < faulty:
            fault = list(specs)[rng.integers(len(specs))]
            faults[fault] = float(rng.uniform(*specs[fault].range))
        return cls(name, repetitions, faults, rest=float(rng.uniform(0.5, 2.0)))


@dataclass(frozen=True)
class Away:
    """The athlete walks out of the picture, is away for `seconds`, and comes back."""

    seconds: float = 3.0


Plan = tuple[PlannedSet | Away, ...]

DEMO: Plan = (
    PlannedSet("squat", 10, {"knee_valgus": 22.0}, rest=2.5),
    PlannedSet("push_up", 8, rest=1.5, facing=-75.0),
)
"""About a minute: squats with the knees falling in, then push-ups with the side to the camera."""

DEMO_SCENE: Final = Scene(camera=Camera(azimuth=15.0))
"""From where both can be judged."""

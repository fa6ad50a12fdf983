"""Who is simulated: body proportions, looks and temperament of one athlete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

Colour = tuple[float, float, float]
"""Red, green, blue, 0..1."""

_SKIN: Final[tuple[Colour, ...]] = (
    (0.95, 0.80, 0.70), (0.90, 0.72, 0.58), (0.80, 0.60, 0.45),
    (0.66, 0.47, 0.34), (0.50, 0.34, 0.24), (0.36, 0.24, 0.17),
)  # fmt: skip
_HAIR: Final[tuple[Colour, ...]] = (
    (0.08, 0.06, 0.05), (0.20, 0.13, 0.08), (0.36, 0.23, 0.12), (0.70, 0.55, 0.30), (0.45, 0.45, 0.45),
)  # fmt: skip
_SHIRT: Final[tuple[Colour, ...]] = (
    (0.15, 0.30, 0.65), (0.70, 0.15, 0.15), (0.20, 0.50, 0.25),
    (0.85, 0.85, 0.82), (0.38, 0.38, 0.42), (0.85, 0.50, 0.15),
)  # fmt: skip
_SHORTS: Final[tuple[Colour, ...]] = ((0.12, 0.12, 0.15), (0.20, 0.22, 0.35), (0.35, 0.35, 0.38), (0.45, 0.15, 0.20))
_SHOES: Final[tuple[Colour, ...]] = ((0.92, 0.92, 0.92), (0.15, 0.15, 0.17), (0.80, 0.25, 0.20), (0.20, 0.45, 0.75))


@dataclass(frozen=True, slots=True)
class Lengths:
    """Segment lengths [m] between joint centres."""

    thigh: float
    shank: float
    ankle: float
    upper_arm: float
    forearm: float
    hip: float
    shoulder: float
    lumbar: float
    trunk: float
    """From the lumbar joint to the line between the shoulders."""
    neck: float
    """From the lumbar joint to the base of the neck."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One athlete.

    Segment lengths are fractions of the height by Drillis and Contini (1966), as in Winter (2009, fig. 4.1); hips and
    shoulders are half the distance of the joint centres, which is less than the breadths given there.

    Attributes:
        height: [m].
        build: girth against that of a slim person, about 0.9 to 1.3.
        legs: leg length against the mean proportion.
        arms: arm length against the mean proportion.
        tempo: speed of the movements against the mean.
        variability: 1 moves like the average person, 0 like a machine.
        reaction_time: from hearing a cue to acting on it [s].
        compliance: share of a fault that goes away with each repetition after a right cue, 0..1.
    """

    height: float = 1.75
    build: float = 1.0
    legs: float = 1.0
    arms: float = 1.0
    skin: Colour = _SKIN[1]
    hair: Colour = _HAIR[1]
    shirt: Colour = _SHIRT[0]
    shorts: Colour = _SHORTS[0]
    shoes: Colour = _SHOES[0]
    tempo: float = 1.0
    variability: float = 1.0
    reaction_time: float = 0.9
    compliance: float = 0.65

    @property
    def lengths(self) -> Lengths:
        """Segment lengths [m]; longer legs mean a shorter trunk, the height stays."""
        h, legs, arms = self.height, self.legs, self.arms
        trunk_loss = (legs - 1.0) * (0.245 + 0.246)
        return Lengths(
            thigh=0.245 * h * legs,
            shank=0.246 * h * legs,
            ankle=0.039 * h,
            upper_arm=0.186 * h * arms,
            forearm=0.146 * h * arms,
            hip=0.052 * h,
            shoulder=0.106 * h,
            lumbar=0.055 * h,
            trunk=(0.233 - trunk_loss) * h,
            neck=(0.262 - trunk_loss) * h,
        )

    @classmethod
    def sample(cls, rng: np.random.Generator) -> Subject:
        """An adult drawn at random.

        Heights as in the pooled adult population of NCD-RisC (2016, eLife 5:e13410): women 1.62 m, men 1.75 m, each
        with a deviation of 0.07 m. Reaction to a spoken correction: 0.6 to 1.6 s.
        """

        def pick(colours: tuple[Colour, ...]) -> Colour:
            return colours[rng.integers(len(colours))]

        return cls(
            height=float(np.clip(rng.normal(rng.choice((1.62, 1.75)), 0.07), 1.45, 2.0)),
            build=float(rng.uniform(0.9, 1.25)),
            legs=float(np.clip(rng.normal(1.0, 0.02), 0.95, 1.05)),
            arms=float(np.clip(rng.normal(1.0, 0.02), 0.95, 1.05)),
            skin=pick(_SKIN),
            hair=pick(_HAIR),
            shirt=pick(_SHIRT),
            shorts=pick(_SHORTS),
            shoes=pick(_SHOES),
            tempo=float(np.clip(rng.normal(1.0, 0.12), 0.75, 1.3)),
            variability=float(rng.uniform(0.6, 1.4)),
            reaction_time=float(rng.uniform(0.6, 1.6)),
            compliance=float(rng.uniform(0.3, 0.9)),
        )

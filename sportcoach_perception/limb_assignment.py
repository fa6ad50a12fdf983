"""Which limb does each IMU really sit on? Sensors that were swapped are noticed from the movement.

Every IMU is compared with every limb in two ways: how well the movements fit at the best offset (`motion_evidence`),
and how fast the one turns against the other. The permutation with the largest sum is the most likely one.

What moves alike cannot be told apart: left and right in squats, push-ups and jumping jacks differ by little more than
chance, so that only lunges, which alternate, tell left ankle from right. Wrists and ankles differ in all four.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Bools
from sportcoach_perception.motion_evidence import MotionEvidence
from sportcoach_perception.motion_signals import MARGIN, FeltMotion, Motion, SeenMotion, segment_speed, turn_rate
from sportcoach_perception.offset_evidence import HALF_LIFE, REACH
from sportcoach_perception.skeleton import LIMBS

Array = NDArray[np.float64]

BLOCK: Final = 1.0
"""Movement is taken in by pieces of this length [s]."""

MIN_TURN: Final = 0.3
"""While no limb turns faster, the athlete stands still [rad/s, rms]."""

MIN_SECONDS: Final = 4.0
"""A limb with less movement taken in is left out [s]."""

SPEED_SPREAD: Final = 0.5
"""Deviation of the logarithm of how fast a segment is seen to move for how fast it turns."""

SPEED_WEIGHT: Final = 5.0
"""Independent looks at those speeds."""

MAX_SPEED_COST: Final = 10.0
"""No pair is less likely than this for its speeds alone: what turns towards the camera is not seen to move [nats]."""

MAX_SECONDS: Final = 10.0
"""More movement makes nothing more certain: what a pose network gets wrong in a movement, it gets wrong again [s]."""

CERTAIN: Final = 28.0
"""Sensors count as swapped when another permutation is so much more likely than the present one [nats]."""

UNCERTAIN: Final = 10.0
"""Of permutations that differ by less, the one that moves the fewest sensors is taken [nats]."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The most likely limbs.

    limbs: by the limb whose name the sensor's samples bear, the limb on which it is.
    margin: log-likelihood of that less that of the names being right [nats]; 0 when they are the most likely.
    """

    limbs: Mapping[str, str] = field(default_factory=lambda: dict(zip(LIMBS, LIMBS, strict=True)))
    margin: float = 0.0

    @property
    def swapped(self) -> tuple[str, ...]:
        """The sensors that are on another limb, when that is certain."""
        if self.margin < CERTAIN:
            return ()
        return tuple(name for name, limb in self.limbs.items() if name != limb)


def most_likely(scores: Array, known: Bools) -> Assignment:
    """The permutation of sensors with the largest sum of scores.

    Args:
        scores: (4, 4) log-likelihood that a sensor (row) is on a limb (column).
        known: (4,) bool, of which there is evidence; the others stay where they are.
    """
    rows = [row for row in range(len(LIMBS)) if known[row]]
    found = []
    for columns in permutations(rows):
        places = {row: row for row in range(len(LIMBS))} | dict(zip(rows, columns, strict=True))
        score = sum(float(scores[row, places[row]]) for row in rows)
        found.append((score, sum(row != column for row, column in places.items()), places))
    best = max(score for score, _, _ in found)
    present = next(score for score, moved, _ in found if moved == 0)
    places = min((entry for entry in found if entry[0] >= best - UNCERTAIN), key=lambda e: (e[1], -e[0]))[2]
    return Assignment({LIMBS[row]: LIMBS[column] for row, column in places.items()}, best - present)


class LimbAssignment:
    """Compares sensors and limbs, step by step: the work is spread over the calls.

    When one of the clocks was set back, all begins anew.

    Args:
        seen: gets the skeletons.
        felt: by the limb on which each sensor is believed to be; get the samples.

    Attributes:
        assignment: the present one.
        scores: (4, 4) log-likelihood that a sensor (row) is on a limb (column), in the order of LIMBS.
        known: (4,) bool, of which there is evidence.
    """

    def __init__(self, seen: SeenMotion, felt: Mapping[str, FeltMotion]) -> None:
        self._seen, self._felt = seen, felt
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._epochs = self._clocks()
        self._evidence = {(name, limb): MotionEvidence() for name in LIMBS for limb in LIMBS}
        self._turned, self._moved = (np.zeros((len(LIMBS), 2)) for _ in range(2))
        self._begin = -np.inf
        self._work: Iterator[None] = iter(())
        self.scores, self.known = np.zeros((len(LIMBS), len(LIMBS))), np.zeros(len(LIMBS), np.bool_)
        self.assignment = Assignment()

    def _clocks(self) -> tuple[int, ...]:
        return self._seen.epoch, *(felt.epoch for felt in self._felt.values())

    def advance(self) -> None:
        """One step of the work; new work when a piece of movement is complete."""
        if self._epochs != self._clocks():
            self._begin_anew()
        if next(self._work, self) is None:
            return
        alive = [felt for felt in self._felt.values() if felt.last > self._seen.last - 2.0 * BLOCK]
        if not alive:
            return
        first = max(felt.first for felt in alive)
        begin = max(self._begin, self._seen.first + MARGIN, first + REACH + MARGIN)
        end = begin + BLOCK
        if self._seen.last >= end + MARGIN and min(f.last for f in alive) >= end + REACH + MARGIN:
            self._work = self._take(begin, end)

    def _take(self, begin: float, end: float) -> Iterator[None]:
        felt, seen = {}, {}
        for limb in LIMBS:
            felt[limb] = self._felt[limb].motion(begin - REACH, end + REACH)
            seen[limb] = self._seen.motion(limb, begin, end)
            yield
        elapsed = end - self._begin if self._begin > -np.inf else 0.0
        self._begin = end
        moving = max((turn_rate(motion) for motion in felt.values() if motion), default=0.0) >= MIN_TURN
        self._compare_speeds(felt, seen, elapsed, moving)
        for (name, limb), evidence in self._evidence.items():
            evidence.fade(elapsed)
            sensor, segment = felt[name], seen[limb]
            if moving and sensor is not None and segment is not None:
                evidence.add(sensor, segment)
            yield
        fits = np.zeros((len(LIMBS), len(LIMBS)))
        for index, evidence in enumerate(self._evidence.values()):
            if evidence.seconds >= MIN_SECONDS:
                fits.flat[index] = evidence.likelihood() * min(1.0, MAX_SECONDS / evidence.seconds)
            yield
        self._decide(fits)

    def _compare_speeds(
        self, felt: Mapping[str, Motion | None], seen: Mapping[str, Motion | None], elapsed: float, moving: bool
    ) -> None:
        """Sum up the squared speeds of sensors and segments, and how many there are."""
        for sums, motions, speed in ((self._turned, felt, turn_rate), (self._moved, seen, segment_speed)):
            sums *= 0.5 ** (elapsed / HALF_LIFE)
            for row, limb in enumerate(LIMBS):
                motion = motions[limb]
                if moving and motion is not None:
                    sums[row] += speed(motion) ** 2, 1.0

    def _decide(self, fits: Array) -> None:
        self.known = np.array([self._evidence[limb, limb].seconds >= MIN_SECONDS for limb in LIMBS])
        turned, moved = (
            0.5 * np.log(np.maximum(sums[:, 0], 1e-9) / np.maximum(sums[:, 1], 1e-9))
            for sums in (self._turned, self._moved)
        )
        ratio = turned[:, None] - moved
        if self.known.any():
            ratio -= np.mean(np.diag(ratio)[self.known])
        cost = SPEED_WEIGHT * ratio**2 / (2.0 * SPEED_SPREAD**2)
        self.scores = fits - np.minimum(cost, MAX_SPEED_COST)
        self.assignment = most_likely(self.scores, self.known)

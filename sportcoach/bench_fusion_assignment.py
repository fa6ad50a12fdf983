"""How well swapped IMUs are noticed from the movement, on simulated athletes, for all 24 ways to put them on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations
from typing import Final

import numpy as np

from sportcoach.figures import Figure
from sportcoach.seen_athletes import random_links, set_of, watch
from sportcoach_perception.frames import ImuSample
from sportcoach_perception.limb_assignment import LimbAssignment, most_likely
from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.skeleton import LIMBS

KINDS: Final = {
    "left_right_wrists": (1, 0, 2, 3),
    "left_right_ankles": (0, 1, 3, 2),
    "wrist_ankle_one_side": (2, 1, 0, 3),
    "wrists_ankles": (2, 3, 0, 1),
}
"""Swaps that are reported one by one: limb on which each sensor is."""


def _watched(run: int, seed: int) -> Iterator[LimbAssignment]:
    """The assignment after every sight of one run, with the sensors where they belong."""
    links = random_links(np.random.default_rng((seed, run, 2)))
    seen, felt = SeenMotion(), {limb: FeltMotion() for limb in LIMBS}
    limb_assignment = LimbAssignment(seen, felt)
    for sight in watch(set_of(run, seed)[1], run, seed, links):
        if isinstance(sight.item, ImuSample):
            felt[sight.item.limb].add(sight.item)
        else:
            seen.add(sight.item)
        limb_assignment.advance()
        yield limb_assignment


def assignment_figures(runs: int, seed: int) -> list[Figure]:
    """Swaps noticed after ten seconds of exercise, and false alarms at any time, over `runs` simulated sets.

    A sensor under another name has the scores of the right one under its own: one run tells about all permutations.
    """
    false = wrong = 0
    noticed: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for run in range(runs):
        name, alarm = set_of(run, seed)[0], False
        for last in _watched(run, seed):
            alarm |= bool(last.assignment.swapped)
        false += alarm
        for limbs in permutations(range(len(LIMBS))):
            found = most_likely(last.scores[list(limbs)], last.known)
            truly = {LIMBS[row] for row, limb in enumerate(limbs) if row != limb}
            wrong += not set(found.swapped) <= truly
            for kind, swap in KINDS.items():
                if limbs == swap:
                    noticed[name, kind].append(bool(found.swapped))
    return [
        Figure("assignment_false_alarms", false, "runs", "lower", 0.0),
        Figure("assignment_wrong_sensor", wrong / (24 * runs), "share of runs and permutations", "lower"),
        *(
            Figure(f"assignment_noticed_{name}_{kind}", float(np.mean(flags)), "share", "higher")
            for (name, kind), flags in noticed.items()
        ),
    ]

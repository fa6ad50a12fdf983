"""Voice and vibration, together and alone: how soon simulated athletes know what to change, and whether they do."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import islice
from typing import Final

import numpy as np

from sportcoach.experiments.set_design import DesignedSet, designs
from sportcoach.experiments.trials import Measures, Setup
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_feedback.exercise import Exercise, load_exercises
from sportcoach_feedback.haptics import limb_of
from sportcoach_perception.angles import UNSIDED
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet

CHANNELS: Final = ("both", "voice", "vibration")

SECONDS_PER_WORD: Final = 60.0 / 175.0
"""espeak-ng's usual rate; a phrase is understood when it has been said."""

FELT: Final = 0.2
"""Seconds until a vibration is felt: the time of a simple reaction to touch (Woodworth and Schlosberg 1954)."""

REPETITIONS: Final = 6


def faulty_sets(seed: int) -> Iterator[DesignedSet]:
    """The sets of the design that have a fault which the coach knows."""
    known = {(exercise.name, rule.name) for exercise in load_exercises().values() for rule in exercise.faults}
    return (designed for designed in designs(seed) if (designed.cell.exercise, designed.cell.fault) in known)


def understood(cue: Cue, exercise: Exercise, channels: str) -> float | None:
    """Seconds from a cue until the athlete knows what is meant; None when it never does.

    Words say what to change. A vibration says where, which is enough when only one of the exercise's faults is felt on
    that limb. With both, whichever is sooner.
    """
    ways = []
    if channels in ("both", "voice"):
        ways.append(len(cue.text.split()) * SECONDS_PER_WORD)
    if channels in ("both", "vibration"):
        limb = limb_of(cue.joint)
        if len({rule.name for rule in exercise.faults if limb in _felt_on(rule.angle)}) == 1:
            ways.append(FELT)
    return min(ways, default=None)


def _felt_on(angle: str) -> set[str]:
    return {limb_of(angle)} if angle in UNSIDED else {limb_of(f"{side}_{angle}") for side in ("left", "right")}


def coached(setup: Setup, channels: str, number: int, seed: int) -> Measures:
    """Trial: a set of one athlete who hears the coach through some channels; the coach sees the true skeleton.

    Returns:
        told: cues about the fault. late: mean seconds until they were understood, None for never. left: share of the
        fault in the last repetition.
    """
    designed = next(islice(faulty_sets(seed), number, None))
    recipe, fault = designed.recipe, designed.cell.fault
    planned = PlannedSet(designed.cell.exercise, REPETITIONS, dict(recipe.planned.faults), rest=recipe.planned.rest)
    exercises = load_exercises()
    recognizer, coach = Recognizer.load(), Coach(exercises)
    due: list[tuple[int, str, int]] = []
    late: list[float] = []
    told, left = 0, 1.0
    with Athlete(recipe.athlete, (planned,), recipe.seed, recipe.scene, recipe.world, draw=False) as athlete:
        for observation in athlete.observe():
            while due and due[0][0] <= observation.arrival:
                _, name, stamp = heapq.heappop(due)
                athlete.hear(name, stamp)
            if not isinstance(observation.data, Truth):
                continue
            seen = observation.data.skeleton
            left = observation.data.faults.get(fault, 0.0) / designed.magnitude
            frame = FusedFrame.of(seen)
            cue = coach.step(frame, recognizer.step(frame)).cue
            if cue is None or cue.severity is Severity.PRAISE or cue.fault != fault:
                continue
            told += 1
            seconds = understood(cue, exercises[cue.exercise], channels)
            if seconds is not None:
                late.append(seconds)
                heapq.heappush(due, (cue.stamp + round(seconds * 1e9), cue.fault, cue.stamp))
    return {"told": told, "late": float(np.mean(late)) if late else None, "left": float(left)}

"""Nothing is corrected on the way from one exercise to another, nor while somebody does something else."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from stick_figure import action

from sportcoach.not_exercising import simulate
from sportcoach_feedback.coach import AUTO, Coach
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.frames import FusedFrame
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import Away, Plan, PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject

EXERCISES = load_exercises()

PLANS: dict[str, Plan] = {
    "something else": (
        PlannedSet("standing", 1),
        Away(0.5),
        PlannedSet("walking_on_the_spot", 2, facing=-75.0),
        PlannedSet("tie_shoe", 2, facing=0.0),
        PlannedSet("sit_down", 1, facing=40.0),
    ),
    "clean sets": (
        PlannedSet("squat", 1),
        PlannedSet("push_up", 1, facing=-75.0),
        PlannedSet("lunge", 2, facing=0.0),
        PlannedSet("push_up", 1),
        PlannedSet("jumping_jack", 2, facing=45.0),
    ),
}


@cache
def watch(plan: str, seed: int) -> list[Truth]:
    rng = np.random.default_rng(seed)
    with Athlete(Subject.sample(rng), PLANS[plan], seed, Scene.sample(rng, 0.0), draw=False) as athlete:
        return [o.data for o in athlete.observe() if isinstance(o.data, Truth)]


def corrections(rows: list[Truth], exercise: str, late: bool = False) -> list[tuple[str, str]]:
    """What is being done and what is said about it; labels are right, or `late` by the whole transition."""
    coach, label, found = Coach(EXERCISES, exercise), "other", []
    for truth in rows:
        if truth.movement or not late:
            label = truth.action
        seen = truth.skeleton
        frame = FusedFrame(seen.stamp, True, seen.world, np.ones(33, np.float32), image=seen.image)
        cue = coach.step(frame, action(seen.stamp, label)).cue
        if cue is not None:
            found.append((truth.movement, cue.fault))
    return found


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("exercise", [AUTO, *EXERCISES])
def test_other_movements_draw_no_correction_whatever_is_being_coached(exercise: str, seed: int) -> None:
    assert corrections(watch("something else", seed), exercise) == []


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("late", [False, True])
def test_clean_sets_and_the_ways_between_them_draw_no_correction(late: bool, seed: int) -> None:
    assert corrections(watch("clean sets", seed), AUTO, late) == []


@pytest.mark.parametrize("exercise", EXERCISES)
def test_the_ways_to_other_exercises_draw_no_correction(exercise: str) -> None:
    assert [said for said in corrections(watch("clean sets", 0), exercise) if said[0] == ""] == []


def test_people_who_do_something_else_hear_nothing() -> None:
    """`sportcoach bench other` is the long form, an hour of it."""
    calm = simulate(minutes=0.25, seed=5)
    assert calm.seconds >= 15.0 and calm.people >= 1
    assert calm.corrections == []

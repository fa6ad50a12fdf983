"""Wishes hold from the frame that they are about."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from stick_figure import action, frames, squatter, swings

from sportcoach_feedback.coach import Coach
from sportcoach_feedback.coaching import Coaching
from sportcoach_feedback.control import Command, Control
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.errors import UserError

EXERCISES = load_exercises()
SQUATS: list[NDArray[np.float32] | None] = [squatter(knee) for knee in swings(count=4)]
FRAMES = list(frames(SQUATS))
MIDDLE = FRAMES[len(FRAMES) // 2].stamp


def coached(coach: Coach) -> list[Coaching]:
    return [coach.step(frame, action(frame.stamp, "squat")) for frame in FRAMES]


def wished(command: Command, value: str = "", stamp: int = MIDDLE) -> list[Coaching]:
    coach = Coach(EXERCISES)
    coach.control(Control(stamp, command, value))
    return coached(coach)


def repetitions(coachings: list[Coaching]) -> list[tuple[int, int]]:
    return [(repetition.stamp, repetition.number) for c in coachings for repetition in c.repetitions]


def test_nothing_is_counted_after_the_set_was_stopped() -> None:
    found = repetitions(wished(Command.STOP))
    assert found == [pair for pair in repetitions(coached(Coach(EXERCISES))) if pair[0] < MIDDLE]
    assert 0 < len(found) < 4


def test_a_new_set_counts_from_one() -> None:
    numbers = [number for _, number in repetitions(wished(Command.START))]
    assert numbers[:1] == [1] and numbers.count(1) == 2


def test_a_stopped_set_can_be_started_again() -> None:
    coach = Coach(EXERCISES)
    coach.control(Control(FRAMES[0].stamp, Command.STOP))
    coach.control(Control(MIDDLE, Command.START))
    found = repetitions(coached(coach))
    assert found and all(stamp > MIDDLE for stamp, _ in found)


def test_the_exercise_can_be_chosen() -> None:
    coachings = wished(Command.EXERCISE, "lunge")
    assert [c.stage.exercise for c in coachings if c.stage.stamp >= MIDDLE] == ["lunge"] * sum(
        frame.stamp >= MIDDLE for frame in FRAMES
    )


def test_a_wish_that_comes_early_gives_the_same_as_one_that_comes_in_time() -> None:
    coach = Coach(EXERCISES)
    late = []
    for frame in FRAMES:
        if frame.stamp == MIDDLE:
            coach.control(Control(MIDDLE, Command.STOP))
        late.append(coach.step(frame, action(frame.stamp, "squat")))
    assert repetitions(late) == repetitions(wished(Command.STOP))


def test_an_exercise_that_there_is_not_is_refused_at_once() -> None:
    with pytest.raises(UserError, match="no exercise named 'yoga'"):
        Coach(EXERCISES).control(Control(0, Command.EXERCISE, "yoga"))

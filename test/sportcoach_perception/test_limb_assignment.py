"""Swapped sensors are noticed where the movement tells, and never where they are right."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from motion_runs import Record, record, renamed

from sportcoach_perception.frames import Skeleton
from sportcoach_perception.limb_assignment import CERTAIN, Assignment, LimbAssignment, most_likely
from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.skeleton import LIMBS

ALL = np.ones(4, np.bool_)
ARMS_FOR_LEGS = dict(zip(LIMBS, LIMBS[2:] + LIMBS[:2], strict=True))


class Watch:
    """All limbs, fed with skeletons and samples."""

    def __init__(self) -> None:
        self.seen, self.felt = SeenMotion(smoothed=False), {limb: FeltMotion() for limb in LIMBS}
        self.limb_assignment = LimbAssignment(self.seen, self.felt)

    def feed(self, items: Record) -> LimbAssignment:
        for item in items:
            if isinstance(item, Skeleton):
                self.seen.add(item)
            else:
                self.felt[item.limb].add(item)
            self.limb_assignment.advance()
        return self.limb_assignment


def watch(items: Record) -> LimbAssignment:
    return Watch().feed(items)


def test_every_permutation_is_recognised_in_lunges() -> None:
    right = watch(record("lunge", seconds=12.0))
    assert right.assignment.swapped == () and right.known.all()
    for limbs in permutations(range(4)):
        assignment = most_likely(right.scores[list(limbs)], ALL)
        assert assignment.limbs == {LIMBS[row]: LIMBS[limb] for row, limb in enumerate(limbs)}
        assert len(assignment.swapped) == sum(row != limb for row, limb in enumerate(limbs))


def test_samples_under_other_names_give_the_scores_of_the_permuted_sensors() -> None:
    items = record("lunge", seconds=7.0)
    scores = watch(renamed(items, ARMS_FOR_LEGS)).scores
    assert np.allclose(scores, watch(items).scores[[2, 3, 0, 1]])


@pytest.mark.parametrize("movement", ["squat", "push_up", "jumping_jack"])
def test_arms_for_legs_are_noticed_and_right_ones_are_not_reported(movement: str) -> None:
    items = record(movement, seconds=12.0)
    assert watch(items).assignment.swapped == ()
    assert set(watch(renamed(items, ARMS_FOR_LEGS)).assignment.swapped) == set(LIMBS)


def test_standing_still_tells_nothing() -> None:
    assert watch(renamed(record("squat", rest=20.0), ARMS_FOR_LEGS)).assignment == Assignment()


def test_a_sensor_that_is_silent_is_left_out() -> None:
    items = tuple(i for i in record("lunge", seconds=12.0) if isinstance(i, Skeleton) or i.limb != "left_wrist")
    ankles = {**dict(zip(LIMBS, LIMBS, strict=True)), "left_ankle": "right_ankle", "right_ankle": "left_ankle"}
    assert watch(items).assignment.swapped == ()
    assert watch(renamed(items, ankles)).assignment.swapped == ("left_ankle", "right_ankle")


def test_a_clock_that_is_set_back_begins_anew() -> None:
    limbs = Watch()
    assert limbs.feed(renamed(record("lunge", seconds=12.0), ARMS_FOR_LEGS)).assignment.swapped
    assert limbs.feed(record("lunge")[:20]).assignment == Assignment()


def test_of_permutations_that_are_alike_the_simplest_is_taken() -> None:
    scores = np.full((4, 4), 1.0)
    scores[[0, 1], [2, 3]] = 50.0
    scores[2, 0] = scores[3, 1] = 50.0
    assert most_likely(scores, ALL).swapped == LIMBS
    assert most_likely(np.zeros((4, 4)), ALL) == Assignment()
    scores = np.zeros((4, 4))
    scores[0, 1], scores[2, 3] = CERTAIN, 3.0
    assert most_likely(scores, ALL).swapped == ("left_wrist", "right_wrist")


def test_what_is_not_known_stays_where_it_is() -> None:
    scores = np.zeros((4, 4))
    scores[0, 1] = 2.0 * CERTAIN
    assert most_likely(scores, np.array([True, False, True, True])) == Assignment()

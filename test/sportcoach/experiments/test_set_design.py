"""The design of the coaching experiments is a fair sample of everything that can go wrong."""

from __future__ import annotations

from collections import Counter

from sportcoach.experiments.scale import Scale
from sportcoach.experiments.set_design import ATHLETES, CLEAN, cells, design


def test_every_cell_comes_once_in_turn() -> None:
    turn = [design(number, seed=3).cell for number in range(len(cells()))]
    assert Counter(turn) == Counter(cells())
    clean = [cell for cell in turn if not cell.fault]
    assert len(clean) == CLEAN * 4 * 9


def test_the_whole_design_is_judged_at_full_scale() -> None:
    assert Scale().judged_sets == len(cells())


def test_athletes_take_turns_and_differ_between_seeds() -> None:
    names = {design(number, seed=3).recipe.subject for number in range(2 * ATHLETES)}
    assert len(names) == ATHLETES
    assert design(0, seed=3).recipe.athlete.height != design(0, seed=4).recipe.athlete.height


def test_a_set_depends_on_its_number_and_seed_alone() -> None:
    assert design(17, seed=3) == design(17, seed=3)
    assert design(17, seed=3) != design(18, seed=3)


def test_a_faulty_set_has_its_fault_at_a_magnitude_that_occurs() -> None:
    for number in range(60):
        designed = design(number, seed=3)
        faults = designed.recipe.planned.faults
        assert dict(faults) == ({designed.cell.fault: designed.magnitude} if designed.cell.fault else {})

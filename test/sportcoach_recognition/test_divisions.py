"""Training and test never share a subject, and everything is tested once."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.errors import UserError
from sportcoach_recognition import divisions
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps
from sportcoach_recognition.divisions import Division


def sequence(subject: str, label: str = "squat", name: str = "", part: str = "") -> Sequence:
    world, seen = np.zeros((2, 33, 3), np.float32), np.ones((2, 33), np.bool_)
    return Sequence(even_stamps(2, 30.0), world, seen, label, "set", subject, name or f"{subject}-{label}", part=part)


def names_tested(division: Division) -> list[str]:
    return sorted(s.name for fold in division.folds for s in fold.test)


def check_apart(division: Division) -> None:
    for fold in division.folds:
        assert fold.train
        assert fold.test
        assert not {s.subject for s in fold.train} & {s.subject for s in fold.test}


sets = st.lists(st.tuples(st.integers(1, 12), st.sampled_from("abc")), min_size=1, max_size=40)


@given(sets)
def test_folds_of_subjects_test_everything_once_and_nobody_twice(pairs: list[tuple[int, str]]) -> None:
    sequences = [sequence(str(who), label, f"{i}") for i, (who, label) in enumerate(pairs)]
    if len({s.subject for s in sequences}) < 2:
        with pytest.raises(UserError, match="needs two"):
            divisions.subject_folds(sequences)
        return
    for divide in (divisions.subject_folds, divisions.leave_one_out):
        division = divide(sequences)
        check_apart(division)
        assert names_tested(division) == sorted(s.name for s in sequences)


def test_folds_spread_a_class_that_few_subjects_have() -> None:
    patients = [sequence(f"p{who}", "incorrect", f"p{who}-{n}") for who in range(5) for n in range(10)]
    healthy = [sequence(f"h{who}", "correct", f"h{who}-{n}") for who in range(15) for n in range(10)]
    division = divisions.subject_folds(patients + healthy)
    assert [Counter(s.label for s in fold.test) for fold in division.folds] == [{"incorrect": 10, "correct": 30}] * 5


def test_the_standard_subjects_are_tested_when_they_are_there() -> None:
    divide = divisions.standard_subjects((2, 4))
    (fold,) = divide([sequence(str(who)) for who in range(1, 5)]).folds
    assert ({s.subject for s in fold.train}, {s.subject for s in fold.test}) == ({"1", "3"}, {"2", "4"})


def test_without_the_standard_subjects_the_others_are_left_out_one_by_one_and_that_is_said() -> None:
    division = divisions.standard_subjects((2, 4))([sequence(str(who)) for who in (1, 3, 10)])
    assert [fold.name for fold in division.folds] == ["1", "3", "10"]
    assert "2, 4" in division.note
    check_apart(division)


def test_the_sets_own_test_part_is_tested() -> None:
    parts = {"a": "train", "b": "validation", "c": "test"}
    divide = divisions.standard_parts(divisions.leave_one_out)
    (fold,) = divide([sequence(who, part=part) for who, part in parts.items()]).folds
    assert ([s.subject for s in fold.train], [s.subject for s in fold.test]) == (["a", "b"], ["c"])
    division = divide([sequence(who, part="train") for who in parts])
    assert len(division.folds) == 3
    assert "not here" in division.note


def test_blocks_keep_neighbours_together() -> None:
    sequences = [sequence(f"{n:04}", label, f"{n:04}") for n, label in enumerate("a" * 20 + "b" * 10)]
    division = divisions.block_folds(sequences)
    assert names_tested(division) == [s.name for s in sequences]
    first = [s.name for s in division.folds[0].test]
    assert first == ["0000", "0001", "0002", "0003", "0020", "0021"]


def test_subjects_are_named_as_people_write_them() -> None:
    sequences = [sequence(str(who)) for who in range(1, 13)]
    (fold,) = divisions.named_subjects(sequences, ["s02", " 4", "12"]).folds
    assert [s.subject for s in fold.test] == ["2", "4", "12"]
    with pytest.raises(UserError, match="no subject 13; there are 1, 2, 3"):
        divisions.named_subjects(sequences, ["13"])
    (fold,) = divisions.named_subjects([sequence("0012"), sequence("640x360@25")], ["0012"]).folds
    assert [s.subject for s in fold.test] == ["0012"]


def test_what_is_in_the_other_folder_too_is_not_trained_on() -> None:
    here = [sequence("a", name="1"), sequence("a", name="2"), sequence("b", name="3")]
    division = divisions.other_root(here, [sequence("a", name="2"), sequence("c", name="4")])
    assert [s.name for s in division.folds[0].train] == ["1", "3"]
    assert "in both parts: a" in division.note

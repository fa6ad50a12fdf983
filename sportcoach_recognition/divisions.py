"""How a set is divided into what is trained on and what is tested: never the same person in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_recognition.datasets.sequence import Sequence

FOLDS: Final = 5
"""Parts of a set that names no test part of its own and has too many subjects to leave out one by one."""


@dataclass(frozen=True)
class Fold:
    """One training and its test; `name` says what is tested."""

    name: str
    train: list[Sequence]
    test: list[Sequence]


@dataclass(frozen=True)
class Division:
    """Trainings and their tests, every tested sequence once; `note` says how they came about."""

    folds: tuple[Fold, ...]
    note: str


Divide = Callable[[list[Sequence]], Division]


def standard_subjects(tested: Collection[int]) -> Divide:
    """The published division: these subjects are tested, the others trained on.

    Without any of them, every subject there is is left out in turn.
    """
    names = {str(subject) for subject in tested}

    def divide(sequences: list[Sequence]) -> Division:
        if not names & {sequence.subject for sequence in sequences}:
            reason = f"none of the standard test subjects ({', '.join(sorted(names, key=int))}) is here"
            return Division(leave_one_out(sequences).folds, f"{reason}: every other subject was left out in turn")
        return Division((_fold("standard test part", sequences, lambda s: s.subject in names),), "standard division")

    return divide


def standard_parts(otherwise: Divide) -> Divide:
    """The set's own test part; its validation part is trained on. Without a test part: `otherwise`."""

    def divide(sequences: list[Sequence]) -> Division:
        if not any(sequence.part == "test" for sequence in sequences):
            division = otherwise(sequences)
            return Division(division.folds, f"the standard test part is not here: {division.note}")
        return Division((_fold("standard test part", sequences, lambda s: s.part == "test"),), "standard division")

    return divide


def leave_one_out(sequences: list[Sequence]) -> Division:
    """Every subject in turn is tested by a network trained on all others."""
    subjects = sorted({sequence.subject for sequence in sequences}, key=_natural)
    if len(subjects) < 2:
        raise UserError("leaving one subject out needs two at least: name the test part with --test-root")
    folds = tuple(
        Fold(subject, [s for s in sequences if s.subject != subject], [s for s in sequences if s.subject == subject])
        for subject in subjects
    )
    return Division(folds, "each subject tested by a network trained on all others")


def subject_folds(sequences: list[Sequence]) -> Division:
    """Five groups of subjects, as alike in their classes as can be, each tested by a network trained on the others."""
    totals = Counter(sequence.label for sequence in sequences)
    shares = {
        subject: np.array([count / totals[label] for label, count in zip(totals, counts, strict=True)])
        for subject, counts in _class_counts(sequences, list(totals)).items()
    }
    if len(shares) < FOLDS:
        return leave_one_out(sequences)
    load = np.zeros((FOLDS, len(totals)))
    group_of = {}
    for subject in sorted(shares, key=lambda name: (-shares[name].max(), _natural(name))):
        growth = np.square(load + shares[subject]).sum(1) - np.square(load).sum(1)
        group_of[subject] = int(growth.argmin())
        load[group_of[subject]] += shares[subject]
    return _grouped(sequences, [group_of[sequence.subject] for sequence in sequences], "groups of subjects")


def block_folds(sequences: list[Sequence]) -> Division:
    """Five blocks of each class in the order of the names: neighbours often show the same person."""
    order = sorted(range(len(sequences)), key=lambda index: (sequences[index].label, sequences[index].name))
    block = [0] * len(sequences)
    for _, same in groupby(order, key=lambda index: sequences[index].label):
        members = list(same)
        for place, index in enumerate(members):
            block[index] = place * FOLDS // len(members)
    return _grouped(sequences, block, "blocks of neighbouring clips")


def named_subjects(sequences: list[Sequence], subjects: Iterable[str]) -> Division:
    """These subjects are tested, the others trained on.

    Raises:
        UserError: one of them is not there.
    """
    there = {_plain(sequence.subject): sequence.subject for sequence in sequences}
    wanted = {_plain(name) for name in subjects}
    if unknown := wanted - set(there):
        known = ", ".join(sorted(there.values(), key=_natural))
        raise UserError(f"no subject {', '.join(sorted(unknown, key=_natural))}; there are {known}")
    tested = {there[name] for name in wanted}
    return Division((_fold("named subjects", sequences, lambda s: s.subject in tested),), "named subjects tested")


def other_root(sequences: list[Sequence], test: list[Sequence]) -> Division:
    """Everything in another folder is tested; what is in both is not trained on."""
    names, subjects = {s.name for s in test}, {s.subject for s in test}
    train = [sequence for sequence in sequences if sequence.name not in names]
    note = "another folder tested"
    if both := subjects & {sequence.subject for sequence in train}:
        note += f"; these subjects or sources are in both parts: {', '.join(sorted(both, key=_natural))}"
    return Division((Fold("other folder", train, test),), note)


def _fold(name: str, sequences: list[Sequence], tested: Callable[[Sequence], bool]) -> Fold:
    train, test = ([s for s in sequences if tested(s) is wanted] for wanted in (False, True))
    return Fold(name, train, test)


def _grouped(sequences: list[Sequence], groups: list[int], what: str) -> Division:
    folds = []
    for group in sorted(set(groups)):
        train = [sequence for sequence, own in zip(sequences, groups, strict=True) if own != group]
        test = [sequence for sequence, own in zip(sequences, groups, strict=True) if own == group]
        folds.append(Fold(f"{group + 1} of {len(set(groups))}", train, test))
    return Division(tuple(folds), f"{len(folds)} {what}, each tested by a network trained on the others")


def _class_counts(sequences: list[Sequence], labels: list[str]) -> dict[str, list[int]]:
    counts = Counter((sequence.subject, sequence.label) for sequence in sequences)
    return {
        subject: [counts[subject, label] for label in labels]
        for subject in {sequence.subject for sequence in sequences}
    }


def _plain(name: str) -> str:
    """A subject whichever way its number is written: s04 is 4."""
    number = name.strip().removeprefix("s")
    return str(int(number)) if number.isdecimal() else name.strip()


def _natural(name: str) -> tuple[int, str]:
    """Sorts numbers by their size, before words."""
    return (int(name), "") if name.isdecimal() else (1 << 62, name)

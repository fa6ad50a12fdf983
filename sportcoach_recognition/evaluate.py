"""Trains and tests by a protocol, and sums up how well it went."""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_recognition import metrics
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.divisions import Division, Fold
from sportcoach_recognition.head_scores import ToldAndTrue


class Classifier(Protocol):
    """What is asked; `fitted.Fitted` is one."""

    def predict(self, sequences: Rows[Sequence]) -> Floats:
        """Probabilities (N, K) of the classes."""

    def heads_compared(self, sequences: Rows[Sequence]) -> list[ToldAndTrue]:
        """What is told beside the action about each of the sequences whose truth is known."""


@dataclass(frozen=True)
class Answers:
    """What one network said about its test part.

    truth: (N,) index of the right class. probabilities: (N, K) float32.
    training, testing: time taken [s].
    heads: what was told beside the action, as far as its truth is known.
    """

    fold: Fold
    truth: NDArray[np.int64]
    probabilities: Floats
    training: float
    testing: float
    heads: list[ToldAndTrue]


def found_classes(division: Division) -> tuple[str, ...]:
    """Every label in the division, in alphabetical order."""
    fold = division.folds[0]
    return tuple(sorted({sequence.label for sequence in (*fold.train, *fold.test)}))


def run(division: Division, classes: tuple[str, ...], classifier: Callable[[Fold], Classifier]) -> list[Answers]:
    """The answers to every fold.

    Args:
        division: what is trained on and tested.
        classes: in the order of the answers.
        classifier: trains for a fold, or gives what was trained before.

    Raises:
        UserError: a fold has nothing to test.
    """
    answers = []
    for fold in division.folds:
        if not fold.test:
            raise UserError(f"nothing to test in the {fold.name}")
        begin = time.monotonic()
        trained = classifier(fold)
        middle = time.monotonic()
        probabilities = trained.predict(fold.test)
        truth = np.array([classes.index(sequence.label) for sequence in fold.test])
        testing = time.monotonic() - middle
        heads = trained.heads_compared(fold.test)
        answers.append(Answers(fold, truth, probabilities, middle - begin, testing, heads))
    return answers


def fit_parts(fold: Fold) -> tuple[list[Sequence], list[Sequence]]:
    """What a network learns from, and the set's own validation part, by which the best step is chosen; may be empty.

    Raises:
        UserError: a class that is tested cannot be learned.
    """
    missing = {sequence.label for sequence in fold.test} - {sequence.label for sequence in fold.train}
    if missing:
        raise UserError(f"nothing to learn {', '.join(sorted(missing))} from: {fold.name} has all there is of it")
    train, validation = (
        [sequence for sequence in fold.train if (sequence.part == "validation") is wanted] for wanted in (False, True)
    )
    return train, validation


def matrix(answers: list[Answers], classes: tuple[str, ...]) -> NDArray[np.int64]:
    """Confusion (K, K) of all folds together."""
    return sum(
        (metrics.confusion(a.truth, a.probabilities.argmax(1), len(classes)) for a in answers),
        np.zeros((len(classes), len(classes)), np.int64),
    )


def details(answers: list[Answers], classes: tuple[str, ...]) -> dict[str, Any]:
    """What there is to say beyond the figures, ready for JSON: per class, per fold, confusion."""
    total = matrix(answers, classes)
    columns = (metrics.recall(total), metrics.precision(total), metrics.f1(total), total.sum(1))
    return {
        "classes": [
            {"name": name, "recall": _number(r), "precision": _number(p), "f1": _number(f), "sequences": int(n)}
            for name, r, p, f, n in zip(classes, *columns, strict=True)
        ],
        "folds": [
            {
                "tested": a.fold.name,
                "accuracy": metrics.accuracy(matrix([a], classes)),
                "training_sequences": len(a.fold.train),
                "test_sequences": len(a.fold.test),
                "training_seconds": round(a.training, 1),
                "test_seconds": round(a.testing, 2),
            }
            for a in answers
        ],
        "confusion": total.tolist(),
    }


def _number(value: float) -> float | None:
    """JSON has no NaN."""
    return None if np.isnan(value) else float(value)

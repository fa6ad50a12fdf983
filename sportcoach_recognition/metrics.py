"""Figures of merit of the paper (eq. 11-13, 17, 18) and those that bear classes of unequal size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Labels = NDArray[np.int64]


def confusion(truth: Labels, predicted: Labels, classes: int) -> NDArray[np.int64]:
    """(K, K) how often class i was taken for class j."""
    matrix = np.zeros((classes, classes), np.int64)
    np.add.at(matrix, (truth, predicted), 1)
    return matrix


def accuracy(matrix: NDArray[np.int64]) -> float:
    """Ac, share of right answers (eq. 11), of a confusion matrix; NaN without any answer."""
    return float(np.trace(matrix) / matrix.sum()) if matrix.sum() else float("nan")


def recall(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """(K,) share of each class that was found; NaN for classes that do not occur."""
    return _ratio(np.diag(matrix), matrix.sum(1))


def precision(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """(K,) share of the answers of each class that were right; NaN for classes that were never answered."""
    return _ratio(np.diag(matrix), matrix.sum(0))


def f1(matrix: NDArray[np.int64]) -> NDArray[np.float64]:
    """(K,) harmonic mean of precision and recall; NaN for classes that neither occur nor were answered."""
    return _ratio(2 * np.diag(matrix), matrix.sum(0) + matrix.sum(1))


def balanced_accuracy(matrix: NDArray[np.int64]) -> float:
    """Mean recall of the classes that occur."""
    return float(np.nanmean(recall(matrix)))


def macro_f1(matrix: NDArray[np.int64]) -> float:
    """Mean F1 of the classes that occur or were answered."""
    return float(np.nanmean(f1(matrix)))


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def angle_score(predicted: ArrayLike, truth: ArrayLike) -> float:
    """AS = 1 - mean |theta_pred - theta_gt|, angles in rad of any shape (eq. 12); NaN (not measured) is left out."""
    return float(1.0 - np.nanmean(np.abs(np.asarray(predicted) - np.asarray(truth))))


def efficiency(accuracy: float, angle_score: float, latency: float) -> float:
    """S of eq. 13 and P of eq. 18: Ac * AS / La, with the latency in seconds."""
    return accuracy * angle_score / latency


def weighted_score(accuracy: float, angle_score: float, latency: float) -> float:
    """S = 0.4 Ac + 0.4 AS - 0.2 La (eq. 17), with the latency in seconds."""
    return 0.4 * accuracy + 0.4 * angle_score - 0.2 * latency


@dataclass(frozen=True, slots=True)
class TTest:
    """Whether the mean of `a` differs from that of `b`.

    difference: mean of a less mean of b.
    t, degrees: statistic and degrees of freedom; p: two-sided.
    """

    difference: float
    t: float
    degrees: float
    p: float


def t_test(a: Sequence[float], b: Sequence[float], paired: bool = False) -> TTest:
    """Welch's t-test of two lists of figures, or the paired one (same seeds or same people, in the same order).

    Raises:
        ValueError: fewer than two figures, or paired lists of unequal length.
    """
    if min(len(a), len(b)) < 2 or (paired and len(a) != len(b)):
        raise ValueError("a t-test needs two figures of each at least, and pairs where it is paired")
    result = stats.ttest_rel(a, b) if paired else stats.ttest_ind(a, b, equal_var=False)
    return TTest(float(np.mean(a) - np.mean(b)), float(result.statistic), float(result.df), float(result.pvalue))

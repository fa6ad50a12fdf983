"""Figures of merit against numbers worked out by hand or by scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from sportcoach_recognition import metrics

MATRIX = metrics.confusion(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 0]), 3)


def test_confusion_counts_truth_by_row_and_answer_by_column() -> None:
    assert MATRIX.tolist() == [[3, 1, 0], [1, 1, 0], [0, 0, 0]]


def test_every_class_weighs_the_same_in_the_balanced_figures() -> None:
    assert metrics.accuracy(MATRIX) == pytest.approx(4 / 6)
    assert metrics.balanced_accuracy(MATRIX) == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert metrics.macro_f1(MATRIX) == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert_allclose(metrics.precision(MATRIX), [3 / 4, 1 / 2, np.nan])
    assert_allclose(metrics.recall(MATRIX), [3 / 4, 1 / 2, np.nan])


def test_a_class_that_is_only_answered_lowers_f1() -> None:
    matrix = metrics.confusion(np.array([0, 0]), np.array([0, 1]), 2)
    assert metrics.balanced_accuracy(matrix) == 0.5
    assert metrics.macro_f1(matrix) == pytest.approx((2 / 3 + 0) / 2)


def test_no_answers_have_no_accuracy() -> None:
    assert math.isnan(metrics.accuracy(np.zeros((2, 2), np.int64)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_figures_are_shares_and_perfect_answers_are_one(pairs: list[tuple[int, int]]) -> None:
    truth, predicted = np.array(pairs).T
    matrix = metrics.confusion(truth, predicted, 4)
    for figure in (metrics.accuracy, metrics.balanced_accuracy, metrics.macro_f1):
        assert 0.0 <= figure(matrix) <= 1.0
        assert figure(metrics.confusion(truth, truth, 4)) == 1.0


def test_angle_score_is_one_less_the_mean_error_in_radians() -> None:
    truth = np.radians([[90.0, 45.0], [10.0, 0.0]])
    assert metrics.angle_score(truth, truth) == 1.0
    assert metrics.angle_score(truth + np.radians(10.0), truth) == pytest.approx(1.0 - math.pi / 18.0)
    truth[0, 0] = np.nan
    assert metrics.angle_score(truth, truth) == 1.0


def test_scores_of_the_paper() -> None:
    assert metrics.efficiency(0.924, 0.879, 1.8) == pytest.approx(0.4512, abs=1e-4)
    assert metrics.weighted_score(0.924, 0.879, 1.8) == pytest.approx(0.3612)


def test_t_tests_are_those_of_scipy() -> None:
    a, b = [0.95, 0.96, 0.97], [0.90, 0.93, 0.91]
    welch, paired = metrics.t_test(a, b), metrics.t_test(a, b, paired=True)
    assert welch.difference == pytest.approx(np.mean(a) - np.mean(b))
    assert welch.p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)
    assert (paired.p, paired.degrees) == (pytest.approx(stats.ttest_rel(a, b).pvalue), 2)
    with pytest.raises(ValueError, match="two figures"):
        metrics.t_test([0.9], b)
    with pytest.raises(ValueError, match="pairs"):
        metrics.t_test(a, b[:2], paired=True)

"""Names and numbers as people write them."""

from __future__ import annotations

import pytest

from sportcoach.wording import clock, grade, words


@pytest.mark.parametrize(
    ("name", "text"),
    [("push_up", "Push-up"), ("jumping_jack", "Jumping jack"), ("left_knee_valgus", "Left knee valgus"), ("", "")],
)
def test_names_become_words(name: str, text: str) -> None:
    assert words(name) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0, "0.0 s"), (7.24, "7.2 s"), (59.94, "59.9 s"), (59.96, "1:00"), (125.4, "2:05"), (3600.0, "60:00")],
)
def test_times_are_short(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize(
    ("quality", "text"), [(1.0, "good"), (0.85, "good"), (0.7, "fair"), (0.2, "poor"), (None, "unknown")]
)
def test_quality_has_a_grade(quality: float | None, text: str) -> None:
    assert grade(quality) == text

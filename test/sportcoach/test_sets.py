"""A set is summarized with its evidence: tempo, range, quality, fatigue, faults."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach.sets import JointTrack, sets_of
from sportcoach_feedback.coaching import Fault, Repetition

SECOND = 1_000_000_000


def repetition(number: int, start: float, seconds: float = 2.0, quality: float = 0.9, *faults: Fault) -> Repetition:
    begin, end = round(start * SECOND), round((start + seconds) * SECOND)
    return Repetition(end, "squat", begin, end, number, quality, faults)


def test_a_long_pause_or_another_exercise_begins_a_new_set() -> None:
    repetitions = [repetition(1, 0.0), repetition(2, 3.0), repetition(3, 60.0)]
    assert [one.repetitions for one in sets_of(repetitions, [], 0)] == [2, 1]
    assert sets_of([], [], 0) == ()


def test_fatigue_is_slower_and_worse_at_the_end() -> None:
    tired = [repetition(n, 4.0 * n, 2.0 + 0.1 * n, 0.9 - 0.05 * n) for n in range(6)]
    (one,) = sets_of(tired, [], 0)
    assert one.tempo_change == pytest.approx(2.45 / 2.05 - 1.0, abs=1e-3)
    assert one.quality_change == pytest.approx(-0.2)
    assert sets_of(tired[:5], [], 0)[0].tempo_change is None, "too short to tell"


def test_what_to_work_on_is_what_happens_often() -> None:
    lean, shallow = Fault("trunk_lean", "trunk", 9.0, 1.0), Fault("shallow_depth", "left_knee", 21.4, 1.0)
    (one,) = sets_of([repetition(1, 0, 2, 0.9, lean, shallow), repetition(2, 3, 2, 0.9, lean)], [], 0)
    assert [(f.fault, f.repetitions, f.worst_deg) for f in one.faults] == [
        ("trunk_lean", 2, 9.0),
        ("shallow_depth", 1, 21.4),
    ]
    assert one.work_on == "trunk_lean"


def test_the_range_is_that_within_repetitions() -> None:
    stamps = np.arange(0, 10 * SECOND, SECOND // 10)
    angle = np.where((stamps >= SECOND) & (stamps <= 3 * SECOND), 90.0, 10.0).astype(np.float32)
    (one,) = sets_of([repetition(1, 1.0)], [JointTrack("left_knee", stamps, angle, angle)], 0)
    assert [(r.joint, r.low_deg, r.high_deg) for r in one.ranges] == [("left_knee", 90.0, 90.0)]

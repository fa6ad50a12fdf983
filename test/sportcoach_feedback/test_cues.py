"""Cues are rare, specific, most severe first, and in the athlete's language."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_feedback.coaching import Fault, Severity
from sportcoach_feedback.cues import COOL_DOWN, LIFETIME, REPEAT, THRESHOLD, CuePolicy
from sportcoach_feedback.exercise import load_exercises
from sportcoach_feedback.texts import Texts
from sportcoach_perception.errors import UserError

SQUAT = load_exercises()["squat"]
SECOND = 1_000_000_000


def fault(name: str = "trunk_lean", deviation: float = 12.3, joint: str = "trunk") -> Fault:
    return Fault(name, joint, deviation, confidence=0.9)


@pytest.fixture
def policy() -> CuePolicy:
    return CuePolicy(Texts("en"))


def test_a_cue_says_what_where_and_how_much(policy: CuePolicy) -> None:
    cue = policy.step(5 * SECOND, SQUAT, [fault("knee_valgus", 12.3, "left_knee")])
    assert cue is not None
    assert cue.text == "Left knee 12 degrees inward: push it out"
    assert (cue.fault, cue.joint, cue.exercise, cue.severity) == ("knee_valgus", "left_knee", "squat", Severity.SAFETY)
    assert cue.expires == cue.stamp + LIFETIME


def test_the_most_severe_fault_comes_first(policy: CuePolicy) -> None:
    cue = policy.step(0, SQUAT, [fault(deviation=40), fault("knee_valgus", 8, "right_knee")])
    assert cue is not None
    assert cue.fault == "knee_valgus"


def test_small_errors_draw_no_cue(policy: CuePolicy) -> None:
    assert policy.step(0, SQUAT, [fault(deviation=THRESHOLD - 0.1)]) is None


def test_cues_keep_their_distance(policy: CuePolicy) -> None:
    assert policy.step(0, SQUAT, [fault()]) is not None
    assert policy.step(COOL_DOWN - 1, SQUAT, [fault("knee_valgus", 20, "left_knee")]) is None
    assert policy.step(COOL_DOWN, SQUAT, [fault("knee_valgus", 20, "left_knee")]) is not None


def test_the_same_words_are_not_repeated_at_once(policy: CuePolicy) -> None:
    assert policy.step(0, SQUAT, [fault()]) is not None
    assert policy.step(COOL_DOWN, SQUAT, [fault()]) is None
    assert policy.step(REPEAT, SQUAT, [fault()]) is not None


def test_nothing_wrong_nothing_said(policy: CuePolicy) -> None:
    assert policy.step(0, SQUAT, []) is None


@given(st.lists(st.lists(st.sampled_from([rule.name for rule in SQUAT.faults])), max_size=300))
def test_no_stream_of_faults_makes_it_chatter(stream: list[list[str]]) -> None:
    policy = CuePolicy(Texts("en"))
    cues = [
        policy.step(index * SECOND // 10, SQUAT, [fault(name) for name in names]) for index, names in enumerate(stream)
    ]
    stamps = [cue.stamp for cue in cues if cue is not None]
    assert all(later - earlier >= COOL_DOWN for earlier, later in pairwise(stamps))


def test_words_in_chinese() -> None:
    assert Texts("zh").of("squat", fault("knee_valgus", 12.3, "left_knee")) == "左膝内扣12度:膝盖向外打开"


def test_a_fault_without_words_is_named() -> None:
    assert Texts("en").of("biceps_curl", fault("elbow_drift", 9.0)) == "Elbow drift: 9 degrees off"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UserError, match="'xx'; there are en, zh"):
        Texts("xx")

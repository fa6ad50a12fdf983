"""A fault is felt on the limb it is about, the stronger the larger it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_feedback.haptics import JOY_FEEDBACK_IDS, haptic_command, limb_of
from sportcoach_perception.angles import ANGLES, joint_of
from sportcoach_perception.skeleton import LIMBS


def cue(joint: str = "left_knee", deviation: float = 10.0, severity: Severity = Severity.FORM) -> Cue:
    return Cue(7, "squat", joint, "fault", deviation, "words", severity, 9)


@pytest.mark.parametrize(
    ("joint", "limb"),
    [
        ("left_knee", "left_ankle"),
        ("right_hip", "right_ankle"),
        ("left_elbow", "left_wrist"),
        ("right_shoulder", "right_wrist"),
        ("trunk", "right_wrist"),
    ],
)
def test_the_limb_concerned_vibrates(joint: str, limb: str) -> None:
    assert limb_of(joint) == limb


@pytest.mark.parametrize("angle", ANGLES)
def test_every_joint_has_an_actuator(angle: str) -> None:
    assert limb_of(joint_of(angle)) in JOY_FEEDBACK_IDS


def test_every_limb_has_its_own_number() -> None:
    assert sorted(JOY_FEEDBACK_IDS.values()) == list(range(len(LIMBS)))


@given(st.floats(0, 180), st.floats(0, 180))
def test_intensity_grows_with_the_error_within_bounds(a: float, b: float) -> None:
    weak, strong = (haptic_command(cue(deviation=deviation)) for deviation in sorted((a, b)))
    assert weak is not None
    assert strong is not None
    assert 0.0 < weak.intensity <= strong.intensity <= 1.0


def test_safety_pulses_longer_and_praise_is_not_felt() -> None:
    form, safety = (haptic_command(cue(severity=severity)) for severity in (Severity.FORM, Severity.SAFETY))
    assert form is not None
    assert safety is not None
    assert (form.pattern, safety.pattern) == ("steady", "pulse")
    assert safety.duration > form.duration
    assert haptic_command(cue(severity=Severity.PRAISE)) is None

"""Every record survives its message, to the last bit."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sportcoach_feedback import coaching
from sportcoach_feedback import messages as feedback
from sportcoach_perception import frames
from sportcoach_perception import messages as perception
from sportcoach_recognition import messages as recognition
from sportcoach_recognition.action import Action

msg = pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")

STAMP = 1_700_000_123_456_789_012
RNG = np.random.default_rng(1)
FAULTS = (coaching.Fault("shallow_depth", "left_knee", 12.3, 0.9), coaching.Fault("trunk_lean", "trunk", 1 / 3, 0.5))


def floats(*shape: int) -> frames.Floats:
    return RNG.normal(size=shape).astype(np.float32)


def assert_same(record: Any, again: Any) -> None:
    assert type(record) is type(again)
    for field in dataclasses.fields(record):
        np.testing.assert_array_equal(getattr(record, field.name), getattr(again, field.name), err_msg=field.name)


def test_a_skeleton_survives() -> None:
    skeleton = frames.Skeleton(STAMP, True, floats(33, 2), floats(33, 3), floats(33), "a", 1.75)
    assert_same(skeleton, perception.read_skeleton(perception.fill_skeleton(msg.Skeleton(), skeleton, "camera")))


def test_a_fused_frame_survives() -> None:
    sync_error = np.array([0.001, np.nan, 0.002, np.nan], np.float32)
    valid = ~np.isnan(sync_error)
    frame = frames.FusedFrame(
        STAMP, True, floats(33, 3), floats(33), floats(4, 6), valid, sync_error, "a", floats(33, 2), 1.75
    )
    assert_same(frame, perception.read_fused(perception.fill_fused(msg.FusedFrame(), frame, "camera")))


def test_skeletons_of_bags_from_before_pictures_had_a_shape_are_read() -> None:
    message = perception.fill_skeleton(msg.Skeleton(), frames.Skeleton(STAMP, True, aspect=1.75), "camera")
    names = [name for name in msg.Skeleton.get_fields_and_field_types() if name != "aspect"]
    old = SimpleNamespace(**{name: getattr(message, name) for name in names})
    assert perception.read_skeleton(old).aspect == 0.0


def test_an_action_survives() -> None:
    probabilities = floats(5)
    action = Action(STAMP, "lunge", probabilities, float(probabilities[2]), "frame_gat-12345678")
    assert_same(action, recognition.read_action(recognition.fill_action(msg.Action(), action, "camera")))


def test_a_stage_survives() -> None:
    stage = coaching.Stage(STAMP, "squat", "execute", 0.1, 2 / 3, 0.7, 3, 2.5)
    assert_same(stage, feedback.read_stage(feedback.fill_stage(msg.Stage(), stage)))


def test_a_deviation_survives() -> None:
    joints = (coaching.JointDeviation("left_knee", 91.7, 85.0, 6.7, 1.0, True),)
    deviation = coaching.Deviation(STAMP, "squat", joints, 0.93, FAULTS)
    message = feedback.fill_deviation(msg.Deviation(), deviation, msg.JointDeviation, msg.Fault)
    assert_same(deviation, feedback.read_deviation(message))


def test_a_repetition_survives() -> None:
    repetition = coaching.Repetition(STAMP, "squat", STAMP - 2_000_000_000, STAMP - 5, 4, 0.8, FAULTS)
    message = feedback.fill_repetition(msg.Repetition(), repetition, msg.Fault)
    assert_same(repetition, feedback.read_repetition(message))


def test_a_cue_survives() -> None:
    cue = coaching.Cue(STAMP, "squat", "left_knee", "valgus", 12.5, "膝盖", coaching.Severity.SAFETY, STAMP + 10**9)
    assert_same(cue, feedback.read_cue(feedback.fill_cue(msg.Cue(), cue)))


def test_every_field_of_a_coaching_message_is_filled() -> None:
    """A field added to a message but not to its record would stay at its default unseen."""
    pairs = ((msg.Stage, coaching.Stage), (msg.Deviation, coaching.Deviation), (msg.Cue, coaching.Cue))
    for message, record in pairs:
        fields = set(message.get_fields_and_field_types()) - {"header"}
        assert fields == {field.name for field in dataclasses.fields(record)} - {"stamp"}

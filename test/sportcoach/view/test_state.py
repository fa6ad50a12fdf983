"""What the live view shows of results that come one by one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from sportcoach.recording import EVERY_FRAME
from sportcoach.view.state import ViewState, anatomy
from sportcoach_feedback.coaching import Cue, Deviation, JointDeviation, Repetition, Severity, Stage
from sportcoach_perception.frames import FusedFrame, Skeleton
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.action import Action

FRAME = 33_333_333


def parts(stamp: int, detected: bool = True) -> dict[str, Any]:
    zeros = np.zeros((33, 3), np.float32), np.ones(33, np.float32)
    imu = np.zeros((4, 6), np.float32)
    imu[1, 3] = 3.0
    joint = JointDeviation("left_knee_valgus", 14.0, 0.0, 14.0, 1.0, False)
    return {
        "skeleton": Skeleton(stamp, detected),
        "fused": FusedFrame(stamp, detected, *zeros, imu, np.array([True, True, True, False])),
        "action": Action(stamp, "squat", np.zeros(5, np.float32), 0.9, "model"),
        "stage": Stage(stamp, "squat", "execute", 0.5, 0.1, 0.0, 3, float("nan")),
        "deviation": Deviation(stamp, "squat", (joint,), 0.8, ()),
    }


def feed(state: ViewState, stamp: int, late: int = 30_000_000, detected: bool = True) -> dict[str, Any]:
    frames = [state.add(part, stamp, item, stamp + late) for part, item in parts(stamp, detected).items()]
    assert frames[: len(EVERY_FRAME) - 1] == [None] * (len(EVERY_FRAME) - 1)
    frame = frames[-1]
    assert frame is not None
    return frame


def test_a_frame_is_shown_when_all_its_parts_are_there() -> None:
    frame = feed(ViewState(), FRAME)
    assert (frame["exercise"], frame["stage"], frame["repetitions"]) == ("squat", "execute", 3)
    assert len(frame["landmarks"]) == 66 and len(frame["visibility"]) == 33
    assert frame["joints"] == [
        {
            "name": "left_knee_valgus",
            "landmark": LANDMARK_INDEX["left_knee"],
            "angle": 14.0,
            "deviation": 14.0,
            "good": False,
        }
    ]
    assert frame["imu"] == [0.0, 0.5, 0.0, None]


def test_what_is_shown_is_json_that_every_browser_reads() -> None:
    text = json.dumps([anatomy(), feed(ViewState(), FRAME)], allow_nan=False)
    assert json.loads(text)[1]["tempo"] is None


def test_nobody_in_view_has_no_skeleton() -> None:
    frame = feed(ViewState(), FRAME, detected=False)
    assert frame["landmarks"] == [] and frame["detected"] is False


def test_rate_and_latency_are_those_of_the_last_seconds() -> None:
    state = ViewState()
    for number in range(1, 90):
        frame = feed(state, number * FRAME, late=20_000_000 if number > 20 else 500_000_000)
    assert frame["rate"] == 30.0 and frame["latency"] == 20.0


def test_the_last_cue_comes_with_its_age_and_the_last_quality_stays() -> None:
    state = ViewState()
    state.add_cue(Cue(FRAME, "squat", "left_knee", "knee_valgus", 14.0, "push it out", Severity.SAFETY, 2 * FRAME))
    state.add_repetition(Repetition(FRAME, "squat", 0, FRAME, 1, 0.75, ()))
    feed(state, FRAME)
    frame = feed(state, 31 * FRAME)
    assert frame["cue"]["text"] == "push it out" and round(frame["cue"]["age"], 3) == 1.0
    assert frame["quality"] == 0.75


def test_the_worst_news_about_the_system_is_shown_until_it_is_better() -> None:
    state = ViewState()
    state.add_health({"/fusion_node: right_wrist": (1, "silent"), "pose": (0, "30 pictures a second")})
    assert feed(state, FRAME)["health"] == {"level": 1, "message": "Right wrist: silent"}
    state.add_health({"/fusion_node: right_wrist": (0, "alive")})
    assert feed(state, 2 * FRAME)["health"] == {"level": 0, "message": ""}

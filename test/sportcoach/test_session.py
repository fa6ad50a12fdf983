"""session.json says what happened, in a stable form, and is never half written."""

from __future__ import annotations

import dataclasses
import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from make_results import RATE, SQUAT_SET, Part, make_results

from sportcoach.results import FrameResult
from sportcoach.session import SessionLog, write_atomically
from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS, NOBODY

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "session.schema.json").read_text())


def log_of(parts: tuple[Part, ...] = SQUAT_SET, **options: Any) -> SessionLog:
    log = SessionLog("squat.mp4")
    for result in make_results(parts, **options):
        log.add(result)
    return log


def as_json(log: SessionLog, frames: int | None = None) -> dict[str, Any]:
    """The summary as a reader of the file sees it, checked against the schema."""
    data: dict[str, Any] = json.loads(log.summary(frames).to_json(), parse_constant=pytest.fail)
    jsonschema.validate(data, SCHEMA)
    return data


def relabelled(result: FrameResult, label: str) -> FrameResult:
    return dataclasses.replace(result, action=dataclasses.replace(result.action, label=label))


def test_actions_are_the_runs_of_one_label_without_the_gaps() -> None:
    data = as_json(log_of())
    spans = [(action["label"], action["t0"], action["t1"]) for action in data["actions"]]
    assert spans == [
        ("other", 1.0, 2.5),
        ("squat", 2.5, 20.5),
        ("other", 20.5, pytest.approx(21.5 - 1 / RATE, abs=1e-3)),
    ]
    assert data["actions"][1]["confidence"] == pytest.approx(0.9)


@given(st.lists(st.sampled_from((*ACTIONS, NOBODY)), max_size=60))
def test_actions_are_maximal_runs_whatever_the_labels(labels: list[str]) -> None:
    log = SessionLog("camera 0")
    [template] = make_results((Part("other", seconds=1 / RATE),))
    for index, label in enumerate(labels):
        result = relabelled(template, label)
        skeleton = dataclasses.replace(result.skeleton, stamp=index * 1_000_000_000)
        log.add(dataclasses.replace(result, skeleton=skeleton))
    rebuilt = [NOBODY] * len(labels)
    actions = as_json(log)["actions"]
    for action in actions:
        stop = round(action["t1"]) + (action["t1"] == len(labels) - 1 and labels[-1] == action["label"])
        rebuilt[round(action["t0"]) : stop] = [action["label"]] * (stop - round(action["t0"]))
    assert rebuilt == labels
    assert all(one["label"] != two["label"] for one, two in pairwise(actions) if one["t1"] == two["t0"])


def test_repetitions_and_cues_are_those_of_the_coach() -> None:
    data = as_json(log_of())
    assert [rep["number"] for rep in data["reps"]] == [1, 2, 3, 4, 5, 6]
    assert [rep["faults"] for rep in data["reps"]] == [[], ["shallow_depth_squat"], [], [], ["shallow_depth_squat"], []]
    assert data["reps"][1]["t0"] == pytest.approx(5.5)
    assert [(cue["t"], cue["joint"], cue["text"], cue["deviation_deg"]) for cue in data["cues"]] == [
        (7.0, "left_knee", "Go deeper", 21.0),
        (16.0, "left_knee", "Go deeper", 21.0),
    ]


def test_times_count_from_the_first_frame_whatever_the_clock() -> None:
    now = 1_763_000_000_123_456_789
    first, later = as_json(log_of(start=0)), as_json(log_of(start=now))
    assert (first.pop("start_stamp_ns"), later.pop("start_stamp_ns")) == (0, now)
    assert first == later


def test_frames_that_were_not_processed_are_counted() -> None:
    data = as_json(log_of(), frames=700)
    assert (data["frames"], data["frames_processed"]) == (700, 645)
    assert data["detected_fraction"] == pytest.approx(615 / 645, abs=1e-4)
    assert as_json(log_of())["frames"] == 645


def test_same_results_give_the_same_bytes() -> None:
    assert log_of().summary().to_json() == log_of().summary().to_json()


def test_latency_is_in_milliseconds_and_skips_what_is_not_known() -> None:
    log = log_of()
    latency = as_json(log)["latency_ms"]
    assert latency == {"p50": pytest.approx(48.0), "p95": pytest.approx(58.0), "max": pytest.approx(58.0)}
    [result] = make_results((Part("other", seconds=1 / RATE),))
    log.add(dataclasses.replace(result, latency=math.nan))
    assert as_json(log)["latency_ms"] == latency


def test_session_without_frames_is_valid() -> None:
    data = as_json(SessionLog("camera 0"), frames=12)
    assert (data["duration_s"], data["frames"], data["frames_processed"], data["actions"]) == (0, 12, 0, [])
    assert data["latency_ms"] == {"p50": None, "p95": None, "max": None}


def test_numbers_that_are_not_finite_or_numpys_own_become_plain_json() -> None:
    log = SessionLog("camera 0")
    numpys: dict[str, Any] = {"deviation": np.float32(12.25), "stamp": np.int64(1_500_000_000)}
    for result in make_results((Part("squat", 2),)):
        coaching = result.coaching
        unknown = tuple(dataclasses.replace(repetition, quality=math.nan) for repetition in coaching.repetitions)
        cue = coaching.cue and dataclasses.replace(coaching.cue, **numpys)
        log.add(dataclasses.replace(result, coaching=dataclasses.replace(coaching, repetitions=unknown, cue=cue)))
    data = as_json(log)
    assert [rep["quality"] for rep in data["reps"]] == [None, None]
    assert [(cue["t"], cue["deviation_deg"]) for cue in data["cues"]] == [(1.5, 12.2)]


def test_joint_curves_hold_what_was_judged_and_when() -> None:
    log = log_of()
    curves = {curve.joint: curve for curve in log.joint_curves()}
    assert list(curves) == ["left_knee", "left_hip", "right_knee", "right_hip"]
    knee = curves["left_knee"]
    assert knee.frame[0] == round(2.5 * RATE)
    assert len(knee.angle) == len(knee.reference) == len(knee.in_tolerance) == 6 * 3 * RATE
    assert knee.angle.min() == pytest.approx(85, abs=0.1)
    assert 0 < np.count_nonzero(~knee.in_tolerance) < len(knee.angle) / 2


def test_pose_of_a_frame_comes_back() -> None:
    results = list(make_results())
    log = log_of()
    position, visibility = log.pose(120)
    np.testing.assert_array_equal(position, results[120].skeleton.world[:, :2])
    np.testing.assert_array_equal(visibility, results[120].skeleton.visibility)


def test_writing_replaces_the_old_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new" / "session.json"
    session = log_of().summary()
    session.write(target)
    session.write(target)
    assert target.read_text(encoding="utf-8") == session.to_json()
    assert list(target.parent.iterdir()) == [target]


def test_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match=r"cannot write .*session\.json"):
        log_of().summary().write(tmp_path / "file" / "session.json")
    (tmp_path / "session.json").mkdir()
    with pytest.raises(UserError, match="cannot write"):
        write_atomically(tmp_path / "session.json", "{}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "session.json"]

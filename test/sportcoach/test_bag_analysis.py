"""Bags are analyzed offline like videos: the same every time, however damaged, looped, or recorded by others."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bag_messages import Messages

from sportcoach.bag import Bag
from sportcoach.bag_feed import BagFeed
from sportcoach.bag_source import find_source
from sportcoach.bag_writer import BagWriter
from sportcoach.offline import analyze
from sportcoach.pipeline import Pipeline, PipelineOptions
from sportcoach.session import Session
from sportcoach_perception.alignment import Alignment
from sportcoach_perception.errors import UserError
from sportcoach_perception.images import encode_jpeg
from sportcoach_perception.video import VideoFile
from sportcoach_recognition.recognizer import Recognizer

bag_speed = pytest.importorskip("sportcoach.bag_speed", reason="needs mujoco")


@pytest.fixture(scope="module")
def squats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two squats and two jumping jacks: skeletons and IMU data."""
    folder: Path = tmp_path_factory.mktemp("bags") / "squats"
    bag_speed.time_writing(bag_speed.simulate(bag_speed.squats_and_jacks(2), draw=False), folder)
    return folder


@pytest.fixture(scope="module")
def whole(squats: Path) -> Session:
    """What is found in all of it."""
    return analyze(squats, PipelineOptions()).session


def content(session: Session) -> dict[str, Any]:
    """All but what depends on the machine and the name of the bag."""
    return {name: value for name, value in asdict(session).items() if name not in ("latency_ms", "source")}


def test_a_bag_of_skeletons_and_imu_data_is_coached(whole: Session) -> None:
    assert whole.source == "squats"
    assert whole.frames == whole.frames_processed > 250
    assert {rep.exercise for rep in whole.reps} == {"squat", "jumping_jack"}


def test_offsets_are_estimated_for_networks_that_read_the_sensors_and_change_nothing_for_others(
    squats: Path, whole: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    learned_from: list[int] = []
    learn = Alignment.on_frame
    monkeypatch.setattr(
        Alignment, "on_frame", lambda self, frame: (learned_from.append(frame.stamp), learn(self, frame))[1]
    )
    assert content(analyze(squats, PipelineOptions()).session) == content(whole)
    assert not learned_from
    monkeypatch.setattr(Recognizer, "reads_sensors", True)
    assert content(analyze(squats, PipelineOptions()).session) == content(whole)
    assert len(learned_from) == whole.frames


def test_a_second_analysis_of_a_split_bag_gives_the_same(squats: Path, whole: Session, tmp_path: Path) -> None:
    with Bag(squats) as bag, BagWriter(tmp_path / "split", split_duration=2_000_000_000) as split:
        for topic, msgtype, stamp, cdr in bag.messages():
            split.write(topic, msgtype, stamp, cdr)
    analysis = analyze(tmp_path / "split", PipelineOptions())
    assert content(analysis.session) == content(whole)
    assert analysis.warning == ""


def test_a_bag_that_starts_again_gives_the_same_again(squats: Path) -> None:
    with Bag(squats) as bag, Pipeline(PipelineOptions(), pictures=False) as pipeline:
        first, second = (
            [result for step in BagFeed(bag, find_source(bag), pipeline).results() for result in step] for _ in range(2)
        )
    assert [r.skeleton.stamp for r in second] == [r.skeleton.stamp for r in first]
    assert [r.action.label for r in second] == [r.action.label for r in first]
    assert [r.coaching.repetitions for r in second] == [r.coaching.repetitions for r in first]
    assert [r.coaching.cue for r in second] == [r.coaching.cue for r in first]


def test_of_a_bag_cut_off_the_first_part_is_analyzed_and_it_is_said_how_much(
    squats: Path, whole: Session, tmp_path: Path
) -> None:
    (tmp_path / "cut.mcap").write_bytes(next(squats.glob("*.mcap")).read_bytes())
    os.truncate(tmp_path / "cut.mcap", round((tmp_path / "cut.mcap").stat().st_size * 0.8))
    analysis = analyze(tmp_path / "cut.mcap", PipelineOptions())
    assert "is damaged" in analysis.warning and "recovered" in analysis.warning
    assert 0.6 * whole.frames < analysis.session.frames < whole.frames
    assert whole.reps[: len(analysis.session.reps)] == analysis.session.reps


def test_duration_ends_an_analysis(squats: Path) -> None:
    assert analyze(squats, PipelineOptions(), duration=1.0).session.frames_processed == 30


def test_pictures_of_a_bag_are_seen_as_those_of_a_video(shared: Callable[[str], Path], tmp_path: Path) -> None:
    messages, count = Messages(), 20
    with BagWriter(tmp_path / "bag") as bag:
        for frame in VideoFile(shared("data/clips/squat_incorrect_kk_002.mp4"), max_size=320):
            if count == 0:
                break
            header = messages.make(
                "std_msgs/Header", stamp=messages.time(frame.stamp + 10**9), frame_id="camera_optical_frame"
            )
            data = np.frombuffer(encode_jpeg(frame.image), np.uint8)
            picture = messages.make("sensor_msgs/CompressedImage", header=header, format="jpeg", data=data)
            cdr = messages.store.serialize_cdr(picture, picture.__msgtype__)
            bag.write("/image_raw/compressed", picture.__msgtype__, frame.stamp + 10**9, cdr)
            count -= 1
        broken = messages.make("sensor_msgs/CompressedImage", header=header, format="jpeg", data=data[:0])
        cdr = messages.store.serialize_cdr(broken, broken.__msgtype__)
        bag.write("/image_raw/compressed", broken.__msgtype__, frame.stamp + 10**9, cdr)
    analysis = analyze(tmp_path / "bag", PipelineOptions(complexity="lite"))
    assert analysis.session.frames_processed == 20
    assert analysis.session.detected_fraction > 0.8
    assert "1 messages of" in analysis.warning and "cannot be decoded" in analysis.warning


def test_a_bag_with_nothing_to_analyze_says_what_it_holds(shared: Callable[[str], Path]) -> None:
    with pytest.raises(UserError, match="it holds /imu/data_raw"):
        analyze(shared("data/bags/phidgets_imu_upside_down_ros2"), PipelineOptions())


def test_what_was_wanted_of_the_session_is_wanted_again(squats: Path, tmp_path: Path) -> None:
    messages = Messages()
    with Bag(squats) as bag, BagWriter(tmp_path / "stopped") as writer:
        header = messages.make("std_msgs/Header", stamp=messages.time(bag.start), frame_id="")
        stop = messages.ours("Control", header=header, command="stop", value="")
        writer.write("/control", stop.__msgtype__, bag.start, messages.store.serialize_cdr(stop, stop.__msgtype__))
        for topic, msgtype, stamp, cdr in bag.messages():
            writer.write(topic, msgtype, stamp, cdr)
    assert analyze(tmp_path / "stopped", PipelineOptions()).session.reps == ()

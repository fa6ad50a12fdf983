"""The real graph on a clip: what comes out on the topics, in the bag and in the files; and what bad input does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from graph_runs import empty_clip, node_processes, shared_memory, sportcoach, start, wait_for_line

from sportcoach.bag import read_messages
from sportcoach_perception.messages import stamp_of
from sportcoach_perception.video import VideoFile

pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph

EXACT = ("source", "duration_s", "frames", "frames_processed", "detected_fraction", "actions", "reps", "cues")
"""Fields of session.json in which online equals offline."""


def session_of(folder: Path) -> dict[str, Any]:
    session: dict[str, Any] = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    return session


def test_a_real_clip_goes_through_the_graph_as_it_does_offline(
    shared: Callable[[str], Path], tmp_path: Path, ros_domain_id: int
) -> None:
    clip = shared("data/clips/squat_incorrect_kk_002.mp4")
    run = sportcoach("run", "--source", "video", "--video", clip, "--out", "live", "--no-voice", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert node_processes(ros_domain_id) == []
    offline = sportcoach("analyze", clip, "--out", "offline", folder=tmp_path)
    assert offline.returncode == 0, offline.stderr

    live = session_of(tmp_path / "live")
    expected = session_of(tmp_path / "offline")
    assert {key: live[key] for key in EXACT} == {key: expected[key] for key in EXACT}
    assert live["frames"] == len(list(VideoFile(clip)))
    assert live["actions"][-1]["label"] == "squat"
    for folder in ("live", "offline"):
        page = (tmp_path / folder / "report.html").read_text(encoding="utf-8")
        assert "<svg" in page and not re.search(r"(src|href)=[\"']https?:", page)
    assert_bag_is_whole(tmp_path / "live" / "bag", clip)


def assert_bag_is_whole(bag: Path, clip: Path) -> None:
    messages = defaultdict(list)
    for topic, stamp, message in read_messages(bag):
        messages[topic].append((stamp, message))
    count = len(list(VideoFile(clip)))
    everywhere = ("/camera_info", "/image_raw/compressed", "/skeleton", "/fused", "/action", "/stage", "/deviation")
    assert {topic: len(messages[topic]) for topic in everywhere} == dict.fromkeys(everywhere, count)
    stamps = [stamp_of(message.header.stamp) for _, message in messages["/camera_info"]]
    assert [stamp - stamps[0] for stamp in stamps] == [frame.stamp for frame in VideoFile(clip)]
    for topic in everywhere:
        assert [stamp_of(message.header.stamp) for _, message in messages[topic]] == stamps, topic
        assert all(received >= stamp for (received, _), stamp in zip(messages[topic], stamps, strict=True)), topic
        suffix = topic.strip("/").split("/")[0].replace("image_raw", "compressed_image").replace("_", "")
        assert suffix in messages[topic][0][1].__msgtype__.lower() or topic == "/fused"


def test_an_empty_clip_ends_well_and_says_that_nobody_was_there(tmp_path: Path, ros_domain_id: int) -> None:
    clip = empty_clip(tmp_path / "empty.mp4")
    run = sportcoach("run", "--video", clip, "--out", "live", "--no-images", folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "no athlete in view" in run.stderr
    session = session_of(tmp_path / "live")
    assert session["frames"] == session["frames_processed"] == 45
    assert session["detected_fraction"] == 0.0 and session["actions"] == [] and session["cues"] == []
    assert (tmp_path / "live" / "bag").is_dir(), run.stdout
    topics = {topic for topic, _, _ in read_messages(tmp_path / "live" / "bag")}
    assert "/skeleton" in topics and "/image_raw/compressed" not in topics
    assert node_processes(ros_domain_id) == []
    assert shared_memory(ros_domain_id) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_within_three_seconds_and_keeps_what_was_recorded(
    number: signal.Signals, tmp_path: Path, ros_domain_id: int
) -> None:
    clip = empty_clip(tmp_path / "long.mp4", seconds=40)
    process = start("run", "--video", clip, "--out", "live", folder=tmp_path)
    for _ in range(4):  # one a second; a slow machine drops pictures, and shows other times than a fast one
        wait_for_line(process, "no athlete in view")
    process.send_signal(number)
    began = time.monotonic()
    process.communicate(timeout=10)
    assert time.monotonic() - began < 3.0 + 1.5  # three for the graph, the rest for the report
    assert process.returncode == 0
    assert node_processes(ros_domain_id) == []
    assert shared_memory(ros_domain_id) == []
    assert session_of(tmp_path / "live")["frames_processed"] > 30
    assert sum(1 for _ in read_messages(tmp_path / "live" / "bag", ["/skeleton"])) > 30


def test_a_second_run_at_the_same_time_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    clip = empty_clip(tmp_path / "clip.mp4", seconds=3)
    first = start("run", "--video", clip, "--out", "first", folder=tmp_path)
    wait_for_line(first, "0.0 s")
    second = sportcoach("run", "--video", clip, "--out", "second", folder=tmp_path)
    assert second.returncode == 2
    assert_one_line(second, "another sportcoach runs in ROS domain")
    first.communicate(timeout=60)
    assert first.returncode == 0 and session_of(tmp_path / "first")["frames_processed"] == 90


def test_the_graph_does_not_outlive_a_killed_command(tmp_path: Path, ros_domain_id: int) -> None:
    clip = empty_clip(tmp_path / "long.mp4", seconds=40)
    process = start("run", "--video", clip, "--out", "live", folder=tmp_path)
    wait_for_line(process, "0.0 s")
    assert len(node_processes(ros_domain_id)) >= 8
    process.kill()
    process.communicate(timeout=10)
    deadline = time.monotonic() + 3.0
    while node_processes(ros_domain_id) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert node_processes(ros_domain_id) == []


def test_a_camera_that_is_not_there_ends_the_run_with_one_line(tmp_path: Path, ros_domain_id: int) -> None:
    run = sportcoach("run", "--source", "camera", "--device", "63", "--out", "live", folder=tmp_path)
    assert run.returncode == 2
    assert "camera 63 cannot be opened" in run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert node_processes(ros_domain_id) == []


def test_up_restarts_a_node_that_dies_and_stops_cleanly(tmp_path: Path, ros_domain_id: int) -> None:
    process = start("up", "--source", "topics", "--no-voice", folder=tmp_path)
    assert process.stdout is not None
    deadline = time.monotonic() + 30
    while len(node_processes(ros_domain_id)) < 6 and time.monotonic() < deadline:
        time.sleep(0.2)
    (victim,) = [
        pid for pid in node_processes(ros_domain_id) if b"haptic_node" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    os.kill(victim, signal.SIGKILL)
    wait_for_line(process, "haptic_node was ended by SIGKILL: starting it again")
    time.sleep(1.0)
    assert any(b"haptic_node" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in node_processes(ros_domain_id))
    process.send_signal(signal.SIGINT)
    began = time.monotonic()
    process.communicate(timeout=10)
    assert time.monotonic() - began < 3.0 and process.returncode == 0
    assert node_processes(ros_domain_id) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "--video", "missing.mp4"), "no such video file: missing.mp4"),
        (("run", "--video", "words.mp4"), "words.mp4 is not a video that can be decoded"),
        (("analyze", "missing.mp4"), "no such video file: missing.mp4"),
        (("analyze", "words.mp4", "--json"), "words.mp4 is not a video that can be decoded"),
        (("analyze", "empty.mp4", "--weights", "words.mp4"), "words.mp4"),
        (("analyze", "empty.mp4", "--exercise", "yodelling"), "no exercise named 'yodelling'"),
        (("analyze", "empty.mp4", "--language", "xx"), "xx"),
        (("run", "--video", "empty.mp4", "--weights", "words.mp4"), "words.mp4"),
        (("run", "--video", "empty.mp4", "--exercise", "yodelling"), "no exercise named 'yodelling'"),
        (("run", "--video", "empty.mp4", "--exercises", "nowhere"), "nowhere"),
        (("run", "--video", "empty.mp4", "--language", "xx"), "xx"),
        (("run", "--video", "empty.mp4", "--namespace", "a b"), "namespace 'a b'"),
        (("run", "--source", "sim", "--trial", "nowhere.yaml"), "nowhere.yaml"),
        (("up", "--exercise", "yodelling"), "no exercise named 'yodelling'"),
        (("bench", "graph", "--duration", "0"), "--duration"),
    ],
)
def test_bad_input_gives_one_line_and_no_traceback(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("not a video", encoding="utf-8")
    empty_clip(tmp_path / "empty.mp4", seconds=0.2)
    result = sportcoach(*arguments, folder=tmp_path)
    assert result.returncode == 2
    assert_one_line(result, words)
    assert not (tmp_path / "sessions").exists()


@pytest.mark.parametrize("arguments", [("analyze", "empty.mp4"), ("run", "--video", "empty.mp4")])
def test_a_damaged_pose_model_is_refused(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty_clip(tmp_path / "empty.mp4", seconds=0.2)
    (tmp_path / "pose_landmarker_full.task").write_bytes(b"damaged")
    monkeypatch.setenv("SPORTCOACH_MODELS", str(tmp_path))
    result = sportcoach(*arguments, folder=tmp_path)
    assert result.returncode == 2
    assert_one_line(result, "pose_landmarker_full.task")


def assert_one_line(result: subprocess.CompletedProcess[str], words: str) -> None:
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sportcoach: ") and words in line

"""sportcoach record joins whatever runs, survives a kill but for the last second, and says when it cannot go on."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from graph_runs import ROOT, command, node, node_processes, running

from sportcoach.bag import Bag
from sportcoach.bag_types import Qos

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph

IMU, PICTURE, STAGE = "/imu/left_wrist/data", "/image_raw/compressed", "/stage"


class Publishers:
    """A graph of its own: an IMU at 100 Hz, random pictures at 10 Hz, one result; publishes on a thread."""

    def __init__(self) -> None:
        from sensor_msgs.msg import CompressedImage, Imu
        from sportcoach_msgs.msg import Stage

        from sportcoach_perception.node_base import RESULTS, sensor_qos

        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node("publishers", context=self._context)
        self._imu = self._node.create_publisher(Imu, IMU, sensor_qos(50))
        self._picture = self._node.create_publisher(CompressedImage, PICTURE, sensor_qos(5, True))
        self._stage = self._node.create_publisher(Stage, STAGE, RESULTS)
        self._stage.publish(Stage(exercise="said before the recording"))
        self.last = 0
        self._ticks: threading.Thread | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._publish)
        self._thread.start()

    def _publish(self) -> None:
        from array import array

        from sensor_msgs.msg import CompressedImage, Imu

        from sportcoach_perception.messages import set_time

        count = 0
        while not self._stop.wait(0.01):
            message = Imu()
            self.last = time.time_ns()
            set_time(message.header.stamp, self.last)
            self._imu.publish(message)
            if count % 10 == 0:
                self._picture.publish(CompressedImage(data=array("B", os.urandom(50_000))))
            count += 1

    def add_skeletons(self) -> None:
        from sportcoach_msgs.msg import Skeleton

        from sportcoach_perception.node_base import RESULTS

        self._node.create_publisher(Skeleton, "/skeleton", RESULTS)

    def start_clock(self, seconds: int) -> None:
        from builtin_interfaces.msg import Time
        from rosgraph_msgs.msg import Clock

        publisher = self._node.create_publisher(Clock, "/clock", 1)
        self._ticks = threading.Thread(
            target=lambda: [publisher.publish(Clock(clock=Time(sec=seconds))) for _ in iter(self._wait, True)]
        )
        self._ticks.start()

    def _wait(self) -> bool:
        return self._stop.wait(0.05)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        if self._ticks is not None:
            self._ticks.join()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)


@pytest.fixture
def publishers(ros_domain_id: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    made = Publishers()
    yield made
    made.close()


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("*.mcap"))


def wait_for_size(folder: Path, size: int) -> None:
    deadline = time.monotonic() + 40.0
    while size_of(folder) < size:
        assert time.monotonic() < deadline, "nothing is recorded"
        time.sleep(0.05)


def test_a_killed_recorder_loses_at_most_the_last_second(
    publishers: Publishers, tmp_path: Path, ros_domain_id: int
) -> None:
    with running("record", "--out", "bag", "--profile", "all", folder=tmp_path) as record:
        wait_for_size(tmp_path / "bag", 1_000_000)
        (pid,) = node_processes(ros_domain_id)
        killed_at = publishers.last
        os.kill(pid, signal.SIGKILL)
        output, _ = record.communicate(timeout=20)
        assert record.returncode == 1
        assert "recorder_node was ended by SIGKILL" in output
    with Bag(tmp_path / "bag") as bag:
        assert "is damaged" in bag.damage
        assert bag.topics[IMU].qos == (Qos(reliable=False),)
        assert bag.topics[PICTURE].qos == (Qos(reliable=True),)
        stamps = [message.stamp for message in bag.messages([IMU])]
    assert len(stamps) > 50
    assert killed_at - stamps[-1] < 1_000_000_000


def test_people_stay_out_and_a_recording_ends_complete(publishers: Publishers, tmp_path: Path) -> None:
    with running("record", "--out", "bag", "--split-seconds", "0.5", folder=tmp_path) as record:
        wait_for_size(tmp_path / "bag", 15_000)
        record.send_signal(signal.SIGINT)
        output, _ = record.communicate(timeout=20)
        assert record.returncode == 0, output
    with Bag(tmp_path / "bag") as bag:
        assert bag.damage == ""
        assert PICTURE not in bag.topics
        assert bag.topics[IMU].count > 50
        assert bag.topics[STAGE].count == 0, "what was said before is not part of the recording"
        assert bag.topics["/cue"].count == 0


def test_recording_begins_when_the_expected_topics_have_been_found(publishers: Publishers, tmp_path: Path) -> None:
    with node("sportcoach.recorder_node", tmp_path, bag="bag", expect='["skeleton"]') as recorder:
        wait_for_size(tmp_path / "bag", 1)
        time.sleep(1.5)
        waited = size_of(tmp_path / "bag")
        publishers.add_skeletons()
        wait_for_size(tmp_path / "bag", 15_000)
        recorder.terminate()
        assert recorder.wait(timeout=20) == 0
    assert waited < 1_000
    with Bag(tmp_path / "bag") as bag:
        assert bag.topics[IMU].count > 50


def test_nothing_is_filed_before_simulated_time_has_begun(publishers: Publishers, tmp_path: Path) -> None:
    with node("sportcoach.recorder_node", tmp_path, bag="bag", use_sim_time="true") as recorder:
        wait_for_size(tmp_path / "bag", 1)
        time.sleep(1.5)
        publishers.start_clock(100)
        wait_for_size(tmp_path / "bag", 15_000)
        recorder.terminate()
        assert recorder.wait(timeout=20) == 0
    with Bag(tmp_path / "bag") as bag:
        assert bag.start == bag.end == 100 * 10**9
        assert bag.topics[IMU].count > 50


def test_a_full_disk_ends_the_recording_with_one_line_and_keeps_what_was_recorded(
    publishers: Publishers, tmp_path: Path
) -> None:
    # A limit on the size of files stands for the disk: 1 MB.
    limited = ["bash", "-c", 'ulimit -f 1000; exec "$@"', "-", *command(["record", "--out", "bag", "--profile", "all"])]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    record = subprocess.run(
        limited, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert record.returncode == 2
    assert "cannot write to the bag bag: File too large" in record.stderr
    with Bag(tmp_path / "bag") as bag:
        assert bag.topics[IMU].count > 50


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    record = subprocess.run(
        command(["record", "--out", "file/bag"]), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert record.returncode == 2
    assert "sportcoach: recorder_node ended with exit code 2: cannot create the bag file/bag" in record.stderr

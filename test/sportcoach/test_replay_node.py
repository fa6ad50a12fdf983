"""sportcoach replay publishes what was recorded, the way it was offered, with the time of the bag."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from graph_runs import node_processes, running, sportcoach, wait_for_line

from sportcoach.bag_types import Qos, message_types
from sportcoach.bag_writer import BagWriter

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2")
pytestmark = pytest.mark.graph

START, STEP = 1_700_000_000_000_000_000, 20_000_000
COUNT = 75


def write_bag(folder: Path) -> None:
    """Numbers as times: reliably kept ones, and others that may get lost."""
    types = message_types()
    with BagWriter(folder) as bag:
        bag.declare("/kept", "builtin_interfaces/msg/Time", (Qos(True, True, 300),))
        bag.declare("/lossy", "builtin_interfaces/msg/Time", (Qos(False, False, 10),))
        for index in range(COUNT):
            message = types.types["builtin_interfaces/msg/Time"](sec=index, nanosec=0)
            cdr = types.serialize_cdr(message, "builtin_interfaces/msg/Time")
            for topic in ("/kept", "/lossy"):
                bag.write(topic, "builtin_interfaces/msg/Time", START + index * STEP, cdr)


class Listener:
    """What arrives on two topics, and on /clock [ns]."""

    def __init__(self, kept: str) -> None:
        from builtin_interfaces.msg import Time
        from rclpy.executors import SingleThreadedExecutor
        from rosgraph_msgs.msg import Clock

        from sportcoach_perception.messages import stamp_of
        from sportcoach_perception.node_base import RESULTS, sensor_qos

        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self.node = rclpy.create_node("listener", context=self._context)
        self._executor = SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self.node)
        self.kept: list[int] = []
        self.lossy: list[int] = []
        self.clock: list[int] = []
        self.node.create_subscription(Time, kept, lambda m: self.kept.append(m.sec), RESULTS)
        self.node.create_subscription(Time, "/lossy", lambda m: self.lossy.append(m.sec), sensor_qos(100))
        self.node.create_subscription(Clock, "/clock", lambda m: self.clock.append(stamp_of(m.clock)), sensor_qos(100))

    def listen(self, until: Callable[[], bool], seconds: float = 40.0) -> None:
        deadline = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < deadline, f"only {self.kept}"
            self._executor.spin_once(timeout_sec=0.05)

    def drain(self, seconds: float = 0.5) -> None:
        """Take what has arrived."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._executor.spin_once(timeout_sec=0.05)

    def close(self) -> None:
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.shutdown(context=self._context)


@pytest.fixture
def listener(ros_domain_id: int, monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[Listener]:
    monkeypatch.setenv("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    made = Listener(getattr(request, "param", "/kept"))
    yield made
    made.close()


@pytest.mark.parametrize("listener", ["/ours"], indirect=True)
def test_what_was_recorded_comes_in_order_under_a_new_name_with_its_time(listener: Listener, tmp_path: Path) -> None:
    write_bag(tmp_path / "bag")
    words = ("--topics", "/kept", "/lossy", "--remap", "/kept:=/ours", "--clock", "--rate", "0.5")
    with running("replay", "bag", *words, folder=tmp_path) as replay:
        listener.listen(lambda: bool(listener.kept))
        offered = {
            name: listener.node.get_publishers_info_by_topic(name)[0].qos_profile for name in ("/ours", "/lossy")
        }
        assert offered["/ours"].durability.name == "TRANSIENT_LOCAL"
        assert offered["/lossy"].reliability.name == "BEST_EFFORT"
        listener.listen(lambda: len(listener.kept) == COUNT)
        assert replay.wait(timeout=20) == 0
        assert listener.kept == list(range(COUNT))
        assert listener.lossy == sorted(set(listener.lossy))
        assert listener.clock == sorted(listener.clock)
        assert START <= listener.clock[0] <= listener.clock[-1] <= START + COUNT * STEP


def goes_back(times: list[int]) -> bool:
    return any(after < before for before, after in pairwise(times))


def test_it_pauses_and_loops_until_it_is_stopped(listener: Listener, tmp_path: Path, ros_domain_id: int) -> None:
    write_bag(tmp_path / "bag")
    words = ("--topics", "/kept", "--loop", "--rate", "2", "--clock")
    with running("replay", "bag", *words, folder=tmp_path) as replay:
        listener.listen(lambda: listener.kept.count(0) >= 2)
        (pid,) = node_processes(ros_domain_id)
        os.kill(pid, signal.SIGUSR1)
        wait_for_line(replay, "paused")
        listener.drain()
        count = len(listener.kept)
        listener.drain(seconds=1.0)
        assert len(listener.kept) == count
        os.kill(pid, signal.SIGUSR1)
        listener.listen(lambda: len(listener.kept) > count and goes_back(listener.clock))
        replay.send_signal(signal.SIGINT)
        assert replay.wait(timeout=20) == 0
        first = listener.kept[: listener.kept.index(0, 1)]
        assert first == sorted(first)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bag",), "has none of our topics; it holds /kept (builtin_interfaces/msg/Time, 75), /lossy"),
        (("bag", "--topics", "/other"), "has no /other; it holds /kept"),
        (("bag", "--topics", "/kept", "--start", "5"), "is 1.5 s long, --start is 5"),
        (("bag", "--remap", "kept"), "remapping 'kept'"),
        (("nowhere",), "nowhere is not a bag that can be read"),
    ],
)
def test_bad_input_gives_one_line(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    write_bag(tmp_path / "bag")
    result = sportcoach("replay", *arguments, folder=tmp_path)
    assert result.returncode == 2
    (line,) = result.stderr.strip().splitlines()
    assert line.startswith("sportcoach: ") and words in line

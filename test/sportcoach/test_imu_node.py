"""The real imu_node as a process: a recording goes through it and through fusion whole, and it outlives rubbish."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_runs import node

from sportcoach_perception.imu_sources import bag_recording
from sportcoach_perception.messages import stamp_of
from sportcoach_perception.skeleton import LIMBS

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph

BAG, TOPIC = "data/bags/phidgets_imu_upside_down_ros2", "/imu/data_raw"
SECONDS = 2.0
WAIT = 60.0


class Listener:
    """Takes what the nodes publish, and publishes skeletons at 30 Hz once there is IMU data."""

    def __init__(self) -> None:
        from sensor_msgs.msg import Imu
        from sportcoach_msgs.msg import FusedFrame, Skeleton

        from sportcoach_perception.node_base import RESULTS, sensor_qos

        self.imus: dict[str, list[Any]] = {limb: [] for limb in LIMBS}
        self.fused: list[Any] = []
        self._context = rclpy.Context()
        rclpy.init(context=self._context)
        self._node = rclpy.create_node("listener", context=self._context)
        self._executor = rclpy.executors.SingleThreadedExecutor(context=self._context)
        self._executor.add_node(self._node)
        for limb in LIMBS:
            self._node.create_subscription(Imu, f"imu/{limb}/data", self.imus[limb].append, sensor_qos(1000, True))
        self._node.create_subscription(FusedFrame, "fused", self.fused.append, RESULTS)
        self._skeletons = self._node.create_publisher(Skeleton, "skeleton", RESULTS)
        self._skeleton = Skeleton
        self._node.create_timer(1 / 30, self._publish_skeleton)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *exception: object) -> None:
        self._executor.shutdown()
        self._node.destroy_node()
        rclpy.shutdown(context=self._context)

    def _publish_skeleton(self) -> None:
        if any(self.imus.values()):
            message = self._skeleton(detected=True)
            message.header.stamp = self._node.get_clock().now().to_msg()
            self._skeletons.publish(message)

    def _received(self) -> dict[str, int]:
        return {limb: len(messages) for limb, messages in self.imus.items()}

    def listen(
        self,
        nodes: Sequence[subprocess.Popen[str]],
        until: Callable[[], bool],
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """Listen until something holds; fails with the output of a node that failed."""
        deadline = time.monotonic() + WAIT
        while not until():
            failed = [process for process in nodes if process.poll()]
            assert not failed, failed[0].communicate()[0]
            assert time.monotonic() < deadline, f"waited in vain: {len(self.fused)} frames, {self._received()}"
            meanwhile()
            self._executor.spin_once(timeout_sec=0.01)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_recording_goes_through_the_node_and_fusion_whole(shared: Callable[[str], Path]) -> None:
    recording = bag_recording.read(shared(BAG), {TOPIC: "right_wrist"})
    expected = [sample for sample in recording if sample.stamp < SECONDS * 1e9]
    settings = {
        "source": "recording",
        "recording": str(shared(BAG)),
        "limbs": f"['{TOPIC}=right_wrist']",
        "duration": str(SECONDS),
        "readers": "2",  # fusion and this test
        "queue": "2000",  # on a busy machine they fall behind
        "exit_at_end": "true",
    }
    with (
        Listener() as listener,
        node("sportcoach_perception.fusion_node") as fusion_node,
        node("sportcoach_perception.imu_node", **settings) as imu_node,
    ):
        nodes = (fusion_node, imu_node)
        imus = listener.imus["right_wrist"]
        listener.listen(nodes, lambda: imu_node.poll() is not None and len(imus) >= len(expected))
        last = stamp_of(imus[-1].header.stamp)
        listener.listen(nodes, lambda: bool(listener.fused) and stamp_of(listener.fused[-1].header.stamp) > last)
        assert imu_node.returncode == 0

    stamps = np.array([stamp_of(message.header.stamp) for message in imus])
    np.testing.assert_array_equal(stamps - stamps[0], [sample.stamp for sample in expected])
    for message, sample in zip(imus, expected, strict=True):
        acceleration = message.linear_acceleration
        assert np.float32(acceleration.z) == sample.signal[2]
        assert message.orientation_covariance[0] == -1.0 and message.header.frame_id == "right_wrist_imu"
    during = [frame for frame in listener.fused if stamps[0] <= stamp_of(frame.header.stamp) <= stamps[-1]]
    with_imu = [frame for frame in during if list(frame.imu_valid) == [False, True, False, False]]
    assert len(during) > 10 and len(with_imu) > 0.5 * len(during)  # a busy machine may deliver a few too late


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_node_outlives_rubbish_and_ends_when_told_to(number: signal.Signals) -> None:
    port = free_port()
    line = {"limb": "left_ankle", "t": 1.0, "acc": [0.0, 0.0, 1.0], "gyro": [0.0, 180.0, 0.0]}
    packets = [b"", b"\x00\xff\xfe" * 500, b"{" * 1000, b'{"limb": 3}', json.dumps({**line, "t": -1}).encode()]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
        Listener() as listener,
        node("sportcoach_perception.imu_node", port=str(port), acc_unit="g", gyro_unit="deg/s") as imu_node,
    ):

        def send() -> None:
            line["t"] = time.monotonic()
            for packet in (*packets, json.dumps(line).encode()):
                sender.sendto(packet, ("127.0.0.1", port))

        listener.listen([imu_node], lambda: len(listener.imus["left_ankle"]) >= 20, send)
        message = listener.imus["left_ankle"][-1]
        assert message.linear_acceleration.z == pytest.approx(9.80665)
        assert message.angular_velocity.y == pytest.approx(np.pi)
        assert imu_node.poll() is None
        imu_node.send_signal(number)
        assert imu_node.wait(timeout=10.0) == 0


def test_settings_that_cannot_work_end_the_node_with_one_line() -> None:
    with node("sportcoach_perception.imu_node", address="0.0.0.0") as imu_node:
        output, _ = imu_node.communicate(timeout=WAIT)
    assert imu_node.returncode == 2
    assert "anybody could send IMU data to 0.0.0.0" in output and "Traceback" not in output

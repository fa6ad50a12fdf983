"""Pictures and IMU data of other drivers go through the graph as our own do."""

from __future__ import annotations

import json
import signal
import threading
import time
from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from graph_runs import node_processes, running, start, wait_for_line

from sportcoach.bag import read_messages

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph

WORN = [True, False, False, True]
"""The limbs that wear an IMU."""


class Drivers:
    """A camera driver (BGR, best effort, 30 Hz) and two IMU drivers (100 Hz), as robots have them."""

    def __init__(self) -> None:
        from rclpy.executors import SingleThreadedExecutor
        from rclpy.qos import qos_profile_sensor_data
        from sensor_msgs.msg import Image, Imu
        from sportcoach_msgs.msg import FusedFrame, Stage

        self.context = rclpy.Context()
        rclpy.init(context=self.context)
        node = rclpy.create_node("drivers", context=self.context)
        self._node = node
        self._image_type, self._imu_type = Image, Imu
        self._camera = node.create_publisher(Image, "camera/color", qos_profile_sensor_data)
        self._imus = [
            node.create_publisher(Imu, f"imu/{limb}/data", qos_profile_sensor_data)
            for limb in ("left_wrist", "right_ankle")
        ]
        self._executor = SingleThreadedExecutor(context=self.context)
        self._executor.add_node(node)
        node.create_subscription(FusedFrame, "fused", self._on_fused, 50)
        node.create_subscription(Stage, "stage", self._on_stage, 50)
        self._fused = self._fused_with_imu = 0
        self._coached: list[int] = []
        self._pixels = array("B", np.full((120, 160, 3), 90, np.uint8).tobytes())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._publish)

    def __enter__(self) -> Drivers:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        self._thread.join()
        rclpy.shutdown(context=self.context)

    def wait_until_coached(self, frames: int, span: float, seconds: float = 60.0) -> None:
        """Wait until the graph has fused `frames` pictures with IMU data, and coached for `span` seconds.

        On a busy machine the IMUs are discovered seconds after the camera, and the coach seconds after fusion, so that
        no duration given beforehand is long enough.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._fused_with_imu >= frames and np.ptp(self._coached or [0]) >= span * 1e9:
                return
            time.sleep(0.05)
        raise AssertionError(
            f"{self._fused_with_imu} of {self._fused} pictures fused with IMU data, {len(self._coached)} coached"
        )

    def _on_fused(self, message: Any) -> None:
        self._fused += 1
        self._fused_with_imu += list(message.imu_valid) == WORN

    def _on_stage(self, message: Any) -> None:
        self._coached.append(message.header.stamp.sec * 10**9 + message.header.stamp.nanosec)

    def _publish(self) -> None:
        tick = 0
        while not self._stop.wait(0.01):
            now = self._node.get_clock().now().to_msg()
            for imu in self._imus:
                message = self._imu_type()
                message.header.stamp = now
                message.linear_acceleration.z = 9.81
                imu.publish(message)
            if tick % 3 == 0:
                picture = self._image_type(height=120, width=160, encoding="bgr8", step=480, data=self._pixels)
                picture.header.stamp = now
                self._camera.publish(picture)
            tick += 1
            self._executor.spin_once(timeout_sec=0.0)


def test_pictures_and_imus_of_other_drivers_are_fused(tmp_path: Path, ros_domain_id: int) -> None:
    arguments = ("run", "--source", "topics", "--image-topic", "camera/color", "--out", "live")
    with Drivers() as drivers, running(*arguments, folder=tmp_path) as process:
        drivers.wait_until_coached(frames=30, span=3.0)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0
    session = json.loads((tmp_path / "live" / "session.json").read_text(encoding="utf-8"))
    assert session["duration_s"] >= 2.0 and session["source"] == "topics"
    fused = [message for _, _, message in read_messages(tmp_path / "live" / "bag", ["/fused"])]
    with_imu = [message for message in fused if list(message.imu_valid) == WORN]
    assert len(with_imu) >= 10
    assert {round(float(message.imu[2]), 2) for message in with_imu} == {9.81}
    assert {round(float(message.imu[20]), 2) for message in with_imu} == {9.81}
    assert node_processes(ros_domain_id) == []


def test_a_run_without_pictures_says_so(tmp_path: Path) -> None:
    process = start("run", "--source", "topics", "--out", "live", folder=tmp_path)
    time.sleep(8.0)
    process.terminate()
    lines = wait_for_line(process, "no pictures arrived", seconds=10)
    process.communicate(timeout=10)
    assert process.returncode == 0 and "Traceback" not in "".join(lines)

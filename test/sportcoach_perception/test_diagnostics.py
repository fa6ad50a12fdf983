"""Nodes say how they are, also while simulated time stands still, and only while they are active."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from sportcoach_perception.skeleton import LIMBS

rclpy = pytest.importorskip("rclpy", reason="needs ROS 2")
pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph


def test_fusion_reports_every_second_of_real_time_until_it_is_deactivated() -> None:
    from diagnostic_msgs.msg import DiagnosticArray
    from rclpy.executors import SingleThreadedExecutor

    from sportcoach_perception.fusion_node import FusionNode

    rclpy.init(args=["--ros-args", "-p", "use_sim_time:=true"])
    try:
        node, listener = FusionNode(), rclpy.create_node("listener")
        arrays: list[Any] = []
        listener.create_subscription(DiagnosticArray, "/diagnostics", arrays.append, 10)
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.add_node(listener)
        node.trigger_configure()
        node.trigger_activate()
        spin(executor, 20.0, lambda: len(arrays) >= 12)
        statuses = {status.name: status for array in arrays for status in array.status}
        assert set(statuses) == {f"/fusion_node: {name}" for name in ("skeleton", *LIMBS, "assignment")}
        assert statuses["/fusion_node: skeleton"].level == b"\x00"
        assert {pair.key for pair in statuses["/fusion_node: left_wrist"].values} >= {"rate", "late", "offset_applied"}
        node.trigger_deactivate()
        spin(executor, 0.5, lambda: False)
        heard = len(arrays)
        spin(executor, 1.5, lambda: False)
        assert len(arrays) == heard
        node.trigger_cleanup()
        node.trigger_configure()
        node.trigger_activate()
        spin(executor, 20.0, lambda: len(arrays) > heard)
        assert len(arrays) > heard
    finally:
        rclpy.try_shutdown()


def spin(executor: Any, seconds: float, done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not done():
        executor.spin_once(timeout_sec=0.1)

"""viewer_node in this process: markers, an annotated picture, and bodies where hri_msgs is installed."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytest.importorskip("visualization_msgs.msg", reason="needs visualization_msgs")

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import CompressedImage
from sportcoach_msgs.msg import Deviation, FusedFrame, JointDeviation, Skeleton, Stage
from visualization_msgs.msg import Marker, MarkerArray

from sportcoach.viewer_node import ViewerNode
from sportcoach_perception.images import decode_compressed, encode_jpeg
from sportcoach_perception.node_base import COMMANDS, RESULTS, sensor_qos


class Graph:
    """The node, one that plays the rest of the graph, and what came out."""

    def __init__(self) -> None:
        self.node = ViewerNode()
        self.rest = Node("rest")
        self.markers: list[Any] = []
        self.pictures: list[Any] = []
        self.rest.create_subscription(MarkerArray, "markers", self.markers.append, COMMANDS)
        self.rest.create_subscription(
            CompressedImage, "image_annotated/compressed", self.pictures.append, sensor_qos(5)
        )
        self._publishers = {
            kind: self.rest.create_publisher(kind, topic, qos)
            for kind, topic, qos in (
                (CompressedImage, "image_raw/compressed", sensor_qos(5)),
                (Skeleton, "skeleton", RESULTS),
                (FusedFrame, "fused", RESULTS),
                (Stage, "stage", RESULTS),
                (Deviation, "deviation", RESULTS),
            )
        }
        self._executor = SingleThreadedExecutor()
        for node in (self.node, self.rest):
            self._executor.add_node(node)
        self.node.trigger_configure()
        self.node.trigger_activate()

    def until(self, condition: Any, limit: float = 20.0) -> bool:
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline and not condition():
            self._executor.spin_once(timeout_sec=0.05)
        return bool(condition())

    def listened_to(self) -> bool:
        return all(publisher.get_subscription_count() for publisher in self._publishers.values())

    def show(self, index: int) -> None:
        body = {"detected": True, "visibility": np.ones(33, np.float32)}
        joint = JointDeviation(joint="left_knee", angle=90.0, deviation=20.0, weight=1.0)
        messages = (
            CompressedImage(format="jpeg", data=encode_jpeg(np.full((120, 160, 3), 90, np.uint8))),
            Skeleton(**body, image=np.full(66, 0.5, np.float32)),
            FusedFrame(**body, imu_valid=[True] * 3 + [False]),
            Stage(exercise="squat", repetitions=2),
            Deviation(exercise="squat", joints=[joint]),
        )
        for message in messages:
            message.header.stamp.sec, message.header.frame_id = index + 1, "camera_optical_frame"
            self._publishers[type(message)].publish(message)

    def close(self) -> None:
        self.node.trigger_shutdown()
        self._executor.shutdown()
        self.node.destroy_node()
        self.rest.destroy_node()


@pytest.fixture
def context() -> Iterator[None]:
    rclpy.init()
    yield
    rclpy.try_shutdown()


def test_a_frame_becomes_markers_and_an_annotated_picture(context: None) -> None:
    graph = Graph()
    assert graph.until(graph.listened_to)
    shown = iter(range(1000))
    assert graph.until(lambda: graph.show(next(shown)) or (graph.markers and graph.pictures))
    clear, *drawn = graph.markers[0].markers
    assert clear.action == Marker.DELETEALL
    assert {marker.ns for marker in drawn} == {"skeleton", "deviation", "deviation_degrees", "imu", "imu_silent"}
    assert {marker.header.frame_id for marker in drawn} == {"camera_optical_frame"}
    assert decode_compressed(graph.pictures[0].data).shape == (120, 160, 3)
    graph.close()


def test_bodies_are_published_where_hri_msgs_is_installed(context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With stand-ins for the message classes, which are not on PyPI."""
    hri = ModuleType("hri_msgs.msg")
    for name in ("IdsList", "Skeleton2D", "NormalizedPointOfInterest2D"):
        setattr(hri, name, SimpleNamespace)
    monkeypatch.setitem(sys.modules, "hri_msgs", ModuleType("hri_msgs"))
    monkeypatch.setitem(sys.modules, "hri_msgs.msg", hri)
    sent: dict[str, Any] = {}
    make = ViewerNode.publisher

    def publisher(node: ViewerNode, kind: Any, topic: str, *qos: Any) -> Any:
        if topic.startswith("/humans"):
            return SimpleNamespace(publish=lambda message: sent.__setitem__(topic, message))
        return make(node, kind, topic, *qos)

    monkeypatch.setattr(ViewerNode, "publisher", publisher)
    graph = Graph()
    shown = iter(range(1000))
    assert graph.until(lambda: graph.show(next(shown)) or len(sent) == 2)
    assert sent["/humans/bodies/tracked"].ids == ["athlete"]
    points = sent["/humans/bodies/athlete/skeleton2d"].skeleton
    assert len(points) == 18 and (points[0].x, points[0].c) == (0.5, 1.0)
    graph.close()

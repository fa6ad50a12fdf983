"""Follows a running graph from outside: puts the results of all topics together again, frame by frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import rclpy
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from rclpy.parameter import Parameter
from rclpy.signals import SignalHandlerOptions
from sensor_msgs.msg import CameraInfo
from sportcoach_msgs.msg import Action, Cue, Deviation, FusedFrame, Repetition, Skeleton, Stage

from sportcoach.graph import CameraInfoTopic
from sportcoach.results import FrameResult
from sportcoach_feedback import coaching
from sportcoach_feedback.messages import read_cue, read_deviation, read_repetition, read_stage
from sportcoach_perception.messages import read_skeleton, stamp_of
from sportcoach_perception.node_base import RESULTS, sensor_qos
from sportcoach_perception.stamp_join import StampJoin
from sportcoach_recognition.messages import read_action

PARTS = ("skeleton", "action", "stage", "deviation")

HOLD = 5
"""Frames a complete result waits for a repetition or cue of its own: these travel on topics of their own."""

Results = tuple[FrameResult, ...]


class MonitorNode(Node):
    """Collects FrameResults and the time every topic needed.

    Attributes:
        frames: pictures that the camera published.
        arrivals: topic -> stamp [ns] -> arrival [ns of this node's clock]; only with `hops`.
    """

    def __init__(
        self, camera_info: CameraInfoTopic, namespace: str = "", use_sim_time: bool = False, hops: bool = False
    ) -> None:
        time_source = [Parameter("use_sim_time", value=use_sim_time)]
        super().__init__("sportcoach_monitor", namespace=namespace, parameter_overrides=time_source)
        self.frames = 0
        self.arrivals: dict[str, dict[int, int]] = {}
        self._hops = hops
        self._newest_picture = 0
        self._newest_result = 0
        self._join = StampJoin(len(PARTS))
        self._complete: list[tuple[tuple[Any, ...], float]] = []
        self._repetitions: list[coaching.Repetition] = []
        self._cues: list[coaching.Cue] = []
        readers: dict[str, tuple[type, Callable[[Any], Any]]] = {
            "skeleton": (Skeleton, read_skeleton),
            "action": (Action, read_action),
            "stage": (Stage, read_stage),
            "deviation": (Deviation, read_deviation),
        }
        for index, topic in enumerate(PARTS):
            message_type, read = readers[topic]
            self.create_subscription(message_type, topic, self._on_part(index, topic, read), RESULTS)
        self.create_subscription(
            Repetition, "repetition", lambda m: self._repetitions.append(read_repetition(m)), RESULTS
        )
        self.create_subscription(Cue, "cue", lambda m: self._cues.append(read_cue(m)), RESULTS)
        qos = RESULTS if camera_info.reliable else sensor_qos(50)
        self.create_subscription(CameraInfo, camera_info.name, self._on_camera_info, qos)
        if hops:
            self.create_subscription(FusedFrame, "fused", lambda m: self._note("fused", m), RESULTS)

    def _now(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _note(self, topic: str, message: Any) -> None:
        if self._hops:
            self.arrivals.setdefault(topic, {})[stamp_of(message.header.stamp)] = self._now()

    def _on_camera_info(self, message: CameraInfo) -> None:
        self.frames += 1
        self._newest_picture = stamp_of(message.header.stamp)
        self._note("camera_info", message)

    def _on_part(self, index: int, topic: str, read: Callable[[Any], Any]) -> Callable[[Any], None]:
        def on_message(message: Any) -> None:
            self._note(topic, message)
            stamp = stamp_of(message.header.stamp)
            parts = self._join.add(index, stamp, read(message))
            if parts is not None:
                self._newest_result = stamp
                self._complete.append((parts, (self._now() - stamp) * 1e-9))

        return on_message

    @property
    def caught_up(self) -> bool:
        """Whether the result for the newest picture is here; results keep the order of their pictures."""
        return self._newest_result >= self._newest_picture

    def take(self, flush: bool = False) -> Results:
        """Results that came in since the last call, in order of their stamps; all of them with `flush`."""
        count = len(self._complete) if flush else max(0, len(self._complete) - HOLD)
        ready, self._complete = self._complete[:count], self._complete[count:]
        return tuple(self._result(*entry) for entry in ready)

    def _result(self, parts: tuple[Any, ...], latency: float) -> FrameResult:
        skeleton, action, stage, deviation = parts
        repetitions = [r for r in self._repetitions if r.stamp <= skeleton.stamp]
        self._repetitions = [r for r in self._repetitions if r.stamp > skeleton.stamp]
        cue = self._cues.pop(0) if self._cues and self._cues[0].stamp <= skeleton.stamp else None
        return FrameResult(skeleton, action, coaching.Coaching(stage, deviation, tuple(repetitions), cue), latency)


class Monitor:
    """The monitor node with everything it needs to be spun from a program that is no node itself."""

    def __init__(
        self, camera_info: CameraInfoTopic, namespace: str = "", use_sim_time: bool = False, hops: bool = False
    ) -> None:
        rclpy.init(signal_handler_options=SignalHandlerOptions.NO)
        self.node = MonitorNode(camera_info, namespace, use_sim_time, hops)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)

    def spin(self, seconds: float) -> None:
        """Handle what arrives within `seconds`; returns when that time is over."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._executor.spin_once(timeout_sec=left)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self.node.destroy_node()
        rclpy.try_shutdown()

"""What nodes that bring pictures share: publishers, a thread of their own, waiting for listeners, keeping time."""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from array import array
from typing import Any

import numpy as np
from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame
from sportcoach_perception.images import encode_jpeg
from sportcoach_perception.messages import set_time
from sportcoach_perception.node_base import NodeBase, sensor_qos

SETTLE = 0.5
"""Time a recorder gets to ask for the compressed pictures after everybody is active [s]."""

HAND_OVER = 5.0
"""Longest wait for readers to take the last pictures [s]."""

LONGEST_SLEEP = 0.1
"""Simulated time may stand still or leap: look again after this [s]."""


class SourceNode(NodeBase):
    """Publishes pictures from a thread of its own.

    Derived nodes implement `play`, which publishes until the source ends or `stopped`, and extend `configure` and
    `cleanup`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @abstractmethod
    def play(self) -> None:
        """Publish from the first picture to the last; runs on the node's thread."""

    def needs_listener(self) -> bool:
        """Whether the first picture waits for somebody to listen, as it does where nodes are waited for."""
        return bool(self.parameter("wait_for"))

    def is_heard(self) -> bool:
        """Whether somebody listens."""
        return bool(self._raw.get_subscription_count() > 0)

    @property
    def stopped(self) -> bool:
        """Whether the node has been told to stop."""
        return self._stop.is_set()

    def configure(self) -> None:
        """Make the publishers."""
        self._message = Image(encoding="rgb8")
        self._message.header.frame_id = self.parameter("frame_id")
        self._quality = self.parameter("jpeg_quality")
        qos = sensor_qos(self.parameter("queue"), reliable=True)  # offered; readers may still ask for best effort
        self._raw = self.publisher(Image, "image_raw", qos)
        self._compressed = self.publisher(CompressedImage, "image_raw/compressed", qos)
        self._info = self.publisher(CameraInfo, "camera_info")

    def activate(self) -> None:
        """Start publishing."""
        self._health = self.report_stage("pictures")
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=self.get_name(), daemon=True)
        self._thread.start()

    def deactivate(self) -> None:
        """Stop publishing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)
            self._thread = None

    def sleep_until(self, stamp: int) -> None:
        """Wait until the node's clock says `stamp` [ns], or the node is told to stop."""
        while not self.stopped and (left := stamp - self.get_clock().now().nanoseconds) > 0:
            self._stop.wait(min(left * 1e-9, LONGEST_SLEEP))

    def publish_picture(self, frame: ImageFrame) -> None:
        """Publish one picture, compressed too while somebody listens to that."""
        height, width = frame.image.shape[:2]
        message = self._message
        if (message.height, message.width) != (height, width):
            message.height, message.width, message.step = height, width, 3 * width
            message.data = array("B", bytes(frame.image.nbytes))
        set_time(message.header.stamp, frame.stamp)
        # Into the same memory every time; numpy into the field itself is hundreds of times slower.
        np.frombuffer(message.data, np.uint8)[:] = frame.image.ravel()
        self._raw.publish(message)
        self._health.passed(frame.stamp)
        self._info.publish(CameraInfo(header=message.header, height=height, width=width))
        if self._compressed.get_subscription_count() > 0:
            jpeg = array("B", encode_jpeg(frame.image, self._quality))
            self._compressed.publish(CompressedImage(header=message.header, format="jpeg", data=jpeg))

    def _run(self) -> None:
        try:
            self._wait_for_nodes()
            self.play()
        except UserError as error:
            if not self.stopped:
                self.fail(error)
            return
        if not self.stopped and self.parameter("exit_at_end"):
            # What slow readers have not got yet would die with this process.
            for publisher in self._publishers_made:
                publisher.wait_for_all_acked(Duration(seconds=HAND_OVER))
            self.finish()

    def _wait_for_nodes(self) -> None:
        """Hold the first picture until the nodes of `wait_for` are active and somebody listens."""
        deadline = time.monotonic() + self.parameter("wait_timeout")
        clients: dict[str, Any] = {
            name: self.create_client(GetState, f"{name}/get_state") for name in self.parameter("wait_for")
        }
        waiting = set(clients)
        while waiting and not self.stopped:
            if time.monotonic() > deadline:
                self.get_logger().warning(f"starting without {', '.join(sorted(waiting))}: not active in time")
                break
            waiting -= {name for name in waiting if _is_active(clients[name])}
            self._stop.wait(0.1)
        for client in clients.values():  # only now: answers to impatient questions may have come late
            self.destroy_client(client)
        while self.needs_listener() and not self.stopped and time.monotonic() < deadline:
            if self.is_heard():
                self._stop.wait(SETTLE)
                return
            self._stop.wait(0.05)


def _is_active(client: Any) -> bool:
    """Whether the lifecycle node behind a GetState client is active; called off the executor's thread."""
    if not client.service_is_ready():
        return False
    answered = threading.Event()
    future = client.call_async(GetState.Request())
    future.add_done_callback(lambda _: answered.set())
    if not answered.wait(1.0):
        return False
    return bool(future.result().current_state.id == State.PRIMARY_STATE_ACTIVE)

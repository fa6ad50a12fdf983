"""Publishes a video file at its own rate, or a webcam: image_raw, image_raw/compressed, camera_info."""

from __future__ import annotations

import threading
import time
from array import array
from typing import Any

from lifecycle_msgs.msg import State
from lifecycle_msgs.srv import GetState
from rclpy.time import Time
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame
from sportcoach_perception.images import encode_jpeg
from sportcoach_perception.messages import set_time
from sportcoach_perception.node_base import NodeBase, run_node, sensor_qos
from sportcoach_perception.video import CameraDevice, VideoFile


SETTLE = 1.0
"""Time the other nodes get to discover each other after all are active; nobody can see that from outside [s]."""


class CameraNode(NodeBase):
    """Pictures from a source, stamped with the time they were taken and published by a thread of its own."""

    def __init__(self) -> None:
        super().__init__("camera_node")
        self._source: VideoFile | CameraDevice | None = None
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def configure(self) -> None:
        """Open the source and make the publishers."""
        self._frame_id = self.parameter("frame_id")
        self._quality = self.parameter("jpeg_quality")
        self._source = self._open()
        qos = sensor_qos(self.parameter("queue"), reliable=True)  # offered; readers may still ask for best effort
        self._raw = self.publisher(Image, "image_raw", qos)
        self._compressed = self.publisher(CompressedImage, "image_raw/compressed", qos)
        self._info = self.publisher(CameraInfo, "camera_info")

    def _open(self) -> VideoFile | CameraDevice:
        size = self.parameter("max_size")
        if self.parameter("source") == "video":
            return VideoFile(self.parameter("video"), size)
        return CameraDevice(self.parameter("device"), lambda: self.get_clock().now().nanoseconds, size)

    def activate(self) -> None:
        """Start publishing."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def deactivate(self) -> None:
        """Stop publishing."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)
            self._thread = None

    def cleanup(self) -> None:
        """Give the source back."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def _run(self) -> None:
        try:
            self._wait_for_nodes()
            if isinstance(self._source, VideoFile):
                self._play_video()
            else:
                self._play_camera()
        except UserError as error:
            if not self._stop.is_set():
                self.fail(error)
            return
        if not self._stop.is_set() and self.parameter("exit_at_end"):
            time.sleep(0.2)  # let the middleware hand over the last picture
            self.finish()

    def _wait_for_nodes(self) -> None:
        """Hold the first picture until the nodes of `wait_for` are active and somebody listens."""
        deadline = time.monotonic() + self.parameter("wait_timeout")
        waiting: dict[str, Any] = {
            name: self.create_client(GetState, f"{name}/get_state") for name in self.parameter("wait_for")
        }
        while waiting and not self._stop.is_set():
            if time.monotonic() > deadline:
                self.get_logger().warning(f"starting without {', '.join(waiting)}: not active in time")
                break
            for name in [name for name, client in waiting.items() if self._is_active(client)]:
                self.destroy_client(waiting.pop(name))
            self._stop.wait(0.1)
        while self.parameter("wait_for") and not self._stop.is_set() and time.monotonic() < deadline:
            if self._raw.get_subscription_count() > 0:
                self._stop.wait(SETTLE)
                return
            self._stop.wait(0.05)

    def _is_active(self, client: Any) -> bool:
        if not client.service_is_ready():
            return False
        answered = threading.Event()
        future = client.call_async(GetState.Request())
        future.add_done_callback(lambda _: answered.set())
        if not answered.wait(1.0):
            return False
        return bool(future.result().current_state.id == State.PRIMARY_STATE_ACTIVE)

    def _play_video(self) -> None:
        duration = round(self.parameter("duration") * 1e9) or None
        start = self.get_clock().now().nanoseconds
        offset = 0
        while isinstance(self._source, VideoFile):
            count = last = 0
            for frame in self._source:
                elapsed = offset + frame.stamp
                if self._stop.is_set() or (duration is not None and elapsed >= duration):
                    return
                self._sleep_until(start + elapsed)
                self._publish(ImageFrame(start + elapsed, frame.image))
                count, last = count + 1, elapsed
            if count < self._source.frame_count:
                expected = self._source.frame_count
                self.get_logger().warning(
                    f"{self._source.path} ends early: {count} of {expected} frames could be decoded"
                )
            if not self.parameter("loop"):
                return
            offset = last + round(1e9 / self._source.frame_rate)
            self._source = self._open()

    def _sleep_until(self, stamp: int) -> None:
        clock = self.get_clock()
        if clock.now().nanoseconds < stamp and self.context.ok():
            clock.sleep_until(Time(nanoseconds=stamp, clock_type=clock.clock_type))

    def _play_camera(self) -> None:
        duration = round(self.parameter("duration") * 1e9) or None
        first: int | None = None
        assert isinstance(self._source, CameraDevice)
        for frame in self._source:
            first = frame.stamp if first is None else first
            if self._stop.is_set() or (duration is not None and frame.stamp - first >= duration):
                return
            self._publish(frame)

    def _publish(self, frame: ImageFrame) -> None:
        height, width = frame.image.shape[:2]
        message = Image(height=height, width=width, encoding="rgb8", step=3 * width)
        set_time(message.header.stamp, frame.stamp)
        message.header.frame_id = self._frame_id
        message.data = array("B", frame.image.tobytes())  # numpy into a sequence field is hundreds of times slower
        self._raw.publish(message)
        self._info.publish(CameraInfo(header=message.header, height=height, width=width))
        if self._compressed.get_subscription_count() > 0:
            jpeg = array("B", encode_jpeg(frame.image, self._quality))
            self._compressed.publish(CompressedImage(header=message.header, format="jpeg", data=jpeg))


def main() -> None:
    """Entry point of camera_node."""
    run_node(CameraNode)


if __name__ == "__main__":
    main()

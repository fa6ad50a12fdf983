"""Publishes a video file at its own rate, or a webcam: image_raw, image_raw/compressed, camera_info."""

from __future__ import annotations

from sportcoach_perception.frames import ImageFrame
from sportcoach_perception.node_base import run_node
from sportcoach_perception.source_node import SourceNode
from sportcoach_perception.video import CameraDevice, VideoFile


class CameraNode(SourceNode):
    """Pictures from a file or a device, stamped with the time they were taken."""

    def __init__(self) -> None:
        super().__init__("camera_node")
        self._source: VideoFile | CameraDevice | None = None

    def configure(self) -> None:
        """Open the source and make the publishers."""
        self._source = self._open()
        super().configure()

    def _open(self) -> VideoFile | CameraDevice:
        size = self.parameter("max_size")
        if self.parameter("source") == "video":
            return VideoFile(self.parameter("video"), size)
        return CameraDevice(self.parameter("device"), lambda: self.get_clock().now().nanoseconds, size)

    def cleanup(self) -> None:
        """Give the source back."""
        if self._source is not None:
            self._source.close()
            self._source = None

    def play(self) -> None:
        """Publish the source to its end, or for `duration`."""
        duration = round(self.parameter("duration") * 1e9) or None
        if isinstance(self._source, VideoFile):
            self._play_video(duration)
        elif self._source is not None:
            self._play_camera(self._source, duration)

    def _play_video(self, duration: int | None) -> None:
        start = self.get_clock().now().nanoseconds
        offset = 0
        while isinstance(self._source, VideoFile):
            count = last = 0
            for frame in self._source:
                elapsed = offset + frame.stamp
                if self.stopped or (duration is not None and elapsed >= duration):
                    return
                self.sleep_until(start + elapsed)
                self.publish_picture(ImageFrame(start + elapsed, frame.image))
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

    def _play_camera(self, camera: CameraDevice, duration: int | None) -> None:
        first: int | None = None
        for frame in camera:
            first = frame.stamp if first is None else first
            if self.stopped or (duration is not None and frame.stamp - first >= duration):
                return
            self.publish_picture(frame)


def main() -> None:
    """Entry point of camera_node."""
    run_node(CameraNode)


if __name__ == "__main__":
    main()

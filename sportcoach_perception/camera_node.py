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

    def configure(self) -> None:
        """See that the source can be opened, and make the publishers."""
        self._open().close()
        super().configure()

    def _open(self) -> VideoFile | CameraDevice:
        size = self.parameter("max_size")
        if self.parameter("source") == "video":
            return VideoFile(self.parameter("video"), size)
        return CameraDevice(self.parameter("device"), lambda: self.get_clock().now().nanoseconds, size)

    def play(self) -> None:
        """Publish the source to its end, or for `duration`."""
        duration = round(self.parameter("duration") * 1e9) or None
        source = self._open()
        try:
            if isinstance(source, VideoFile):
                self._play_video(source, duration)
            else:
                self._play_camera(source, duration)
        finally:
            source.close()

    def _play_video(self, video: VideoFile, duration: int | None) -> None:
        start = self.get_clock().now().nanoseconds
        offset = 0
        while True:
            count = last = 0
            for frame in video:
                elapsed = offset + frame.stamp
                if self.stopped or (duration is not None and elapsed >= duration):
                    return
                self.sleep_until(start + elapsed)
                self.publish_picture(ImageFrame(start + elapsed, frame.image))
                count, last = count + 1, elapsed
            if count < video.frame_count:
                self.get_logger().warning(
                    f"{video.path} ends early: {count} of {video.frame_count} frames could be decoded"
                )
            if not self.parameter("loop"):
                return
            offset = last + round(1e9 / video.frame_rate)
            video = VideoFile(video.path, self.parameter("max_size"))

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

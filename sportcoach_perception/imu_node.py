"""Publishes imu/<limb>/data from sensors that stream over UDP or Bluetooth, or from a recording."""

from __future__ import annotations

import asyncio
import time

from rclpy.duration import Duration
from sensor_msgs.msg import CameraInfo, Imu

from sportcoach_perception.frames import ImuSample
from sportcoach_perception.imu_sources.background import Background
from sportcoach_perception.imu_sources.choice import make_source
from sportcoach_perception.imu_sources.health import SourceHealth
from sportcoach_perception.imu_sources.reading import LiveSource
from sportcoach_perception.imu_sources.recording import Recording
from sportcoach_perception.imu_sources.stamping import Stamper
from sportcoach_perception.messages import fill_imu, stamp_of
from sportcoach_perception.node_base import NodeBase, run_node, sensor_qos
from sportcoach_perception.skeleton import LIMBS

STOP = 2.0
"""Time the source gets to stop: Bluetooth sensors are told [s]."""

REPORT = 10.0
"""How often it is said what was not passed on, if there is more of it [s]."""

DIAGNOSTICS_PERIOD = 1.0
"""How often it is said on /diagnostics how the sensors are [s]."""

POLL = 0.01
"""How often it is looked for what a recording waits for [s]."""

HAND_OVER = 5.0
"""Longest wait for readers to take the last readings of a recording [s]."""


class ImuNode(NodeBase):
    """One source between the sensors and the topics; everything about it happens on a thread of its own."""

    def __init__(self) -> None:
        super().__init__("imu_node")
        self._source: LiveSource | Recording | None = None
        self._background: Background | None = None
        self._first_picture: int | None = None
        self._reported = ""

    def configure(self) -> None:
        """Read the recording, or check what the live source is told; make the publishers."""
        self._source = make_source(self.parameter, self._now)
        qos = sensor_qos(self.parameter("queue"), reliable=True)  # offered; readers may still ask for best effort
        self._imus = {limb: self.publisher(Imu, f"imu/{limb}/data", qos) for limb in LIMBS}

    def activate(self) -> None:
        """Start publishing."""
        self._first_picture = None
        if isinstance(self._source, Recording):
            if self.parameter("start_with_pictures"):
                self.subscribe(CameraInfo, "camera_info", self._on_picture)
            self._background = Background(self._play(self._source), self.fail)
        elif self._source is not None:
            self._source.open()
            stamper = Stamper(self._source.wrap)
            self._health = SourceHealth(self._source.counts, stamper.clocks)
            self._background = Background(
                self._source.run(lambda reading: self._publish(stamper.stamp(reading))), self.fail
            )
            self.every(DIAGNOSTICS_PERIOD, self._diagnose)
        self.every(REPORT, self._report)

    def deactivate(self) -> None:
        """Stop publishing."""
        if self._background is not None:
            self._background.stop(STOP)
            self._background = None

    def _now(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _on_picture(self, message: CameraInfo) -> None:
        if self._first_picture is None:
            self._first_picture = stamp_of(message.header.stamp)

    def _publish(self, sample: ImuSample) -> None:
        self._imus[sample.limb].publish(fill_imu(Imu(), sample, sample.stamp))

    async def _play(self, recording: Recording) -> None:
        start = await self._start(recording)
        duration = round(self.parameter("duration") * 1e9) or None
        for sample in recording:
            if duration is not None and sample.stamp >= duration:
                break
            while (left := start + sample.stamp - self._now()) > 0:
                await asyncio.sleep(min(left * 1e-9, POLL))
            await asyncio.sleep(0)  # even in a hurry there is time to be stopped
            self._publish(ImuSample(start + sample.stamp, sample.limb, sample.signal))
        if self.parameter("exit_at_end"):
            for publisher in self._imus.values():  # what slow readers have not got yet would die with this process
                publisher.wait_for_all_acked(Duration(seconds=HAND_OVER))
            self.finish()

    async def _start(self, recording: Recording) -> int:
        """When the recording begins [ns]: with the first picture, or as soon as every limb has its readers."""
        if self.parameter("start_with_pictures"):
            while self._first_picture is None:
                await asyncio.sleep(POLL)
            return self._first_picture
        deadline = time.monotonic() + self.parameter("wait_timeout")
        topics, readers = [self._imus[limb] for limb in recording.carrying], self.parameter("readers")
        while time.monotonic() < deadline and any(topic.get_subscription_count() < readers for topic in topics):
            await asyncio.sleep(POLL)
        return self._now()

    def _diagnose(self) -> None:
        for name, status in self._health.report().items():
            self.diagnose(name, *status)

    def _report(self) -> None:
        """Say what did not become a message, when there is more of it than last time."""
        if isinstance(self._source, Recording):
            problems = f"{self._source.malformed} malformed rows" if self._source.malformed else ""
        else:
            problems = self._source.counts.problems() if self._source else ""
        if problems and problems != self._reported:
            self.get_logger().warning(f"not passed on so far: {problems}")
            self._reported = problems


def main() -> None:
    """Entry point of imu_node."""
    run_node(ImuNode)


if __name__ == "__main__":
    main()

"""Brings skeletons and the four limb IMUs to one clock: skeleton, imu/<limb>/data to fused."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from itertools import islice

from rclpy.clock_type import ClockType
from rclpy.serialization import deserialize_message
from rclpy.time import Time
from sensor_msgs.msg import Imu
from sportcoach_msgs.msg import FusedFrame, FusedWindow, Skeleton

from sportcoach_perception.approximate import Backend
from sportcoach_perception.fusion import Fusion, FusionOptions
from sportcoach_perception.fusion_health import FusionHealth
from sportcoach_perception.imu_bytes import sample_of
from sportcoach_perception.messages import fill_fused, read_imu, read_skeleton
from sportcoach_perception.node_base import DIAGNOSTICS_PERIOD, NodeBase, run_node, sensor_qos
from sportcoach_perception.preprocess.window import Window
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_perception.synchronizer import Frames

try:
    from message_filters import ApproximateTimeSynchronizer, SimpleFilter
except ImportError:
    BACKEND = None
else:
    BACKEND = Backend(
        SimpleFilter, ApproximateTimeSynchronizer, lambda ns: Time(nanoseconds=ns, clock_type=ClockType.ROS_TIME)
    )
"""The real message_filters, where it is installed."""

IMU_QUEUE = 200
"""Two seconds at 100 Hz: a depth of 5 loses a quarter of the samples at every stall of 100 ms."""

IMU_PERIOD = 0.01
"""Messages of IMUs are taken at every skeleton, and so often while one waits for them [s]."""

SILENCE = 1.0
"""Frames that wait for a sensor go out when nothing at all has come for so long: the source has ended [s].

Within it, the messages of IMUs are taken when there is no skeleton at all: their queue is longer.
"""


class FusionNode(NodeBase):
    """One Fusion between the topics."""

    def __init__(self) -> None:
        super().__init__("fusion_node")
        self._frame_id = ""

    def configure(self) -> None:
        """Make the fusion."""
        options = FusionOptions(**{field.name: self.parameter(field.name) for field in fields(FusionOptions)})
        self._fusion = Fusion(options, BACKEND)
        self._health = FusionHealth(self._fusion)
        self._fused = self.publisher(FusedFrame, "fused")
        self._windows = self.publisher(FusedWindow, "fused_window") if self.parameter("publish_window") else None
        self._world, self._imu = Window((len(LANDMARKS), 3)), Window((len(LIMBS), 6))

    def activate(self) -> None:
        """Start listening."""
        self.subscribe(Skeleton, "skeleton", self._on_skeleton)
        self._imus = {limb: self.collect(Imu, f"imu/{limb}/data", sensor_qos(IMU_QUEUE)) for limb in LIMBS}
        self._soon = self.every(IMU_PERIOD, self._take_imus)
        self.every(DIAGNOSTICS_PERIOD, self._diagnose)
        self._heard = True
        self.every(SILENCE, self._flush_after_silence)

    def _now(self) -> int:
        return int(self.get_clock().now().nanoseconds)

    def _diagnose(self) -> None:
        for name, status in self._health.report(self._now()).items():
            self.diagnose(name, *status)

    def _flush_after_silence(self) -> None:
        self._take_imus()
        if not self._heard:
            self._publish(self._fusion.flush())
        self._heard = False

    def _on_skeleton(self, message: Skeleton) -> None:
        self._heard = True
        self._frame_id = message.header.frame_id
        self._take_imus()
        self._publish(self._fusion.add_skeleton(read_skeleton(message)))
        if self._fusion.waiting:
            self._soon.reset()

    def _take_imus(self) -> None:
        for limb, subscription in self._imus.items():
            for message, arrival in islice(iter(partial(self.take, subscription), None), IMU_QUEUE):
                self._heard = True
                sample = sample_of(message, limb) or read_imu(deserialize_message(message, Imu), limb)
                self._publish(self._fusion.add_imu(sample, arrival))
        if not self._fusion.waiting:
            self._soon.cancel()

    def _publish(self, fused: Frames) -> None:
        for frame in fused:
            message = fill_fused(FusedFrame(), frame, self._frame_id)
            self._fused.publish(message)
            world, imu = self._world.step(frame.world), self._imu.step(frame.imu)
            if self._windows is not None and self._world.full:
                self._windows.publish(FusedWindow(header=message.header, skeleton=world.ravel(), imu=imu.ravel()))


def main() -> None:
    """Entry point of fusion_node."""
    run_node(FusionNode)


if __name__ == "__main__":
    main()

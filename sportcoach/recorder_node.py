"""Records the graph: every result topic, and on request the compressed pictures, to a rosbag2 folder (MCAP)."""

from __future__ import annotations

from functools import partial

from rclpy.qos import QoSProfile
from sensor_msgs.msg import CameraInfo, CompressedImage, Imu, JoyFeedbackArray
from sportcoach_msgs.msg import (
    Action,
    Cue,
    Deviation,
    FusedFrame,
    HapticCommand,
    Repetition,
    Skeleton,
    Stage,
    TruthFrame,
    VoiceCommand,
)

from sportcoach.bag_writer import BagWriter
from sportcoach_perception.errors import UserError
from sportcoach_perception.node_base import COMMANDS, RESULTS, NodeBase, run_node, sensor_qos
from sportcoach_perception.skeleton import LIMBS

RESULT_TOPICS: dict[str, type] = {
    "skeleton": Skeleton,
    "fused": FusedFrame,
    "action": Action,
    "stage": Stage,
    "deviation": Deviation,
    "repetition": Repetition,
    "cue": Cue,
    "truth": TruthFrame,
}
COMMAND_TOPICS: dict[str, type] = {
    "voice": VoiceCommand,
    "haptic": HapticCommand,
    "joy_feedback": JoyFeedbackArray,
}
SENSOR_TOPICS: dict[str, type] = {f"imu/{limb}/data": Imu for limb in LIMBS}
IMAGE_TOPICS: dict[str, type] = {"image_raw/compressed": CompressedImage}

IMU_QUEUE = 200


class RecorderNode(NodeBase):
    """Writes serialized messages as they come, without decoding them."""

    LINGER = 0.3  # what the other nodes said last is still in the queues

    def __init__(self) -> None:
        super().__init__("recorder_node")
        self._bag: BagWriter | None = None

    def configure(self) -> None:
        """Open the bag."""
        folder = self.parameter("bag")
        if not folder:
            raise UserError("recorder_node needs the parameter 'bag': the folder to record to")
        self._bag = BagWriter(folder)

    def activate(self) -> None:
        """Start recording."""
        for topic, message_type in RESULT_TOPICS.items():
            self._record(topic, message_type, RESULTS)
        for topic, message_type in COMMAND_TOPICS.items():
            self._record(topic, message_type, COMMANDS)
        info_qos = RESULTS if self.parameter("reliable") else sensor_qos(self.parameter("queue"))
        self._record("camera_info", CameraInfo, info_qos)
        for topic, message_type in SENSOR_TOPICS.items():
            self._record(topic, message_type, sensor_qos(IMU_QUEUE))
        if self.parameter("images"):
            for topic, message_type in IMAGE_TOPICS.items():
                self._record(topic, message_type, sensor_qos(self.parameter("queue"), self.parameter("reliable")))

    def _record(self, topic: str, message_type: type, qos: QoSProfile) -> None:
        name = self.resolve_topic_name(topic)
        type_name = f"{message_type.__module__.split('.')[0]}/msg/{message_type.__name__}"
        if self._bag is not None:
            self._bag.declare(name, type_name)
        write = partial(self._write, name, type_name)
        self.subscribe(message_type, topic, write, qos, raw=True)

    def _write(self, topic: str, message_type: str, cdr: bytes) -> None:
        if self._bag is not None:
            self._bag.write(topic, message_type, self.get_clock().now().nanoseconds, cdr)

    def cleanup(self) -> None:
        """Close the bag; it is readable afterwards."""
        if self._bag is not None:
            self._bag.close()
            self._bag = None


def main() -> None:
    """Entry point of recorder_node."""
    run_node(RecorderNode)


if __name__ == "__main__":
    main()

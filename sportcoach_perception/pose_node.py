"""Turns pictures into skeletons: image_raw or image_raw/compressed to skeleton."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from sportcoach_msgs.msg import Skeleton

from sportcoach_perception.frames import ImageFrame
from sportcoach_perception.images import decode_compressed, decode_image
from sportcoach_perception.messages import fill_skeleton, stamp_of
from sportcoach_perception.node_base import NodeBase, run_node, sensor_qos
from sportcoach_perception.pose import PoseEstimator
from sportcoach_perception.pose_model import path as pose_model_path

try:
    from cv_bridge import CvBridge
except ImportError:  # the Python-only install has none
    CvBridge = None


class PoseNode(NodeBase):
    """One PoseEstimator between two topics."""

    def __init__(self) -> None:
        super().__init__("pose_node")
        self._estimator: PoseEstimator | None = None
        self._bridge = CvBridge() if CvBridge is not None else None

    def configure(self) -> None:
        """Load the pose network."""
        model = self.parameter("model") or pose_model_path(self.parameter("complexity"))
        self._estimator = PoseEstimator(model, self.parameter("min_confidence"))
        self._skeletons = self.publisher(Skeleton, "skeleton")

    def activate(self) -> None:
        """Start listening to pictures."""
        qos = sensor_qos(self.parameter("queue"), self.parameter("reliable"))
        if self.parameter("compressed"):
            self.subscribe(CompressedImage, "image_raw/compressed", self._on_compressed, qos)
        else:
            self.subscribe(Image, "image_raw", self._on_image, qos)

    def cleanup(self) -> None:
        """Free the pose network."""
        if self._estimator is not None:
            self._estimator.close()
            self._estimator = None

    def _on_image(self, message: Image) -> None:
        if self._bridge is not None:
            picture = self._bridge.imgmsg_to_cv2(message, "rgb8")
        else:
            picture = decode_image(
                message.data, message.encoding, message.height, message.width, message.step, message.is_bigendian
            )
        self._estimate(message.header, picture)

    def _on_compressed(self, message: CompressedImage) -> None:
        self._estimate(message.header, decode_compressed(message.data))

    def _estimate(self, header: Any, picture: NDArray[np.uint8]) -> None:
        if self._estimator is not None:
            skeleton = self._estimator.estimate(ImageFrame(stamp_of(header.stamp), picture))
            self._skeletons.publish(fill_skeleton(Skeleton(), skeleton, header.frame_id))


def main() -> None:
    """Entry point of pose_node."""
    run_node(PoseNode)


if __name__ == "__main__":
    main()

"""Turns pictures into skeletons: image_raw or image_raw/compressed to skeleton."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sensor_msgs.msg import CompressedImage, Image
from sportcoach_msgs.msg import Skeleton

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame
from sportcoach_perception.images import ENCODINGS, decode_compressed, decode_image
from sportcoach_perception.messages import fill_skeleton, stamp_of
from sportcoach_perception.node_base import NodeBase, run_node, sensor_qos
from sportcoach_perception.pose import PoseEstimator
from sportcoach_perception.pose_model import path as pose_model_path

try:
    from cv_bridge import CvBridge, CvBridgeError

    PICTURE_ERRORS: tuple[type[Exception], ...] = (UserError, CvBridgeError)
except ImportError:  # the Python-only install has none
    CvBridge = None
    PICTURE_ERRORS = (UserError,)


class PoseNode(NodeBase):
    """One PoseEstimator between two topics; cv_bridge, where installed, adds the encodings that we do not know."""

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
        self._health = self.report_stage("pose")
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
        if message.encoding in ENCODINGS or self._bridge is None:
            picture = partial(
                decode_image,
                message.data,
                message.encoding,
                message.height,
                message.width,
                message.step,
                message.is_bigendian,
            )
        else:
            picture = partial(self._bridge.imgmsg_to_cv2, message, "rgb8")
        self._take(message.header, picture)

    def _on_compressed(self, message: CompressedImage) -> None:
        self._take(message.header, partial(decode_compressed, message.data))

    def _take(self, header: Any, decode: Callable[[], NDArray[np.uint8]]) -> None:
        """Estimate from a picture; one that arrived broken is left out."""
        try:
            picture = decode()
        except PICTURE_ERRORS as error:
            self._health.drop()
            self.get_logger().warning(f"picture left out: {error}", throttle_duration_sec=5.0)
            return
        self._estimate(header, picture)

    def _estimate(self, header: Any, picture: NDArray[np.uint8]) -> None:
        if self._estimator is not None:
            skeleton = self._estimator.estimate(ImageFrame(stamp_of(header.stamp), picture))
            self._skeletons.publish(fill_skeleton(Skeleton(), skeleton, header.frame_id))
            self._health.passed(skeleton.stamp)


def main() -> None:
    """Entry point of pose_node."""
    run_node(PoseNode)


if __name__ == "__main__":
    main()

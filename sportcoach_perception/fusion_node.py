"""Brings skeletons and the four limb IMUs to one clock: skeleton, imu/<limb>/data to fused."""

from __future__ import annotations

from collections import deque
from functools import partial

import numpy as np
from sensor_msgs.msg import Imu
from sportcoach_msgs.msg import FusedFrame, FusedWindow, Skeleton

from sportcoach_perception import frames
from sportcoach_perception.interpolation import Interpolation
from sportcoach_perception.messages import fill_fused, read_imu, read_skeleton
from sportcoach_perception.node_base import NodeBase, run_node, sensor_qos
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import Synchronizer

IMU_QUEUE = 200
"""Two seconds at 100 Hz: a depth of 5 loses a quarter of the samples at every stall of 100 ms."""

WINDOW = 64


class FusionNode(NodeBase):
    """One Synchronizer between the topics."""

    def __init__(self) -> None:
        super().__init__("fusion_node")
        self._frame_id = ""
        self._window: deque[frames.FusedFrame] = deque(maxlen=WINDOW)

    def configure(self) -> None:
        """Make the synchronizer."""
        self._synchronizer = Synchronizer(
            Interpolation(self.parameter("max_gap")), self.parameter("max_wait"), self.parameter("max_gap")
        )
        self._fused = self.publisher(FusedFrame, "fused")
        self._windows = self.publisher(FusedWindow, "fused_window") if self.parameter("publish_window") else None

    def activate(self) -> None:
        """Start listening."""
        self.subscribe(Skeleton, "skeleton", self._on_skeleton)
        for limb in LIMBS:
            self.subscribe(Imu, f"imu/{limb}/data", partial(self._on_imu, limb), sensor_qos(IMU_QUEUE))

    def _on_skeleton(self, message: Skeleton) -> None:
        self._frame_id = message.header.frame_id
        self._publish(self._synchronizer.add_skeleton(read_skeleton(message)))

    def _on_imu(self, limb: str, message: Imu) -> None:
        self._publish(self._synchronizer.add_imu(read_imu(message, limb)))

    def _publish(self, fused: tuple[frames.FusedFrame, ...]) -> None:
        for frame in fused:
            message = fill_fused(FusedFrame(), frame, self._frame_id)
            self._fused.publish(message)
            self._window.append(frame)
            if self._windows is not None and len(self._window) == WINDOW:
                self._windows.publish(
                    FusedWindow(
                        header=message.header,
                        skeleton=np.stack([f.world for f in self._window]).ravel(),
                        imu=np.stack([f.imu for f in self._window]).ravel(),
                    )
                )


def main() -> None:
    """Entry point of fusion_node."""
    run_node(FusionNode)


if __name__ == "__main__":
    main()

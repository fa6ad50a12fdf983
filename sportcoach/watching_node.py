"""What nodes share that show pictures to an audience: they ask for pictures only while somebody looks."""

from __future__ import annotations

from abc import abstractmethod
from collections import OrderedDict
from typing import Any, Final

from sensor_msgs.msg import CompressedImage

from sportcoach_perception.messages import stamp_of
from sportcoach_perception.node_base import NodeBase, sensor_qos

PICTURES: Final = 90
"""Pictures that wait for their results; the oldest is dropped."""

AUDIENCE_PERIOD: Final = 0.5
"""How often to look whether somebody is there [s]."""


class WatchingNode(NodeBase):
    """A node with a parameter `pictures` that joins them with results by their stamp."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._watched: Any = None
        self._pictures: OrderedDict[int, bytes] = OrderedDict()

    @abstractmethod
    def has_audience(self) -> bool:
        """Whether somebody looks now."""

    def watch(self) -> None:
        """Mind the audience from now on, if pictures are wanted at all."""
        self._pictures.clear()
        if self.parameter("pictures"):
            self.every(AUDIENCE_PERIOD, self._mind_audience)

    def take_picture(self, stamp: int) -> bytes:
        """The compressed picture of `stamp` [ns], which waits no longer; empty when there is none."""
        return self._pictures.pop(stamp, b"")

    def deactivate(self) -> None:
        """Let go of the pictures."""
        if self._watched is not None:
            self.destroy_subscription(self._watched)
            self._watched = None

    def _mind_audience(self) -> None:
        """The camera compresses pictures only while somebody asks for them."""
        wanted = self.has_audience()
        if wanted and self._watched is None:
            qos = sensor_qos(PICTURES)
            self._watched = self.create_subscription(CompressedImage, "image_raw/compressed", self._on_picture, qos)
        elif not wanted:
            self.deactivate()

    def _on_picture(self, message: CompressedImage) -> None:
        self._pictures[stamp_of(message.header.stamp)] = bytes(message.data)
        if len(self._pictures) > PICTURES:
            self._pictures.popitem(last=False)

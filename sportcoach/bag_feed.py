"""Feeds a pipeline with what a bag holds, in the order in which it was recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sportcoach.bag import Bag, Message
from sportcoach.bag_source import CONTROL, IMU, BagSource
from sportcoach.pipeline import Pipeline, Results
from sportcoach_feedback.messages import read_control
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame, ImuSample
from sportcoach_perception.images import decode_compressed, decode_image
from sportcoach_perception.imu_bytes import sample_of
from sportcoach_perception.messages import read_imu, read_skeleton, stamp_of


class BagFeed:
    """Turns the messages of a bag into calls of a pipeline; broken ones are left out, as the nodes do.

    Args:
        bag: to read.
        source: its topics that drive the chain.
        pipeline: to feed.
        limit: stop at a frame so long after the first [ns]; 0 for the whole.

    Attributes:
        frames: how many were fed so far.
        complaint: one line about frames that were left out, empty when there are none.
    """

    def __init__(self, bag: Bag, source: BagSource, pipeline: Pipeline, limit: int = 0) -> None:
        self._bag = bag
        self._source = source
        self._pipeline = pipeline
        self._limit = limit
        self._first: int | None = None
        self._broken: Counter[str] = Counter()
        self.frames = 0

    @property
    def complaint(self) -> str:  # noqa: D102  # said above
        reasons = "; ".join(f"{count} times {reason}" for reason, count in self._broken.most_common(3))
        return f"{self._broken.total()} messages of {self._bag.path} were left out: {reasons}" if reasons else ""

    def results(self) -> Iterator[Results]:
        """What the pipeline answers to each message."""
        for message in self._bag.messages(self._source.names):
            name = self._source.names[message.topic]
            try:
                if name in IMU:
                    yield self._pipeline.add_imu(self._sample(message, name.split("/")[1]), message.stamp)
                    continue
                decoded = self._bag.decode(message)
                if name == self._source.frames and self._is_beyond(stamp_of(decoded.header.stamp)):
                    break
                yield self._feed(name, decoded)
            except UserError as error:
                self._broken[str(error)] += 1
        yield self._pipeline.flush()

    def _is_beyond(self, stamp: int) -> bool:
        self._first = stamp if self._first is None else self._first
        self.frames += 1
        return 0 < self._limit <= stamp - self._first

    def _sample(self, message: Message, limb: str) -> ImuSample:
        sample = sample_of(message.cdr, limb)
        return read_imu(self._bag.decode(message), limb) if sample is None else sample

    def _feed(self, name: str, message: Any) -> Results:
        if name in CONTROL:
            self._pipeline.control(read_control(message))
            return ()
        if name == "skeleton":
            return self._pipeline.add_skeleton(read_skeleton(message))
        stamp = stamp_of(message.header.stamp)
        if name == "image_raw/compressed":
            return self._pipeline.add_picture(ImageFrame(stamp, decode_compressed(message.data)))
        layout = message.encoding, message.height, message.width, message.step, message.is_bigendian
        return self._pipeline.add_picture(ImageFrame(stamp, decode_image(message.data, *layout)))

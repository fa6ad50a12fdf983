"""Publishes a bag: as it was recorded, or what of it drives the graph; and its time on /clock."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from functools import partial
from types import FrameType
from typing import Any, Final

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import CameraInfo

from sportcoach.bag import Bag, Message, Topic
from sportcoach.bag_source import find_source, parse_remap
from sportcoach.bag_types import Qos
from sportcoach.message_class import message_class
from sportcoach.replay import BagPlayer
from sportcoach_perception.errors import UserError
from sportcoach_perception.messages import set_time, stamp_of
from sportcoach_perception.node_base import RESULTS, run_node, sensor_qos
from sportcoach_perception.source_node import SourceNode

CLOCK_PERIOD: Final = 10_000_000
"""Bag time is told this often [ns of real time], and before every frame."""

DEPTH: Final = 300
"""Messages kept for slow readers; what was kept when they were recorded is not known."""


class ReplayNode(SourceNode):
    """A bag takes the place of a camera and sensors, or of the whole graph. SIGUSR1 pauses it and lets it go on."""

    def __init__(self) -> None:
        super().__init__("replay_node")
        self._bag: Bag | None = None
        self._player: BagPlayer | None = None
        self._topics: dict[str, Any] = {}
        self._frames = ""
        self._told = 0
        signal.signal(signal.SIGUSR1, self._on_pause)

    def configure(self) -> None:
        """Open the bag and make publishers for its topics."""
        if not self.parameter("bag"):
            raise UserError("replay_node needs the parameter 'bag': the folder to replay")
        self._bag = bag = Bag(self.parameter("bag"))
        if bag.damage:
            self.get_logger().warning(bag.damage)
        if self.parameter("drive"):
            self._drive(bag)
        else:
            self._repeat(bag)
        self._time = self.publisher(Clock, "/clock", sensor_qos(1, True)) if self.parameter("clock") else None
        start = bag.start + round(self.parameter("start") * 1e9)
        self._player = BagPlayer(
            partial(self._messages, bag, start), start, self.parameter("rate"), self.parameter("loop")
        )

    def _drive(self, bag: Bag) -> None:
        """Publish what the graph needs, under our names and reliably, and tell of every frame as a camera does."""
        source = find_source(bag, parse_remap(self.parameter("remap")), self.parameter("from_pictures"))
        for theirs, ours in source.names.items():
            msgtype = message_class(bag.topics[theirs].msgtype)
            qos = RESULTS if ours == "skeleton" else sensor_qos(DEPTH, True)
            self._topics[theirs] = self.publisher(msgtype, ours, qos)
            if ours == source.frames:
                self._frames = theirs
        self._info = self.publisher(CameraInfo, "camera_info")

    def _repeat(self, bag: Bag) -> None:
        wanted = set(self.parameter("topics"))
        for topic in bag.topics.values():
            if wanted and topic.name not in wanted:
                continue
            try:
                publisher = self.publisher(message_class(topic.msgtype), topic.name, _offer(topic))
            except UserError as error:
                self.get_logger().warning(f"{topic.name} is left out: {error}")
                continue
            self._topics[topic.name] = publisher
        if not self._topics:
            raise UserError(f"nothing of {bag.path} can be replayed; it holds {bag.contents()}")

    def needs_listener(self) -> bool:
        """A bag has time: what nobody hears yet would be lost, all of it when the bag is short."""
        return True

    def is_heard(self) -> bool:
        """Whether somebody listens to what is replayed."""
        return any(publisher.get_subscription_count() > 0 for publisher in self._topics.values())

    def play(self) -> None:
        """Publish the bag, or the part that was asked for."""
        if self._bag is None or self._player is None:
            return
        self._player.begin(time.monotonic_ns())
        while not self.stopped and not self._player.finished:
            now = time.monotonic_ns()
            message = self._player.poll(now)
            if message is None:
                self._tell_time(self._player.time(now), now)
                self._stop.wait(min(self._player.wait(now), CLOCK_PERIOD * 1e-9))
            else:
                self._publish(self._bag, message, now)

    def _messages(self, bag: Bag, start: int) -> Iterator[Message]:
        duration = round(self.parameter("duration") * 1e9)
        for message in bag.messages(self._topics, start):
            if duration and message.stamp >= start + duration:
                return
            yield message

    def _publish(self, bag: Bag, message: Message, now: int) -> None:
        is_frame = message.topic == self._frames
        self._tell_time(message.stamp, now, at_once=is_frame)
        self._topics[message.topic].publish(message.cdr)
        if is_frame:
            recorded = bag.decode(message).header
            info = CameraInfo()
            set_time(info.header.stamp, stamp_of(recorded.stamp))
            info.header.frame_id = recorded.frame_id
            self._info.publish(info)

    def _tell_time(self, stamp: int, now: int, at_once: bool = False) -> None:
        """Publish bag time `stamp` [ns] if it is time to at real time `now` [ns], or wanted `at_once`."""
        if self._time is not None and (at_once or now - self._told >= CLOCK_PERIOD):
            self._told = now
            message = Clock()
            set_time(message.clock, stamp)
            self._time.publish(message)

    def _on_pause(self, number: int, frame: FrameType | None) -> None:
        if self._player is not None:
            self._player.toggle(time.monotonic_ns())
            self.get_logger().info("paused" if self._player.paused else "going on")

    def cleanup(self) -> None:
        """Close the bag."""
        if self._bag is not None:
            self._bag.close()
            self._bag = None


def _offer(topic: Topic) -> QoSProfile:
    """What was offered when it was recorded; where publishers differed, what suits the most readers."""
    offers = topic.qos or (Qos(),)
    reliable = all(qos.reliable for qos in offers)
    keeps = all(qos.transient_local for qos in offers)
    return QoSProfile(
        depth=max(DEPTH, *(qos.depth for qos in offers)),
        reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
        durability=DurabilityPolicy.TRANSIENT_LOCAL if keeps else DurabilityPolicy.VOLATILE,
    )


def main() -> None:
    """Entry point of replay_node."""
    run_node(ReplayNode)


if __name__ == "__main__":
    main()

"""Records the graph to a rosbag2 folder (MCAP): results, sensor data and, on request, the compressed pictures."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import Any, Final

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

from sportcoach.bag_types import Qos
from sportcoach.bag_writer import BagWriter
from sportcoach.message_class import message_class
from sportcoach.recording import PROFILES, Stream, filing_time
from sportcoach_perception.errors import UserError
from sportcoach_perception.node_base import NodeBase, run_node

LOOK: Final = 0.05
"""Seconds between two looks for publishers that have turned up."""

FLUSH: Final = 0.5
"""Seconds after which what was recorded is safe from a kill of this process."""

EXPECT: Final = 20.0
"""Longest wait at the start for the publishers of the expected topics to be discovered [s]."""


class RecorderNode(NodeBase):
    """Writes serialized messages as they come, without decoding them.

    Listens to a topic when it has a publisher, the way that this offers it: reliably where it can be had.
    """

    LINGER = 0.3  # what the other nodes said last is still in the queues

    def __init__(self) -> None:
        super().__init__("recorder_node")
        self._bag: BagWriter | None = None
        self._awaited: dict[str, Stream] = {}

    def configure(self) -> None:
        """Open the bag."""
        folder = self.parameter("bag")
        if not folder:
            raise UserError("recorder_node needs the parameter 'bag': the folder to record to")
        split_size, split_duration = self.parameter("split_size") * 1e6, self.parameter("split_seconds") * 1e9
        self._bag = BagWriter(folder, round(split_size), round(split_duration))

    def activate(self) -> None:
        """Start recording."""
        self._began = time.time_ns()
        self._wait_for_publishers()
        self._awaited = {self.resolve_topic_name(name): s for name, s in PROFILES[self.parameter("profile")].items()}
        self._look()
        self.every(LOOK, self._look)
        self.every(FLUSH, self._flush)

    def _wait_for_publishers(self) -> None:
        """Not active, so the source holds its first picture, before the other nodes have been discovered.

        On a busy machine that takes seconds, and a recording stopped by then would have nothing of them.
        """
        expected = [self.resolve_topic_name(topic) for topic in self.parameter("expect")]
        deadline = time.monotonic() + EXPECT
        while missing := [topic for topic in expected if self.count_publishers(topic) == 0]:
            if self.finished.done():
                return
            if time.monotonic() > deadline:
                self.get_logger().warning(f"recording without {', '.join(missing)}: nobody publishes it so far")
                return
            time.sleep(LOOK)

    def _look(self) -> None:
        for topic in [topic for topic in self._awaited if self.count_publishers(topic) > 0]:
            self._record(topic, self._awaited.pop(topic))

    def _record(self, topic: str, stream: Stream) -> None:
        offers = [endpoint.qos_profile for endpoint in self.get_publishers_info_by_topic(topic)]
        reliable = all(offer.reliability == ReliabilityPolicy.RELIABLE for offer in offers)
        keeps = all(offer.durability == DurabilityPolicy.TRANSIENT_LOCAL for offer in offers)
        if self._bag is not None:
            self._bag.declare(topic, stream.msgtype, (Qos(reliable, keeps),))
        qos = QoSProfile(
            depth=stream.depth or self.parameter("queue"),
            reliability=ReliabilityPolicy.RELIABLE if reliable else ReliabilityPolicy.BEST_EFFORT,
            durability=DurabilityPolicy.TRANSIENT_LOCAL if keeps else DurabilityPolicy.VOLATILE,
        )
        write = self._guard(partial(self._write, topic, stream.msgtype, keeps))
        subscription = self.create_subscription(
            message_class(stream.msgtype), topic, lambda cdr, info: write(cdr, info), qos, raw=True
        )
        self._subscriptions_made.append(subscription)

    def _write(self, topic: str, msgtype: str, kept: bool, cdr: bytes, info: dict[str, Any]) -> None:
        """File a message under the time when it was published."""
        published, now = info["source_timestamp"], self.get_clock().now().nanoseconds
        # Of what publishers keep for those who come later, the old is left out; what else seems old has another clock.
        # Simulated time is 0 until the first message on /clock.
        if self._bag is None or (kept and 0 < published < self._began) or now == 0:
            return
        try:
            self._bag.write(topic, msgtype, filing_time(published, now), cdr)
        except UserError:
            self._give_up()
            raise

    def _flush(self) -> None:
        if self._bag is None:
            return
        try:
            self._bag.flush()
        except UserError:
            self._give_up()
            raise

    def _give_up(self) -> None:
        """Save what can be saved."""
        bag, self._bag = self._bag, None
        if bag is not None:
            with suppress(UserError):
                bag.close()

    def cleanup(self) -> None:
        """Close the bag; it tells of all topics, and is readable afterwards."""
        bag, self._bag = self._bag, None
        if bag is not None:
            for topic, stream in self._awaited.items():
                bag.declare(topic, stream.msgtype)
            bag.close()


def main() -> None:
    """Entry point of recorder_node."""
    run_node(RecorderNode)


if __name__ == "__main__":
    main()

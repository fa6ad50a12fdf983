"""Writes recordings: rosbag2 folders of MCAP files, split by size or time, of which a crash costs little."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import yaml
from mcap.writer import CompressionType, Writer

from sportcoach.bag_types import Definition, Qos, define, message_types
from sportcoach_perception.errors import UserError

METADATA_VERSION: Final = 9
"""That of Jazzy and Kilted."""

METADATA: Final = "metadata.yaml"


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic of the bag, the same in all its files."""

    name: str
    msgtype: str
    qos: tuple[Qos, ...]
    definition: Definition


@dataclass(slots=True)
class _Span:
    """Stamps of the first and the last message [ns], and how many there are."""

    first: int = 0
    last: int = 0
    count: int = 0

    def add(self, stamp: int) -> None:
        self.first = min(self.first, stamp) if self.count else stamp
        self.last = max(self.last, stamp)
        self.count += 1

    def as_rosbag2(self) -> dict[str, Any]:
        return {
            "starting_time": {"nanoseconds_since_epoch": self.first},
            "duration": {"nanoseconds": self.last - self.first},
            "message_count": self.count,
        }


class _File:
    """One MCAP file; the topics are written into each, so that each can be read alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.span = _Span()
        self._stream = path.open("xb")
        self._writer = Writer(self._stream, compression=CompressionType.ZSTD)
        self._writer.start(profile="ros2", library="sportcoach")
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._stream.flush()

    @property
    def size(self) -> int:
        """Bytes written, those of the current chunk not counted."""
        return self._stream.tell()

    def add_topic(self, topic: _Topic) -> None:
        """Write down a topic, if that has not been done yet."""
        if topic.name in self._channels:
            return
        definition = topic.definition
        if topic.msgtype not in self._schemas:
            self._schemas[topic.msgtype] = self._writer.register_schema(
                topic.msgtype, definition.encoding, definition.text.encode()
            )
        profiles = yaml.safe_dump([qos.as_rosbag2() for qos in topic.qos], sort_keys=False) if topic.qos else ""
        metadata = {"offered_qos_profiles": profiles, "topic_type_hash": definition.hash}
        self._channels[topic.name] = self._writer.register_channel(
            topic.name, "cdr", self._schemas[topic.msgtype], metadata
        )

    def write(self, topic: _Topic, stamp: int, cdr: bytes | memoryview) -> None:
        self.add_topic(topic)
        self._writer.add_message(self._channels[topic.name], stamp, bytes(cdr), stamp)
        self.span.add(stamp)

    def flush(self) -> None:
        """Complete the chunk and hand it to the operating system: what is written survives the end of this process."""
        self._writer.flush()

    def finish(self) -> None:
        self._writer.finish()
        self._stream.close()

    def abandon(self) -> None:
        """Close without the index, when the disk takes no more."""
        with suppress(OSError):
            self._stream.close()


class BagWriter:
    """Writes serialized messages into a new rosbag2 folder of MCAP files (zstd) that carry their own message types.

    Use it as a context manager, or call `close`: either way the bag is complete and readable, whatever went wrong
    between. Of a process that is killed, everything up to its last `flush` can be recovered (`sportcoach.bag.Bag`).

    Args:
        folder: the bag to create, its parents with it.
        split_size: begin another file when one has this many bytes; 0 for one file.
        split_duration: ... or spans this long [ns].

    Raises:
        UserError: the folder exists or cannot be created.
    """

    def __init__(self, folder: str | Path, split_size: int = 0, split_duration: int = 0) -> None:
        self.folder = Path(folder)
        self._split_size = split_size
        self._split_duration = split_duration
        self._types = message_types()
        self._topics: dict[str, _Topic] = {}
        self._counts: Counter[str] = Counter()
        self._files: list[_File] = []
        self._open = True
        if self.folder.exists():
            raise UserError(f"{self.folder} exists already and is not overwritten: name another folder or move it away")
        try:
            self.folder.mkdir(parents=True)
            self._begin_file()
        except OSError as error:
            raise UserError(f"cannot create the bag {self.folder}: {error.strerror}") from error

    def _begin_file(self) -> None:
        self._files.append(_File(self.folder / f"{self.folder.name}_{len(self._files)}.mcap"))

    def declare(
        self, topic: str, msgtype: str, qos: tuple[Qos, ...] = (), definition: Definition | None = None
    ) -> None:
        """Name a topic and its type, so that the bag tells of it even when no message comes.

        Args:
            topic: its name.
            msgtype: its type, "sensor_msgs/msg/CompressedImage" for example; one per topic.
            qos: what its publishers offer.
            definition: of the type; by default what is known of it here.
        """
        if topic not in self._topics:
            self._topics[topic] = _Topic(topic, msgtype, qos, definition or define(msgtype, self._types))

    def write(self, topic: str, msgtype: str, stamp: int, cdr: bytes | memoryview) -> None:
        """Append one message.

        Args:
            topic: its topic; declared by its first message if not before.
            msgtype: its type.
            stamp: stamp to file it under [ns].
            cdr: the serialized message, as rclpy's `serialize_message` or a raw subscription give it.

        Raises:
            UserError: the disk is full or gone.
        """
        if not self._open:
            raise ValueError(f"the bag {self.folder} is closed")
        self.declare(topic, msgtype)
        try:
            if self._is_full(stamp):
                self._complete_file()
                self._begin_file()
            self._files[-1].write(self._topics[topic], stamp, cdr)
        except OSError as error:
            raise UserError(f"cannot write to the bag {self.folder}: {error.strerror}") from error
        self._counts[topic] += 1

    def _is_full(self, stamp: int) -> bool:
        file = self._files[-1]
        too_long = 0 < self._split_duration <= stamp - file.span.first
        return file.span.count > 0 and (too_long or 0 < self._split_size <= file.size)

    def _complete_file(self) -> None:
        for topic in self._topics.values():
            self._files[-1].add_topic(topic)
        self._files[-1].finish()

    def flush(self) -> None:
        """Make sure that what was written survives a kill of this process.

        Raises:
            UserError: the disk is full or gone.
        """
        try:
            self._files[-1].flush()
        except OSError as error:
            raise UserError(f"cannot write to the bag {self.folder}: {error.strerror}") from error

    def close(self) -> None:
        """Complete the bag; a second call does nothing.

        Raises:
            UserError: the disk is full or gone.
        """
        if not self._open:
            return
        self._open = False
        try:
            self._complete_file()
            (self.folder / METADATA).write_text(self._metadata(), encoding="utf-8")
        except OSError as error:
            self._files[-1].abandon()
            raise UserError(f"cannot complete the bag {self.folder}: {error.strerror}") from error

    def _metadata(self) -> str:
        whole = _Span()
        for file in self._files:
            if file.span.count:
                whole.add(file.span.first)
                whole.add(file.span.last)
        whole.count = sum(self._counts.values())
        information = {
            "version": METADATA_VERSION,
            "storage_identifier": "mcap",
            **whole.as_rosbag2(),
            "topics_with_message_count": [self._topic_metadata(topic) for topic in self._topics.values()],
            "compression_format": "",
            "compression_mode": "",
            "relative_file_paths": [file.path.name for file in self._files],
            "files": [{"path": file.path.name, **file.span.as_rosbag2()} for file in self._files],
            "custom_data": None,
            "ros_distro": os.environ.get("ROS_DISTRO", ""),
        }
        return yaml.safe_dump({"rosbag2_bagfile_information": information}, sort_keys=False)

    def _topic_metadata(self, topic: _Topic) -> dict[str, Any]:
        metadata = {
            "name": topic.name,
            "type": topic.msgtype,
            "serialization_format": "cdr",
            "offered_qos_profiles": [qos.as_rosbag2() for qos in topic.qos],
            "type_description_hash": topic.definition.hash,
        }
        return {"topic_metadata": metadata, "message_count": self._counts[topic.name]}

    def __enter__(self) -> BagWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

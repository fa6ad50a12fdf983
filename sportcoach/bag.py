"""Recordings: rosbag2 folders (MCAP) written and read without ROS, on the `rosbags` library."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.interfaces import Connection
from rosbags.rosbag2 import ReaderError, StoragePlugin, Writer, WriterError
from rosbags.typesys import Stores, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from sportcoach_perception.errors import UserError

MESSAGE_PACKAGE: Final = "sportcoach_msgs"


def message_folder() -> Path:
    """The folder of our .msg files: that of the ROS installation in use, else the one beside this package.

    Raises:
        UserError: neither exists.
    """
    prefixes = [Path(prefix) for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if prefix]
    candidates = [prefix / "share" / MESSAGE_PACKAGE / "msg" for prefix in prefixes]
    candidates.append(Path(__file__).resolve().parents[1] / MESSAGE_PACKAGE / "msg")
    for folder in candidates:
        if folder.is_dir():
            return folder
    raise UserError(f"no message definitions of {MESSAGE_PACKAGE}: source the workspace that it is built in")


def message_types() -> Typestore:
    """The standard messages of ROS 2 and those of sportcoach_msgs, ready to serialize and deserialize.

    Raises:
        UserError: our message definitions are not found.
    """
    store = get_typestore(Stores.LATEST)
    types: dict[str, Any] = {}
    for path in sorted(message_folder().glob("*.msg")):
        types |= get_types_from_msg(path.read_text(encoding="utf-8"), f"{MESSAGE_PACKAGE}/msg/{path.stem}")
    store.register(types)
    return store


class BagWriter:
    """Writes serialized messages into a new rosbag2 folder with one MCAP file that carries its own message types.

    Use it as a context manager, or call `close`: either way the bag is complete and readable, whatever went wrong
    between.

    Args:
        folder: the bag to create, its parents with it.

    Raises:
        UserError: the folder exists or cannot be created.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._types = message_types()
        self._connections: dict[str, Connection] = {}
        if self.folder.exists():
            raise UserError(f"{self.folder} exists already and is not overwritten: name another folder or move it away")
        writer = Writer(self.folder, version=Writer.VERSION_LATEST, storage_plugin=StoragePlugin.MCAP)
        try:
            writer.open()
        except (OSError, WriterError) as error:
            raise UserError(f"cannot create the bag {self.folder}: {error}") from error
        self._writer: Writer | None = writer

    def declare(self, topic: str, msgtype: str) -> None:
        """Name a topic and its type, so that the bag tells of it even when no message comes."""
        if self._writer is not None and topic not in self._connections:
            self._connections[topic] = self._writer.add_connection(topic, msgtype, typestore=self._types)

    def write(self, topic: str, msgtype: str, stamp_ns: int, cdr: bytes | memoryview) -> None:
        """Append one message.

        Args:
            topic: its topic; declared by its first message if not before.
            msgtype: its type, "sensor_msgs/msg/CompressedImage" for example; one per topic.
            stamp_ns: stamp to file it under [ns].
            cdr: the serialized message, as rclpy's `serialize_message` or a raw subscription give it.

        Raises:
            UserError: the disk is full or gone.
        """
        if self._writer is None:
            raise ValueError(f"the bag {self.folder} is closed")
        self.declare(topic, msgtype)
        try:
            self._writer.write(self._connections[topic], stamp_ns, cdr)
        except OSError as error:
            raise UserError(f"cannot write to the bag {self.folder}: {error.strerror}") from error

    def close(self) -> None:
        """Complete the bag; a second call does nothing.

        Raises:
            UserError: the disk is full or gone.
        """
        writer, self._writer = self._writer, None
        if writer is None:
            return
        try:
            writer.close()
        except OSError as error:
            with suppress(OSError):
                writer.abort()
            raise UserError(f"cannot complete the bag {self.folder}: {error.strerror}") from error

    def __enter__(self) -> BagWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def read_messages(folder: str | Path, topics: Collection[str] | None = None) -> Iterator[tuple[str, int, Any]]:
    """Messages of a bag in the order of their stamps, decoded with the types that the bag carries.

    Args:
        folder: a rosbag2 folder, MCAP or sqlite3.
        topics: only these; None for all.

    Yields:
        Topic, stamp [ns] and message.

    Raises:
        UserError: there is no bag in the folder, or it cannot be read.
    """
    folder = Path(folder)
    try:
        # Bags of older distributions (sqlite3) carry no types: the standard messages and ours stand in.
        with AnyReader([folder], default_typestore=message_types()) as reader:
            connections = [link for link in reader.connections if topics is None or link.topic in topics]
            if not connections:
                return
            for connection, stamp, data in reader.messages(connections=connections):
                yield connection.topic, stamp, reader.deserialize(data, connection.msgtype)
    except (AnyReaderError, ReaderError, OSError) as error:
        raise UserError(f"{folder} is not a bag that can be read: {error}") from error

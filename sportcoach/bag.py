"""Reads recordings without ROS: rosbag2 folders or single files, MCAP or sqlite3, sound or damaged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Final, NamedTuple

from rosbags.highlevel import AnyReader
from rosbags.interfaces import ConnectionExtRosbag2

from sportcoach.bag_recovery import recover, storage_files
from sportcoach.bag_types import Qos, message_types
from sportcoach.bag_writer import METADATA
from sportcoach_perception.errors import UserError

LISTED: Final = 20
"""Topics that are named in one line."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic of a bag; `qos` is what its publishers offered, empty when not known."""

    name: str
    msgtype: str
    count: int
    qos: tuple[Qos, ...]

    def __str__(self) -> str:
        return f"{self.name} ({self.msgtype}, {self.count})"


class Message(NamedTuple):
    """A serialized message, filed under `stamp` [ns]."""

    topic: str
    msgtype: str
    stamp: int
    cdr: bytes


class Bag:
    """A bag opened for reading; use it as a context manager.

    A damaged bag is recovered into a temporary one as far as possible, without touching the original.

    Args:
        path: a rosbag2 folder or one of its files (.mcap, .db3).

    Attributes:
        topics: by name.
        start, end: stamps of the first and the last message [ns]; 0 in a bag without messages.
        damage: one line about what is wrong with the bag and how much of it could be read; empty for a sound one.

    Raises:
        UserError: there is no bag, or nothing of it can be read.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.damage = ""
        self._stack = ExitStack()
        try:
            self._reader = self._open()
        except BaseException:
            self._stack.close()
            raise
        infos = self._reader.topics.items()
        # A topic with messages of several types cannot be published or judged.
        self.topics = {
            name: Topic(name, info.msgtype, info.msgcount, _qos(info.connections[0].ext))
            for name, info in infos
            if info.msgtype is not None
        }
        has_messages = self._reader.message_count > 0
        self.start = self._reader.start_time if has_messages else 0
        self.end = self._reader.end_time - 1 if has_messages else 0

    def _open(self) -> AnyReader:
        if not self.path.exists():
            raise UserError(f"{self.path} is not a bag that can be read: there is no such file or folder")
        files = storage_files(self.path)
        complete = self.path.is_file() or (self.path / METADATA).is_file()
        # The files of a split bag overlap at the seams: read as files of their own they are merged by stamp.
        paths = files if len(files) > 1 or (files and not complete) else [self.path]
        try:
            reader = self._read(paths)
        except Exception as error:  # on broken bytes the library raises anything
            if not files:
                raise UserError(f"{self.path} is not a bag that can be read: {_reason(error)}") from error
            return self._recover(error)
        if not complete:
            self.damage = f"{self.path} has no {METADATA}: read from its files, {reader.message_count} messages"
        return reader

    def _read(self, paths: list[Path]) -> AnyReader:
        # Bags of older distributions (sqlite3) carry no types: the standard messages and ours stand in.
        return self._stack.enter_context(AnyReader(paths, default_typestore=message_types()))

    def _recover(self, reason: Exception) -> AnyReader:
        copy = Path(self._stack.enter_context(TemporaryDirectory(prefix="sportcoach-bag-"))) / "recovered"
        count = recover(self.path, copy)
        if count == 0:
            raise UserError(f"{self.path} is not a bag that can be read: {_reason(reason)}") from reason
        reader = self._read([copy])
        seconds = (reader.end_time - 1 - reader.start_time) * 1e-9
        self.damage = f"{self.path} is damaged ({_reason(reason)}): recovered {count} messages, {seconds:.1f} s"
        return reader

    def messages(self, topics: Collection[str] | None = None, start: int | None = None) -> Iterator[Message]:
        """Messages in the order of their stamps; where the bag turns out to be damaged, what can be read of the rest.

        Args:
            topics: only these; None for all.
            start: only those from this stamp on [ns].
        """
        connections = [link for link in self._reader.connections if topics is None or link.topic in topics]
        if not connections:
            return
        try:
            for connection, stamp, cdr in self._reader.messages(connections, start=start):
                yield Message(connection.topic, connection.msgtype, stamp, cdr)
                start = stamp + 1
        except Exception as error:  # see _open
            self._reader = self._recover(error)
            yield from self.messages(topics, start)

    def decode(self, message: Message) -> Any:
        """The message as an object with fields, with the types that the bag carries.

        Raises:
            UserError: its bytes do not fit its type.
        """
        try:
            return self._reader.deserialize(message.cdr, message.msgtype)
        except Exception as error:  # see _open
            raise UserError(f"{self.path}: a message on {message.topic} is damaged: {_reason(error)}") from error

    def contents(self) -> str:
        """Its topics in one line, with type and number of messages; of very many, the first."""
        topics = list(map(str, self.topics.values()))
        more = [f"and {len(topics) - LISTED} more topics"] if len(topics) > LISTED else []
        return ", ".join(topics[:LISTED] + more) or "no topics"

    def close(self) -> None:
        """Free the files."""
        self._stack.close()

    def __enter__(self) -> Bag:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _qos(extension: object) -> tuple[Qos, ...]:
    profiles = extension.offered_qos_profiles if isinstance(extension, ConnectionExtRosbag2) else []
    return tuple(map(Qos.of, profiles))


def _reason(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def read_messages(path: str | Path, topics: Collection[str] | None = None) -> Iterator[tuple[str, int, Any]]:
    """Messages of a bag in the order of their stamps, decoded with the types that the bag carries.

    Args:
        path: a rosbag2 folder or file, MCAP or sqlite3.
        topics: only these; None for all.

    Yields:
        Topic, stamp [ns] and message.

    Raises:
        UserError: there is no bag, or it cannot be read.
    """
    with Bag(path) as bag:
        for message in bag.messages(topics):
            yield message.topic, message.stamp, bag.decode(message)

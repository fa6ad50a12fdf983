"""Reads what can still be read of a damaged bag: MCAP or sqlite3, cut off, with bad chunks, without metadata.yaml."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Final

import zstandard
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, McapRecord, Message, Schema
from mcap.stream_reader import StreamReader, breakup_chunk
from rosbags.rosbag2 import ReaderError
from rosbags.rosbag2.metadata import parse_qos

from sportcoach.bag_types import Definition, Qos
from sportcoach.bag_writer import BagWriter

SUFFIXES: Final = (".mcap", ".db3")

_BROKEN: Final = (McapError, struct.error, ValueError, RuntimeError, zstandard.ZstdError)
"""What mcap raises on bytes that make no sense; a checksum that does not fit is a ValueError."""

_CHUNK_HEADER: Final = struct.Struct("<BQQQQII")
"""Opcode and length of the record, first and last stamp, size, checksum, length of the compression's name."""


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """What a file says of a topic; `definition` is None when it does not hold that of the type."""

    name: str
    msgtype: str
    definition: Definition | None = None
    qos: tuple[Qos, ...] = ()


Found = tuple[FoundTopic, int, bytes]
"""A message that was found: its topic, stamp [ns] and bytes."""


def storage_files(path: Path) -> list[Path]:
    """The files of the bag `path`, a folder or one of its files, that hold messages."""
    if path.is_file():
        return [path] if path.suffix in SUFFIXES else []
    return sorted(file for file in path.glob("*") if file.suffix in SUFFIXES and file.is_file())


def recover(path: Path, into: Path) -> int:
    """Copy what can be read of the bag `path` into a new, sound bag; returns the number of messages.

    Raises:
        UserError: the new bag cannot be written.
    """
    count = 0
    with BagWriter(into) as bag:
        for file in storage_files(path):
            for topic, stamp, cdr in messages_of(file):
                bag.declare(topic.name, topic.msgtype, topic.qos, topic.definition)
                bag.write(topic.name, topic.msgtype, stamp, cdr)
                count += 1
    return count


def messages_of(file: Path) -> Iterator[Found]:
    """The messages of one file up to where it breaks off, in the order in which they were written."""
    return _sqlite_messages(file) if file.suffix == ".db3" else _mcap_messages(file)


def _mcap_messages(path: Path) -> Iterator[Found]:
    schemas: dict[int, Schema] = {}
    topics: dict[int, FoundTopic] = {}
    with path.open("rb") as file:
        for record in _mcap_records(file):
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel) and record.schema_id in schemas:
                topics[record.id] = _mcap_topic(record, schemas[record.schema_id])
            elif isinstance(record, Message) and record.channel_id in topics:
                yield topics[record.channel_id], record.log_time, record.data


def _mcap_topic(channel: Channel, schema: Schema) -> FoundTopic:
    text = schema.data.decode(errors="replace")
    definition = Definition(schema.encoding, text, channel.metadata.get("topic_type_hash", "")) if text else None
    try:
        profiles = parse_qos(channel.metadata.get("offered_qos_profiles", ""))
    except (ReaderError, KeyError, TypeError):
        profiles = []
    return FoundTopic(channel.topic, schema.name, definition, tuple(map(Qos.of, profiles)))


def _mcap_records(file: IO[bytes]) -> Iterator[McapRecord]:
    """Records outside and inside of chunks; a chunk that does not fit its checksum is left out."""
    sound = 0
    try:
        for record in StreamReader(file, emit_chunks=True).records:
            sound = file.tell()
            if isinstance(record, Chunk):
                yield from _chunk_records(record)
            else:
                yield record
    except _BROKEN:
        file.seek(sound)
        yield from _cut_chunk_records(file.read())


def _chunk_records(chunk: Chunk) -> list[McapRecord]:
    try:
        return breakup_chunk(chunk, validate_crc=True)
    except _BROKEN:
        return []


def _cut_chunk_records(tail: bytes) -> Iterator[McapRecord]:
    """The whole records at the beginning of a chunk that is cut off, compressed by zstd or not at all."""
    if len(tail) < _CHUNK_HEADER.size or tail[0] != Opcode.CHUNK:
        return
    name_end = _CHUNK_HEADER.size + _CHUNK_HEADER.unpack_from(tail)[-1]
    compression, data = tail[_CHUNK_HEADER.size : name_end], tail[name_end + 8 :]
    try:
        if compression == b"zstd":
            data = zstandard.ZstdDecompressor().decompressobj().decompress(data)
        if compression in (b"zstd", b""):
            yield from StreamReader(BytesIO(data), skip_magic=True).records
    except _BROKEN:
        return


def _sqlite_messages(path: Path) -> Iterator[Found]:
    link = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        link.execute("PRAGMA writable_schema=ON")  # or a file shorter than it says of itself is not even opened
        definitions = _sqlite_definitions(link)
        topics = {
            key: FoundTopic(name, msgtype, definitions.get(msgtype))
            for key, name, msgtype in link.execute("SELECT id, name, type FROM topics")
        }
        for key, stamp, cdr in link.execute("SELECT topic_id, timestamp, data FROM messages ORDER BY id"):
            yield topics[key], stamp, cdr
    except (sqlite3.DatabaseError, KeyError):
        return
    finally:
        link.close()


def _sqlite_definitions(link: sqlite3.Connection) -> dict[str, Definition]:
    """Message definitions by type; bags from before Iron hold none."""
    query = "SELECT topic_type, encoding, encoded_message_definition, type_description_hash FROM message_definitions"
    try:
        return {msgtype: Definition(*rest) for msgtype, *rest in link.execute(query)}
    except sqlite3.DatabaseError:
        return {}

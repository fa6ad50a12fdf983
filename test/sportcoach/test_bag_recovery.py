"""Of a damaged bag everything that can be read is read, and it is said how much that was."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from bag_messages import STAMP
from rosbags.rosbag2 import StoragePlugin, Writer
from rosbags.typesys import Stores, get_typestore

from sportcoach.bag import Bag, read_messages
from sportcoach.bag_types import Qos
from sportcoach.bag_writer import BagWriter
from sportcoach_perception.errors import UserError

MESSAGES = 4000
SIZE = 200  # bytes of each, of which no compressor makes less


def numbered(index: int) -> bytes:
    """A message that tells its number: a UInt8MultiArray with no dimensions, in CDR."""
    data = index.to_bytes(8, "little") + os.urandom(SIZE - 8)
    return b"\x00\x01\x00\x00" + bytes(8) + len(data).to_bytes(4, "little") + data


def write_bag(folder: Path, chunks: int = 40) -> Path:
    with BagWriter(folder) as bag:
        bag.declare("/number", "std_msgs/msg/UInt8MultiArray", (Qos(False, False, 7),))
        for index in range(MESSAGES):
            bag.write("/number", "std_msgs/msg/UInt8MultiArray", STAMP + index, numbered(index))
            if index % (MESSAGES // chunks) == 0:
                bag.flush()
    return folder


def write_foreign(folder: Path, storage: StoragePlugin) -> Path:
    """A bag as the rosbags library writes it."""
    types = get_typestore(Stores.ROS2_JAZZY)
    with Writer(folder, version=9, storage_plugin=storage) as writer:
        link = writer.add_connection("/number", "std_msgs/msg/UInt8MultiArray", typestore=types)
        for index in range(MESSAGES):
            writer.write(link, STAMP + index, numbered(index))
    return folder


def cut(folder: Path, share: float) -> None:
    """Leave the first part of the only storage file."""
    (file,) = (file for file in folder.iterdir() if file.suffix in (".mcap", ".db3"))
    os.truncate(file, round(file.stat().st_size * share))


def numbers(bag: Bag) -> list[int]:
    messages = list(bag.messages())
    read = [int.from_bytes(bag.decode(message).data[:8].tobytes(), "little") for message in messages]
    assert [message.stamp for message in messages] == [STAMP + index for index in read]
    return read


@pytest.mark.parametrize("share", [0.8, 0.5, 0.1])
def test_an_mcap_cut_off_gives_all_before_the_cut(tmp_path: Path, share: float) -> None:
    cut(write_bag(tmp_path / "bag"), share)
    with Bag(tmp_path / "bag") as bag:
        read = numbers(bag)
        assert read == list(range(len(read)))
        assert len(read) >= (share - 0.05) * MESSAGES
        assert f"recovered {len(read)} messages" in bag.damage
        assert bag.topics["/number"].qos == (Qos(False, False, 7),)


@pytest.mark.parametrize(("storage", "least"), [(StoragePlugin.MCAP, 0.75), (StoragePlugin.SQLITE3, 0.6)])
def test_bags_of_other_writers_cut_off_are_recovered(tmp_path: Path, storage: StoragePlugin, least: float) -> None:
    cut(write_foreign(tmp_path / "bag", storage), 0.8)
    with Bag(tmp_path / "bag") as bag:
        read = numbers(bag)
        assert read == list(range(len(read)))
        assert least * MESSAGES <= len(read) < MESSAGES
        assert f"recovered {len(read)} messages" in bag.damage


def test_a_bad_chunk_costs_only_itself(tmp_path: Path) -> None:
    # The index is sound: the damage shows only when the messages are read.
    (file,) = write_bag(tmp_path / "bag").glob("*.mcap")
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 50] = bytes(50)
    file.write_bytes(content)
    with Bag(tmp_path / "bag") as bag:
        assert bag.damage == ""
        read = numbers(bag)
        assert 0.95 * MESSAGES <= len(read) < MESSAGES
        assert "is damaged" in bag.damage


@pytest.mark.parametrize("text", [None, "", "rosbag2_bagfile_information: {version: 9}", "{", "\x00"])
def test_metadata_missing_or_damaged_costs_nothing(tmp_path: Path, text: str | None) -> None:
    folder = write_bag(tmp_path / "bag")
    (folder / "metadata.yaml").unlink() if text is None else (folder / "metadata.yaml").write_text(text)
    with Bag(folder) as bag:
        assert numbers(bag) == list(range(MESSAGES))
        assert f"{MESSAGES} messages" in bag.damage


def test_one_file_of_a_split_bag_missing_costs_only_that(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag", split_duration=1000) as bag_written:
        for index in range(MESSAGES):
            bag_written.write("/number", "std_msgs/msg/UInt8MultiArray", STAMP + index, numbered(index))
    (tmp_path / "bag" / "bag_1.mcap").unlink()
    with Bag(tmp_path / "bag") as bag:
        assert numbers(bag) == [index for index in range(MESSAGES) if not 1000 <= index < 2000]


def test_a_single_file_is_a_bag_too(tmp_path: Path) -> None:
    (file,) = write_bag(tmp_path / "bag").glob("*.mcap")
    with Bag(file) as bag:
        assert (len(numbers(bag)), bag.damage) == (MESSAGES, "")


@pytest.mark.parametrize("content", [b"", b"\x89MCAP0\r\n", b"not a recording"])
def test_files_that_hold_nothing_are_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    for name in ("a.mcap", "a.db3"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UserError, match="not a bag that can be read"):
            Bag(tmp_path / name)


def test_the_damaged_bag_is_left_as_it_is(tmp_path: Path) -> None:
    cut(write_bag(tmp_path / "bag"), 0.5)
    before = {file.name: file.read_bytes() for file in (tmp_path / "bag").iterdir()}
    with Bag(tmp_path / "bag"):
        pass
    assert {file.name: file.read_bytes() for file in (tmp_path / "bag").iterdir()} == before


KILLED = """
import os, signal, sys
from sportcoach.bag_writer import BagWriter
bag = BagWriter(sys.argv[1])
for index in range(3000):
    if index == 2000:
        bag.flush()
    bag.write("/time", "builtin_interfaces/msg/Time", index, bytes(12))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_writer_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "bag")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(read_messages(tmp_path / "bag"))) >= 2000


@pytest.mark.parametrize(
    ("name", "count"),
    [("ardrone_imu_ros2", 8616), ("phidgets_imu_upside_down_ros2", 27928), ("third_party_types_mcap", 188)],
)
def test_bags_that_others_wrote_are_read_whole_and_cut(
    shared: Callable[[str], Path], tmp_path: Path, name: str, count: int
) -> None:
    with Bag(shared(f"data/bags/{name}")) as bag:
        assert sum(1 for message in bag.messages() if bag.decode(message) is not None) == count
        assert bag.damage == ""
    folder = tmp_path / name
    folder.mkdir()
    for file in shared(f"data/bags/{name}").iterdir():
        shutil.copyfile(file, folder / file.name)
    cut(folder, 0.4)
    with Bag(folder) as bag:
        recovered = sum(1 for message in bag.messages() if bag.decode(message) is not None)
        assert 0.15 * count < recovered < count
        assert f"recovered {recovered} messages" in bag.damage

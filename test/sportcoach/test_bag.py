"""Bags are complete, carry their types, and read back as they were written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml
from bag_messages import STAMP, Messages, assert_equal, write_squat_bag
from rosbags.highlevel import AnyReader

from sportcoach.bag import Bag, read_messages
from sportcoach.bag_types import Qos, message_folder
from sportcoach.bag_writer import BagWriter
from sportcoach_perception.errors import UserError

SECOND = 1_000_000_000


def test_every_message_type_reads_back_as_written(tmp_path: Path) -> None:
    written = write_squat_bag(tmp_path / "bag")
    with AnyReader([tmp_path / "bag"]) as reader:  # knows no types but those in the bag
        assert [connection.msgtype for connection in reader.connections] == [m.__msgtype__ for m in written.values()]
        read = [(link.topic, stamp, reader.deserialize(data, link.msgtype)) for link, stamp, data in reader.messages()]
    assert [topic for topic, _, _ in read] == list(written)
    assert [stamp for _, stamp, _ in read] == [STAMP + index for index in range(len(written))]
    for topic, _, message in read:
        assert_equal(message, written[topic])


def test_every_message_of_the_interface_package_is_covered(tmp_path: Path) -> None:
    nested = {"Fault", "JointDeviation"}
    names = {message.__msgtype__.rpartition("/")[2] for message in write_squat_bag(tmp_path / "bag").values()}
    assert {path.stem for path in message_folder().glob("*.msg")} - nested <= names


def test_read_messages_gives_the_chosen_topics_in_order_of_time(tmp_path: Path) -> None:
    written = write_squat_bag(tmp_path / "bag")
    assert [topic for topic, _, _ in read_messages(tmp_path / "bag")] == list(written)
    [(topic, stamp, action)] = read_messages(tmp_path / "bag", topics=["action", "absent"])
    assert (topic, stamp, action.label) == ("action", STAMP + 3, "squat")
    assert list(read_messages(tmp_path / "bag", topics=[])) == []


def record_and_fail(folder: Path) -> None:
    messages = Messages()
    topic, message = next(messages.results())
    with BagWriter(folder) as bag:
        bag.write(topic, message.__msgtype__, STAMP, messages.store.serialize_cdr(message, message.__msgtype__))
        raise RuntimeError("camera unplugged")


def test_bag_is_readable_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="camera"):
        record_and_fail(tmp_path / "bag")
    assert [topic for topic, _, _ in read_messages(tmp_path / "bag")] == ["action"]


def test_bag_without_messages_is_readable(tmp_path: Path) -> None:
    bag = BagWriter(tmp_path / "new" / "bag")
    bag.close()
    bag.close()
    assert list(read_messages(tmp_path / "new" / "bag")) == []


def test_existing_folder_is_refused_and_kept(tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    (tmp_path / "bag" / "precious").write_text("data")
    with pytest.raises(UserError, match="exists already"):
        BagWriter(tmp_path / "bag")
    assert (tmp_path / "bag" / "precious").read_text() == "data"


def test_folder_that_cannot_be_created_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(UserError, match="cannot create the bag"):
        BagWriter(tmp_path / "file" / "bag")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to stand for a full disk")
def test_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    bag = BagWriter(tmp_path / "bag")
    bag.write("clock", "builtin_interfaces/msg/Time", STAMP, bytes(12))
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, bag._files[-1]._stream.fileno())
    os.close(full)
    with pytest.raises(UserError, match="No space left"):
        bag.flush()
    with pytest.raises(UserError, match="No space left"):
        bag.write("blob", "std_msgs/msg/UInt8MultiArray", STAMP, os.urandom(2**21))
    with pytest.raises(UserError, match="No space left"):
        bag.close()


def test_what_is_no_bag_is_one_clear_line(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UserError, match="not a bag"):
            list(read_messages(folder))


def test_installed_definitions_come_before_those_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "prefix" / "share" / "sportcoach_msgs" / "msg"
    installed.mkdir(parents=True)
    monkeypatch.setenv("AMENT_PREFIX_PATH", os.pathsep.join((str(tmp_path / "other"), str(tmp_path / "prefix"))))
    assert message_folder() == installed
    monkeypatch.delenv("AMENT_PREFIX_PATH")
    assert (message_folder() / "Action.msg").is_file()


def test_a_declared_topic_is_in_the_bag_though_no_message_came(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag") as bag:
        bag.declare("/cue", "sportcoach_msgs/msg/Cue")
    with AnyReader([tmp_path / "bag"]) as reader:
        assert {connection.topic: connection.msgtype for connection in reader.connections} == {
            "/cue": "sportcoach_msgs/msg/Cue"
        }


def fill(bag: BagWriter, seconds: float, rate: int = 100) -> None:
    """Stamps, `rate` a second."""
    for index in range(round(seconds * rate)):
        stamp = STAMP + index * SECOND // rate
        bag.write("/time", "builtin_interfaces/msg/Time", stamp, bytes(4) + index.to_bytes(8, "little"))


def test_a_recording_split_by_time_is_read_as_one(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag", split_duration=SECOND) as bag:
        bag.declare("/cue", "sportcoach_msgs/msg/Cue")
        fill(bag, seconds=3.5)
    assert [file.name for file in sorted((tmp_path / "bag").glob("*.mcap"))] == [f"bag_{i}.mcap" for i in range(4)]
    stamps = [stamp for _, stamp, _ in read_messages(tmp_path / "bag")]
    assert stamps == [STAMP + index * SECOND // 100 for index in range(350)]
    with AnyReader([tmp_path / "bag" / "bag_2.mcap"]) as reader:  # each file tells of all topics
        assert {link.topic: link.msgcount for link in reader.connections} == {"/time": 100, "/cue": 0}
    with AnyReader([tmp_path / "bag"]) as reader:  # through metadata.yaml
        assert (reader.message_count, reader.duration) == (350, 3_490_000_001)


def test_a_recording_split_by_size_keeps_files_about_that_size(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag", split_size=3_000_000) as bag:
        for index in range(80):
            bag.write("/blob", "std_msgs/msg/UInt8MultiArray", STAMP + index, os.urandom(100_000))
    sizes = [file.stat().st_size for file in sorted((tmp_path / "bag").glob("*.mcap"))]
    assert len(sizes) == 3 and all(3_000_000 <= size < 5_000_000 for size in sizes[:-1])
    with Bag(tmp_path / "bag") as bag_read:
        assert len(list(bag_read.messages())) == 80 and bag_read.damage == ""


def test_messages_filed_late_come_in_order_across_files(tmp_path: Path) -> None:
    stamps = [0, 400, 900, 1100, 1050, 950, 1500]  # [ms]; some reach the recorder after a later one
    with BagWriter(tmp_path / "bag", split_duration=SECOND) as bag:
        for stamp in stamps:
            bag.write("/time", "builtin_interfaces/msg/Time", STAMP + stamp * 1_000_000, bytes(12))
    read = [(stamp - STAMP) // 1_000_000 for _, stamp, _ in read_messages(tmp_path / "bag")]
    assert read == sorted(stamps)


def test_topics_tell_what_was_offered(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag") as bag:
        bag.declare("/stage", "sportcoach_msgs/msg/Stage", (Qos(True, True, 300),))
        bag.declare("/imu", "sensor_msgs/msg/Imu", (Qos(False, False, 200),))
        bag.declare("/cue", "sportcoach_msgs/msg/Cue")
    with Bag(tmp_path / "bag") as bag_read:
        offered = {name: topic.qos for name, topic in bag_read.topics.items()}
    assert offered == {"/stage": (Qos(True, True, 300),), "/imu": (Qos(False, False, 200),), "/cue": ()}


def test_metadata_is_what_rosbag2_of_jazzy_and_kilted_expects(tmp_path: Path) -> None:
    with BagWriter(tmp_path / "bag") as bag:
        bag.declare("/stage", "sportcoach_msgs/msg/Stage", (Qos(True, True, 300),))
        fill(bag, seconds=0.5)
    metadata = yaml.safe_load((tmp_path / "bag" / "metadata.yaml").read_text(encoding="utf-8"))
    information = metadata["rosbag2_bagfile_information"]
    assert (information["version"], information["storage_identifier"]) == (9, "mcap")
    assert information["relative_file_paths"] == ["bag_0.mcap"] == [file["path"] for file in information["files"]]
    assert information["starting_time"] == {"nanoseconds_since_epoch": STAMP}
    assert information["duration"] == {"nanoseconds": 490_000_000}
    stage, time = information["topics_with_message_count"]
    assert (stage["message_count"], time["message_count"], information["message_count"]) == (0, 50, 50)
    forever = {"sec": 9223372036, "nsec": 854775807}
    assert stage["topic_metadata"].pop("type_description_hash").startswith("RIHS01_")
    assert stage["topic_metadata"] == {
        "name": "/stage",
        "type": "sportcoach_msgs/msg/Stage",
        "serialization_format": "cdr",
        "offered_qos_profiles": [
            {
                "history": "keep_last",
                "depth": 300,
                "reliability": "reliable",
                "durability": "transient_local",
                "deadline": forever,
                "lifespan": forever,
                "liveliness": "automatic",
                "liveliness_lease_duration": forever,
                "avoid_ros_namespace_conventions": False,
            }
        ],
    }


def test_type_hashes_are_those_of_the_built_interface_package(tmp_path: Path) -> None:
    if not (message_folder() / "Stage.json").is_file():
        pytest.skip("sportcoach_msgs is not built")
    write_squat_bag(tmp_path / "bag")
    metadata = yaml.safe_load((tmp_path / "bag" / "metadata.yaml").read_text(encoding="utf-8"))
    checked = 0
    for entry in metadata["rosbag2_bagfile_information"]["topics_with_message_count"]:
        topic = entry["topic_metadata"]
        package, _, name = topic["type"].partition("/msg/")
        if package == "sportcoach_msgs":
            description = json.loads((message_folder() / f"{name}.json").read_text(encoding="utf-8"))
            hashes = {entry["type_name"]: entry["hash_string"] for entry in description["type_hashes"]}
            assert topic["type_description_hash"] == hashes[topic["type"]], name
            checked += 1
    assert checked >= 10

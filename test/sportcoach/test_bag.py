"""Bags are complete, carry their types, and read back as they were written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from sportcoach.bag import BagWriter, message_folder, message_types, read_messages
from sportcoach_perception.errors import UserError

STAMP = 1_700_000_000_123_456_789


class Messages:
    """Filled messages of every type that a session records."""

    def __init__(self) -> None:
        self.store = message_types()
        self._rng = np.random.default_rng(3)

    def make(self, name: str, /, **fields: Any) -> Any:
        package, _, message = name.rpartition("/")
        return self.store.types[f"{package}/msg/{message}"](**fields)

    def ours(self, name: str, /, **fields: Any) -> Any:
        return self.make(f"sportcoach_msgs/{name}", **fields)

    def floats(self, size: int) -> Any:
        return self._rng.random(size, np.float32)

    def time(self, stamp: int = STAMP) -> Any:
        return self.make("builtin_interfaces/Time", sec=stamp // 10**9, nanosec=stamp % 10**9)

    def header(self) -> Any:
        return self.make("std_msgs/Header", stamp=self.time(), frame_id="camera_optical_frame")

    def fault(self, name: str) -> Any:
        return self.ours("Fault", name=name, joint="left_knee", deviation=12.5, confidence=0.75)

    def joint(self, name: str) -> Any:
        numbers = {"angle": 95.5, "reference": 90.25, "deviation": 5.25, "weight": 1.0}
        return self.ours("JointDeviation", joint=name, **numbers, in_tolerance=False)

    def perception(self) -> Iterator[tuple[str, Any]]:
        body = {"athlete_id": "", "detected": True, "visibility": self.floats(33)}
        yield (
            "skeleton",
            self.ours("Skeleton", header=self.header(), **body, image=self.floats(66), world=self.floats(99)),
        )
        imu = {"imu": self.floats(24), "imu_valid": np.array([True, False, True, False]), "sync_error": self.floats(4)}
        yield "fused", self.ours("FusedFrame", header=self.header(), **body, world=self.floats(99), **imu)
        window = {"skeleton": self.floats(6336), "imu": self.floats(1536)}
        yield "fused_window", self.ours("FusedWindow", header=self.header(), **window)

    def results(self) -> Iterator[tuple[str, Any]]:
        who = {"header": self.header(), "exercise": "squat"}
        action = {"label": "squat", "probabilities": self.floats(5), "confidence": 0.9, "model_id": "frame_gat-0123abcd"}
        yield "action", self.ours("Action", header=self.header(), **action)
        stage = {"progress": 0.5, "energy": 1.25, "boundary_score": 0.125, "repetitions": 3, "tempo": 2.5}
        yield "stage", self.ours("Stage", **who, stage="execute", **stage)
        joints = [self.joint("left_knee"), self.joint("right_hip")]
        faults = [self.fault("shallow_depth"), self.fault("knee_valgus")]
        yield "deviation", self.ours("Deviation", **who, joints=joints, quality=0.5, faults=faults)
        span = {"start": self.time(STAMP - 10**9), "end": self.time()}
        yield "repetition", self.ours("Repetition", **who, **span, number=4, quality=0.5, faults=faults)
        cue = {
            "joint": "left_knee",
            "fault": "shallow_depth",
            "deviation": 12.5,
            "text": "Go deeper, très bien",
            "severity": 2,
        }
        yield "cue", self.ours("Cue", **who, **cue, expires=self.time(STAMP + 10**9))
        yield "voice", self.ours("VoiceCommand", header=self.header(), text="Go deeper", clip="", priority=2)
        duration = self.make("builtin_interfaces/Duration", sec=0, nanosec=300_000_000)
        buzz = {"actuator": "left_wrist", "intensity": 0.5, "duration": duration, "pattern": "pulse"}
        yield "haptic", self.ours("HapticCommand", header=self.header(), **buzz)

    def truth(self) -> Iterator[tuple[str, Any]]:
        what = {"action": "squat", "movement": "squat", "stage": "execute", "progress": 0.5, "repetition": 2}
        wrong = {"faults": ["knee_valgus"], "magnitudes": np.array([22.0])}
        angles = {"joints": ["left_knee", "right_knee"], "angles": self.floats(2)}
        pose = {"image": self.floats(66), "world": self.floats(99)}
        yield "truth", self.ours("TruthFrame", header=self.header(), **what, **wrong, **angles, **pose)

    def pictures(self) -> Iterator[tuple[str, Any]]:
        data = np.frombuffer(bytes(range(256)) * 20, np.uint8)
        picture = {"header": self.header(), "format": "rgb8; jpeg compressed bgr8", "data": data}
        yield "image_raw/compressed", self.make("sensor_msgs/CompressedImage", **picture)
        no_roi = {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False}
        lens = {"d": np.zeros(5), "k": np.eye(3).ravel(), "r": np.eye(3).ravel(), "p": np.eye(3, 4).ravel()}
        info = {"height": 480, "width": 640, "distortion_model": "plumb_bob", "binning_x": 0, "binning_y": 0}
        roi = self.make("sensor_msgs/RegionOfInterest", **no_roi)
        yield "camera_info", self.make("sensor_msgs/CameraInfo", header=self.header(), **info, **lens, roi=roi)


def assert_equal(read: Any, written: Any) -> None:
    """Two messages hold the same values, through all their levels, whichever classes hold them."""
    if isinstance(written, np.ndarray):
        np.testing.assert_array_equal(read, written)
    elif isinstance(written, list):
        assert len(read) == len(written)
        for one, other in zip(read, written, strict=True):
            assert_equal(one, other)
    elif hasattr(written, "__msgtype__"):
        assert read.__msgtype__ == written.__msgtype__
        for field in written.__dataclass_fields__:
            assert_equal(getattr(read, field), getattr(written, field))
    else:
        assert read == written


def write_squat_bag(folder: Path) -> dict[str, Any]:
    messages = Messages()
    written = dict([*messages.perception(), *messages.results(), *messages.truth(), *messages.pictures()])
    with BagWriter(folder) as bag:
        for index, (topic, message) in enumerate(written.items()):
            bag.write(
                topic, message.__msgtype__, STAMP + index, messages.store.serialize_cdr(message, message.__msgtype__)
            )
    return written


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
    os.dup2(full, bag._writer.storage.bio.fileno())  # type: ignore[union-attr]
    os.close(full)
    with pytest.raises(UserError, match="No space left"):
        bag.write("blob", "std_msgs/msg/UInt8MultiArray", STAMP, bytes(2**21))
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

"""What of a bag drives the chain is found under our names, in any namespace, and by remapping under others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sportcoach.bag import Bag
from sportcoach.bag_source import find_source, parse_remap
from sportcoach.bag_writer import BagWriter
from sportcoach_perception.errors import UserError

SKELETON, PICTURE = "sportcoach_msgs/msg/Skeleton", "sensor_msgs/msg/CompressedImage"
IMU = "sensor_msgs/msg/Imu"


def bag_of(folder: Path, **topics: str) -> Bag:
    with BagWriter(folder) as writer:
        for name, msgtype in topics.items():
            writer.write(name, msgtype, 1, bytes(64))
    return Bag(folder)


def test_skeletons_come_before_pictures_unless_these_are_asked_for(tmp_path: Path) -> None:
    names = {"/skeleton": SKELETON, "/image_raw/compressed": PICTURE, "/imu/left_wrist/data": IMU}
    with bag_of(tmp_path / "bag", **names) as bag:
        source = find_source(bag)
        assert (source.frames, source.count) == ("skeleton", 1)
        assert source.names == {"/skeleton": "skeleton", "/imu/left_wrist/data": "imu/left_wrist/data"}
        source = find_source(bag, from_pictures=True)
        assert source.frames == "image_raw/compressed"
        assert set(source.names) == {"/image_raw/compressed", "/imu/left_wrist/data"}


def test_a_namespace_makes_no_difference(tmp_path: Path) -> None:
    with bag_of(tmp_path / "bag", **{"/left/skeleton": SKELETON}) as bag:
        assert find_source(bag).names == {"/left/skeleton": "skeleton"}


def test_two_stations_in_one_bag_have_to_be_told_apart(tmp_path: Path) -> None:
    with bag_of(tmp_path / "bag", **{"/left/skeleton": SKELETON, "/right/skeleton": SKELETON}) as bag:
        with pytest.raises(UserError, match=r"several topics could be skeleton.*--remap"):
            find_source(bag)
        assert find_source(bag, {"/right/skeleton": "skeleton"}).names == {"/right/skeleton": "skeleton"}


def test_other_names_are_remapped_and_other_types_are_not_taken(tmp_path: Path) -> None:
    topics = {"/front/color": PICTURE, "/wrist": IMU, "/skeleton": "std_msgs/msg/String"}
    with bag_of(tmp_path / "bag", **topics) as bag:
        remap = parse_remap("/front/color:=image_raw/compressed, /wrist:=/imu/left_wrist/data")
        names = {"/front/color": "image_raw/compressed", "/wrist": "imu/left_wrist/data"}
        assert find_source(bag, remap).names == names


@pytest.mark.parametrize("text", ["a", "a:=", ":=b", "a:=b,c"])
def test_bad_remappings_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="not of the form"):
        parse_remap(text)


@pytest.mark.parametrize("name", ["ardrone_imu_ros2", "phidgets_imu_upside_down_ros2", "third_party_types_mcap"])
def test_bags_without_our_topics_say_what_they_hold(shared: Callable[[str], Path], name: str) -> None:
    with Bag(shared(f"data/bags/{name}")) as bag:
        with pytest.raises(UserError, match="no pictures and no skeletons") as refusal:
            find_source(bag)
        for topic in list(bag.topics.values())[:20]:
            assert f"{topic.name} ({topic.msgtype}, {topic.count})" in str(refusal.value)

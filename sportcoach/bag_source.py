"""What of a bag drives the chain: skeletons or, without these, pictures; IMU data; what was wanted of the session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sportcoach.bag import Bag, Topic
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LIMBS

PICTURES: Final = {
    "image_raw/compressed": "sensor_msgs/msg/CompressedImage",
    "image_raw": "sensor_msgs/msg/Image",
}

FRAMES: Final = {"skeleton": "sportcoach_msgs/msg/Skeleton", **PICTURES}
"""What brings frames, with its type; the first that a bag holds is taken: skeletons are what was seen at the time."""

IMU: Final = {f"imu/{limb}/data": "sensor_msgs/msg/Imu" for limb in LIMBS}

CONTROL: Final = {"control": "sportcoach_msgs/msg/Control"}


@dataclass(frozen=True, slots=True)
class BagSource:
    """Topics of a bag that drive the chain.

    frames: which of `FRAMES` brings them, by our name.
    names: topic in the bag -> our name for it.
    count: number of frames.
    """

    frames: str
    names: Mapping[str, str]
    count: int


def parse_remap(text: str) -> dict[str, str]:
    """Topic names and what they stand for, from "a:=b,c:=d".

    Raises:
        UserError: it is not of that form.
    """
    rules = {}
    for rule in filter(None, (rule.strip() for rule in text.split(","))):
        old, separator, new = rule.partition(":=")
        if not (separator and old and new):
            raise UserError(f"remapping '{rule}' is not of the form /theirs:=ours")
        rules[old] = new
    return rules


def find_source(bag: Bag, remap: Mapping[str, str] | None = None, from_pictures: bool = False) -> BagSource:
    """The topics of `bag` that drive the chain, whatever namespace they were recorded in.

    Args:
        bag: recorded by us or by others.
        remap: topic in the bag -> our name for it.
        from_pictures: do not take skeletons.

    Raises:
        UserError: it holds neither pictures nor skeletons under our names, or more than one of a kind.
    """
    topics = [topic for topic in bag.topics.values() if topic.count]
    found = {
        name: topic.name
        for name, msgtype in {**FRAMES, **IMU, **CONTROL}.items()
        if (topic := _find(name, msgtype, topics, remap or {})) is not None
    }
    frames = next((name for name in (PICTURES if from_pictures else FRAMES) if name in found), None)
    if frames is None:
        missing = "pictures" if from_pictures else "pictures and no skeletons"
        raise UserError(
            f"{bag.path} has no {missing} on topics named as ours; it holds {bag.contents()}. "
            "Say which is ours with --remap, /camera/image:=image_raw for example"
        )
    names = {theirs: ours for ours, theirs in found.items() if ours not in FRAMES or ours == frames}
    return BagSource(frames, names, bag.topics[found[frames]].count)


def _find(name: str, msgtype: str, topics: list[Topic], remap: Mapping[str, str]) -> Topic | None:
    """The topic that was recorded, or is remapped, as `name`, with or without a namespace."""
    candidates = [topic for topic in topics if topic.msgtype == msgtype]
    named = [(topic, "/" + remap.get(topic.name, topic.name).lstrip("/")) for topic in candidates]
    exact = [topic for topic, called in named if called == f"/{name}"]
    matching = exact or [topic for topic, called in named if called.endswith(f"/{name}")]
    if len(matching) > 1:
        raise UserError(
            f"several topics could be {name}: {', '.join(map(str, matching))}; "
            f"choose with --remap, {matching[0].name}:={name} for example"
        )
    return matching[0] if matching else None

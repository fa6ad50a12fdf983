"""What a bag says about its topics: message definitions and quality of service, as rosbag2 writes them down."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rosbags import interfaces
from rosbags.typesys import Stores, TypesysError, get_types_from_msg, get_typestore
from rosbags.typesys.store import Typestore

from sportcoach_perception.errors import UserError

MESSAGE_PACKAGE: Final = "sportcoach_msgs"

_FOREVER: Final = {"sec": 9223372036, "nsec": 854775807}


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


@dataclass(frozen=True, slots=True)
class Definition:
    """A message type as a bag carries it.

    encoding: "ros2msg" or "ros2idl", empty when the type is not known.
    text: the definition with those of all types inside it.
    hash: of the type (REP-2011), "RIHS01_..."; empty when not known.
    """

    encoding: str = ""
    text: str = ""
    hash: str = ""


def define(msgtype: str, types: Typestore) -> Definition:
    """The definition of `msgtype`, an empty one when `types` does not know it."""
    try:
        text, _ = types.generate_msgdef(msgtype, ros_version=2)
        return Definition("ros2msg", text, types.hash_rihs01(msgtype))
    except (KeyError, TypesysError):
        return Definition()


@dataclass(frozen=True, slots=True)
class Qos:
    """What a publisher offers, as far as it decides who can hear it; depth 0 when not known."""

    reliable: bool = True
    transient_local: bool = False
    depth: int = 0

    @classmethod
    def of(cls, profile: interfaces.Qos) -> Qos:
        """The profile that a bag holds."""
        reliable = profile.reliability is not interfaces.QosReliability.BEST_EFFORT
        return cls(reliable, profile.durability is interfaces.QosDurability.TRANSIENT_LOCAL, profile.depth)

    def as_rosbag2(self) -> dict[str, Any]:
        """The profile as rosbag2 writes it since Jazzy (metadata version 9)."""
        return {
            "history": "keep_last" if self.depth else "unknown",
            "depth": self.depth,
            "reliability": "reliable" if self.reliable else "best_effort",
            "durability": "transient_local" if self.transient_local else "volatile",
            "deadline": dict(_FOREVER),
            "lifespan": dict(_FOREVER),
            "liveliness": "automatic",
            "liveliness_lease_duration": dict(_FOREVER),
            "avoid_ros_namespace_conventions": False,
        }

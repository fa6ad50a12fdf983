"""How well a part of the graph is, as ROS says it on /diagnostics."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """Values of diagnostic_msgs/DiagnosticStatus.level."""

    OK = 0
    WARN = 1
    ERROR = 2
    STALE = 3


class Status(NamedTuple):
    """What is said about a part: whether something is wrong, what in one line, and the values behind it."""

    level: Level
    message: str
    values: Mapping[str, object]

"""Wishes of the athlete or the human coach about the session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Command(StrEnum):
    """What can be wanted; values as in Control.msg."""

    START = "start"
    STOP = "stop"
    MUTE = "mute"
    UNMUTE = "unmute"
    EXERCISE = "exercise"
    CALIBRATE = "calibrate"


@dataclass(frozen=True, slots=True)
class Control:
    """A wish at `stamp` [ns]; `value` names the exercise for EXERCISE."""

    stamp: int
    command: str
    value: str = ""

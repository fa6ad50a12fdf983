"""What vibrates starts, ends, and rests; a wearable is told in packets that expire."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach_feedback.haptics import HapticCommand
from sportcoach_feedback.vibrations import DUTY, WINDOW, Vibrations
from sportcoach_feedback.wearable import LIFETIME, Wearable
from sportcoach_perception.errors import UserError

MS = 1_000_000


def command(limb: str = "left_ankle", duration: int = 400, intensity: float = 0.5) -> HapticCommand:
    return HapticCommand(0, limb, intensity, duration * MS, "steady")


def test_a_command_is_played_and_ends() -> None:
    vibrations = Vibrations()
    vibrations.play(command(), 0)
    assert vibrations.step(0) == {"left_ankle": 0.5}
    assert vibrations.busy and vibrations.step(200 * MS) == {}
    assert vibrations.step(400 * MS) == {"left_ankle": 0.0}
    assert not vibrations.busy


def test_limbs_are_played_at_once_and_a_new_command_replaces_the_old_one() -> None:
    vibrations = Vibrations()
    vibrations.play(command("left_ankle"), 0)
    vibrations.play(command("right_wrist"), 0)
    assert set(vibrations.step(0)) == {"left_ankle", "right_wrist"}
    vibrations.play(command("left_ankle", intensity=1.0), 100 * MS)
    assert vibrations.step(100 * MS) == {"left_ankle": 1.0}
    assert vibrations.step(450 * MS) == {"right_wrist": 0.0}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 2000)), max_size=40))
def test_no_stream_of_commands_exceeds_the_duty(stream: list[tuple[int, int]]) -> None:
    vibrations, now, on = Vibrations(), 0, []
    for wait, duration in stream:
        vibrations.play(command(duration=duration), now)
        for _ in range(1 + wait // 20):
            vibrations.step(now)
            on.append((now, vibrations.levels["left_ankle"] > 0.0))
            now += 20 * MS
    window = [was for time, was in on if time > now - WINDOW]
    assert sum(window) * 20 * MS <= DUTY * WINDOW + 40 * MS


def test_stopping_and_time_that_goes_back_switch_everything_off() -> None:
    vibrations = Vibrations()
    vibrations.play(command(), 10_000 * MS)
    vibrations.step(10_000 * MS)
    assert vibrations.step(5_000 * MS) == {"left_ankle": 0.0}
    assert not vibrations.busy


def test_a_wearable_hears_levels_that_expire() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5.0)
        wearable = Wearable(f"127.0.0.1:{receiver.getsockname()[1]}")
        wearable.send({"left_ankle": 0.51234})
        told = json.loads(receiver.recv(1000))
        wearable.close()
    assert told == {"levels": {"left_ankle": 0.512}, "lifetime_ms": LIFETIME}


@pytest.mark.parametrize("address", ["", "host", "host:", ":7", "host:70000", "host:x"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(UserError, match="host:port"):
        Wearable(address)

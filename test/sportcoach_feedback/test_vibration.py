"""Vibrations start, pulse and always end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sportcoach_feedback.haptics import HapticCommand
from sportcoach_feedback.vibration import LONGEST, waveform

MS = 1_000_000


def test_a_steady_command_is_one_vibration() -> None:
    assert waveform(HapticCommand(0, "left_wrist", 0.5, 400 * MS, "steady")) == ((0, 0.5), (400 * MS, 0.0))


def test_a_pulsing_command_goes_on_and_off() -> None:
    changes = waveform(HapticCommand(0, "left_wrist", 1.0, 300 * MS, "pulse"))
    assert changes == ((0, 1.0), (100 * MS, 0.0), (200 * MS, 1.0), (300 * MS, 0.0))


@given(st.floats(-2, 2), st.integers(-(10**9), 10**11), st.sampled_from(("steady", "pulse")))
def test_whatever_is_commanded_ends_in_time_and_stays_in_range(intensity: float, duration: int, pattern: str) -> None:
    changes = waveform(HapticCommand(0, "left_wrist", intensity, duration, pattern))
    assert changes[-1][1] == 0.0 and changes[-1][0] <= LONGEST
    assert all(0.0 <= level <= 1.0 for _, level in changes)
    assert [time for time, _ in changes] == sorted(time for time, _ in changes)

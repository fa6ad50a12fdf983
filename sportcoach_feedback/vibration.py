"""Haptic commands over time: when an actuator gets which intensity."""

from __future__ import annotations

from typing import Final

from sportcoach_feedback.haptics import HapticCommand

PULSE: Final = 100_000_000
"""Length of a pulse, and of the pause after it [ns]."""

LONGEST: Final = 2_000_000_000
"""Nothing vibrates longer, whatever the command says [ns]."""


def waveform(command: HapticCommand) -> tuple[tuple[int, float], ...]:
    """(time since the command [ns], intensity 0..1) of every change, in order; the last one is off.

    A steady command is one vibration, a pulsing one is on and off every `PULSE`.
    """
    duration = min(max(command.duration, 0), LONGEST)
    intensity = min(max(command.intensity, 0.0), 1.0)
    if command.pattern != "pulse":
        return ((0, intensity), (duration, 0.0))
    changes = [(start, intensity if (start // PULSE) % 2 == 0 else 0.0) for start in range(0, duration, PULSE)]
    return (*changes, (duration, 0.0))

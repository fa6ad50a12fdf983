"""What vibrates now: commands played over time, within what skin and motor can bear."""

from __future__ import annotations

from collections import deque
from typing import Final

from sportcoach_feedback.haptics import HapticCommand
from sportcoach_feedback.vibration import waveform

DUTY: Final = 0.3
"""Largest share of `WINDOW` in which an actuator may be on."""

WINDOW: Final = 10_000_000_000
"""Time over which the duty is counted [ns]."""


class Vibrations:
    """Plays haptic commands; a new command for an actuator replaces the one being played.

    An actuator that has been on for `DUTY` of the last `WINDOW` is off until enough of that is past, whatever is
    commanded. Time comes from the caller and may go back, which stops everything.
    """

    def __init__(self) -> None:
        self._playing: dict[str, deque[tuple[int, float]]] = {}
        self._levels: dict[str, float] = {}
        self._on_since: dict[str, int] = {}
        self._on: dict[str, deque[tuple[int, int]]] = {}
        self._now = 0

    @property
    def busy(self) -> bool:
        """Whether anything vibrates, or is about to."""
        return bool(self._playing) or any(self._levels.values())

    @property
    def levels(self) -> dict[str, float]:
        """Intensity 0..1 of every actuator that was ever used."""
        return dict(self._levels)

    def play(self, command: HapticCommand, now: int) -> None:
        """Begin with `command` at `now` [ns]."""
        self._playing[command.actuator] = deque((now + after, level) for after, level in waveform(command))

    def stop(self) -> dict[str, float]:
        """Switch everything off; returns the actuators as off."""
        self._playing.clear()
        self._on_since.clear()
        self._levels = dict.fromkeys(self._levels, 0.0)
        return self.levels

    def step(self, now: int) -> dict[str, float]:
        """Move on to `now` [ns]; the actuators whose intensity has changed."""
        if now < self._now:
            self._on.clear()
            self._now = now
            return self.stop()
        self._now = now
        changed = {}
        for actuator in {*self._playing, *self._levels}:
            level = self._allowed(actuator, self._wanted(actuator, now), now)
            if level != self._levels.get(actuator, 0.0):
                changed[actuator] = level
            self._levels[actuator] = level
        self._playing = {actuator: changes for actuator, changes in self._playing.items() if changes}
        return changed

    def _wanted(self, actuator: str, now: int) -> float:
        level = self._levels.get(actuator, 0.0)
        changes = self._playing.get(actuator)
        while changes and changes[0][0] <= now:
            level = changes.popleft()[1]
        return level

    def _allowed(self, actuator: str, level: float, now: int) -> float:
        """`level`, or 0 where the actuator has been on for too long."""
        spans = self._on.setdefault(actuator, deque())
        while spans and spans[0][1] <= now - WINDOW:
            spans.popleft()
        since = self._on_since.get(actuator)
        on = sum(end - max(begin, now - WINDOW) for begin, end in spans) + (now - since if since is not None else 0)
        if on >= DUTY * WINDOW:
            level = 0.0
        if level > 0.0 and since is None:
            self._on_since[actuator] = now
        elif level == 0.0 and since is not None:
            spans.append((self._on_since.pop(actuator), now))
        return level

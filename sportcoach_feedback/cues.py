"""When to say something: rarely enough to bear, early enough to act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sportcoach_feedback.coaching import Cue, Fault
from sportcoach_feedback.exercise import Exercise
from sportcoach_feedback.texts import Texts

MIN_DEVIATION: Final = 5.0
"""Smaller excesses aren't worth a word; about the error of single-camera pose estimation [degrees]."""

COOL_DOWN: Final = 4_000_000_000
"""Shortest time between two cues [ns]."""

REPEAT: Final = 8_000_000_000
"""Shortest time between two cues about the same fault [ns]."""

LIFETIME: Final = 2_000_000_000
"""A cue not said within this isn't worth saying any more [ns]."""


class CuePolicy:
    """Chooses at most one cue per frame from the faults that have lasted, the most severe first."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.reset()

    def reset(self) -> None:
        """Forget what was said."""
        self._last: int | None = None
        self._said: dict[str, int] = {}

    def step(self, stamp: int, exercise: Exercise, lasting: Sequence[Fault]) -> Cue | None:
        """The cue to give at `stamp` [ns] about the faults of `exercise` that have lasted, if any."""
        if self._last is not None and stamp - self._last < COOL_DOWN:
            return None
        severity = {rule.name: rule.severity for rule in exercise.faults}
        candidates = [
            fault
            for fault in lasting
            if fault.deviation >= MIN_DEVIATION
            and (fault.name not in self._said or stamp - self._said[fault.name] >= REPEAT)
        ]
        if not candidates:
            return None
        fault = max(candidates, key=lambda candidate: (severity[candidate.name], candidate.deviation))
        self._last = self._said[fault.name] = stamp
        return Cue(
            stamp=stamp,
            exercise=exercise.name,
            joint=fault.joint,
            fault=fault.name,
            deviation=fault.deviation,
            text=self._texts.of(exercise.name, fault),
            severity=severity[fault.name],
            expires=stamp + LIFETIME,
        )

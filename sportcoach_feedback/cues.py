"""When to say something: rarely enough to bear, early enough to act on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sportcoach_feedback.coaching import Cue, Fault, Repetition, Severity
from sportcoach_feedback.exercise import Exercise
from sportcoach_feedback.texts import Texts

THRESHOLD: Final = 5.0
"""Smaller excesses aren't worth a word; `sportcoach experiment fig7` shows what other values would do [degrees]."""

HYSTERESIS: Final = 2.0
"""A fault that was said is corrected when it stays by so much below the threshold [degrees]."""

COOL_DOWN: Final = 4_000_000_000
"""Shortest time between two cues [ns]."""

REPEAT: Final = 8_000_000_000
"""Shortest time between two cues about the same fault [ns]."""

LIFETIME: Final = 2_000_000_000
"""A cue not said within this isn't worth saying any more [ns]."""

BREATH: Final = 1_500_000_000
"""Shortest time from a correction to the praise for another one [ns]."""


class CuePolicy:
    """Chooses at most one cue per frame: a correction of what has lasted, the most severe first, or praise.

    A fault that was corrected in words is praised once when a whole later repetition is without it.

    Args:
        texts: the words.
        threshold: excess over a fault's limit from which it is worth a word [degrees].
    """

    def __init__(self, texts: Texts, threshold: float = THRESHOLD) -> None:
        self._texts = texts
        self._threshold = threshold
        self.reset()

    def reset(self) -> None:
        """Forget what was said."""
        self._last: int | None = None
        self._said: dict[tuple[str, str], int] = {}
        self._times: dict[tuple[str, str], int] = {}
        self._open: dict[tuple[str, str], Fault] = {}

    def step(self, stamp: int, exercise: Exercise, lasting: Sequence[Fault]) -> Cue | None:
        """The correction to give at `stamp` [ns] of the faults of `exercise` that have lasted, if any."""
        if self._last is not None and stamp - self._last < COOL_DOWN:
            return None
        severity = {rule.name: rule.severity for rule in exercise.faults}
        candidates = [
            fault
            for fault in lasting
            if fault.name in severity
            and fault.deviation >= self._threshold
            and stamp - self._said.get((exercise.name, fault.name), stamp - REPEAT) >= REPEAT
        ]
        if not candidates:
            return None
        fault = max(candidates, key=lambda candidate: (severity[candidate.name], candidate.deviation))
        key = (exercise.name, fault.name)
        self._last = self._said[key] = stamp
        self._open[key] = fault
        self._times[key] = self._times.get(key, 0) + 1
        text = self._texts.of(exercise.name, fault, self._times[key] - 1)
        return _cue(stamp, exercise.name, fault, text, severity[fault.name])

    def praise(self, repetition: Repetition, looked_for: Collection[str]) -> Cue | None:
        """Praise for a fault that was said and is gone in `repetition`, which has just been counted, if any.

        Args:
            repetition: with its faults at their worst.
            looked_for: names of the faults that could be judged in it; of what could not be seen nothing is said.
        """
        if self._last is not None and repetition.stamp - self._last < BREATH:
            return None
        there = {fault.name for fault in repetition.faults if fault.deviation >= self._threshold - HYSTERESIS}
        for key, fault in self._open.items():
            exercise, name = key
            gone = name in looked_for and name not in there
            if exercise == repetition.exercise and gone and repetition.start >= self._said[key]:
                del self._open[key]
                self._times[key] = 0
                text = self._texts.praise(exercise, fault)
                return _cue(repetition.stamp, exercise, Fault(name, fault.joint, 0.0, 1.0), text, Severity.PRAISE)
        return None


def _cue(stamp: int, exercise: str, fault: Fault, text: str, severity: Severity) -> Cue:
    return Cue(
        stamp=stamp,
        exercise=exercise,
        joint=fault.joint,
        fault=fault.name,
        deviation=fault.deviation,
        text=text,
        severity=severity,
        expires=stamp + LIFETIME,
    )

"""How an athlete takes what the coach says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sportcoach_sim.subject import Subject

PATIENCE: Final = 3_000_000_000
"""A cue about something longer ago than this is not understood [ns]."""

GONE: Final = 0.15
"""Share of a fault below which it is corrected."""


class Ears:
    """Hears cues and corrects the faults they name, if they are there.

    After a right cue in time and the athlete's reaction time, each repetition that begins has the fault by the share
    `compliance` smaller than the one before. A cue for a fault that isn't there, or that comes late, changes nothing.

    Args:
        subject: reaction time and compliance.
    """

    def __init__(self, subject: Subject) -> None:
        self._reaction = round(subject.reaction_time * 1e9)
        self._keep = 1.0 - subject.compliance
        self.begin_set({})

    def begin_set(self, faults: Mapping[str, float]) -> None:
        """Start a set that has `faults` by magnitude; what was said before is forgotten."""
        self._initial = dict(faults)
        self._present = dict(faults)
        self._acts_from: dict[str, int] = {}

    def hear(self, fault: str, stamp: int, now: int) -> bool:
        """A cue naming `fault`, about what was seen at `stamp`, heard `now` [ns]; whether it is acted on."""
        if now - stamp > PATIENCE or self._present.get(fault, 0.0) == 0.0:
            return False
        self._acts_from.setdefault(fault, now + self._reaction)
        return True

    def faults(self, now: int) -> dict[str, float]:
        """Magnitudes of the faults in a repetition that begins `now` [ns]; call once per repetition."""
        for fault, start in self._acts_from.items():
            if now >= start:
                smaller = self._present.get(fault, 0.0) * self._keep
                self._present[fault] = smaller if smaller > GONE * self._initial[fault] else 0.0
        return {fault: magnitude for fault, magnitude in self._present.items() if magnitude > 0.0}

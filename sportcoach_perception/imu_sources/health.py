"""How a live source is, for diagnostics: what came in since last time, and what was not passed on."""

from __future__ import annotations

from collections.abc import Mapping

from sportcoach_perception.clock_map import ClockMap
from sportcoach_perception.diagnostics import Level, Status
from sportcoach_perception.imu_sources.reading import SourceCounts
from sportcoach_perception.skeleton import LIMBS


class SourceHealth:
    """Compares what was counted with what had been counted at the report before.

    Args:
        counts: of the source.
        clocks: of its sensors, by limb.
    """

    def __init__(self, counts: SourceCounts, clocks: Mapping[str, ClockMap]) -> None:
        self._counts = counts
        self._clocks = clocks
        self._received = dict.fromkeys(LIMBS, 0)
        self._problems = ""

    def report(self) -> dict[str, Status]:
        """How the source is, and every sensor that was ever heard or sought, by limb."""
        problems, before = self._counts.problems(), self._problems
        self._problems = problems
        level = Level.WARN if problems != before else Level.OK
        totals = {"refused": self._counts.refused, "unassigned": self._counts.unassigned}
        known = [limb for limb in LIMBS if self._counts.received[limb] or self._counts.lost[limb]]
        return {"source": Status(level, problems or "ok", totals), **{limb: self._sensor(limb) for limb in known}}

    def _sensor(self, limb: str) -> Status:
        received, before = self._counts.received[limb], self._received[limb]
        self._received[limb] = received
        values: dict[str, object] = {
            "received": received,
            "malformed": self._counts.malformed[limb],
            "lost": self._counts.lost[limb],
        }
        if clock := self._clocks.get(limb):
            values |= {"offset_s": clock.offset, "drift_ppm": clock.drift_ppm, "settled": clock.settled}
            values |= {"resets": clock.resets, "wraps": clock.wraps, "jumps": clock.jumps}
        return Status(Level.OK, "ok", values) if received > before else Status(Level.STALE, "silent", values)

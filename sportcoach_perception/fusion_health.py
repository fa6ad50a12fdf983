"""What is said on /diagnostics about the streams that are fused."""

from __future__ import annotations

from dataclasses import asdict, replace

from sportcoach_perception.diagnostics import Level, Status
from sportcoach_perception.fusion import Fusion
from sportcoach_perception.limb_assignment import Assignment
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.stamp_gate import StreamCounts


class _Stream:
    """One stream from one report to the next."""

    def __init__(self) -> None:
        self._before = StreamCounts()
        self._missed = 0
        self._stamp: int | None = None

    def report(self, counts: StreamCounts, stamp: int | None, missed: int, now: int) -> Status:
        """The state of the stream.

        Args:
            counts: of all its messages.
            stamp: of its newest message [ns]; None before the first.
            missed: frames that went out without it although it was alive.
            now: ROS time [ns].
        """
        before, passed = self._before, stamp - self._stamp if stamp is not None and self._stamp is not None else 0
        received = counts.received - before.received
        rate = (received - counts.refused + before.refused) / (passed * 1e-9) if passed > 0 else 0.0
        level, message = self._judge(counts, stamp, missed)
        self._before, self._missed, self._stamp = replace(counts), missed, stamp
        age = {} if stamp is None else {"age": f"{(now - stamp) * 1e-9:.3f}"}
        return Status(level, message, {"rate": f"{rate:.1f}", **age, **asdict(counts), "missed": missed})

    def _judge(self, counts: StreamCounts, stamp: int | None, missed: int) -> tuple[Level, str]:
        before = self._before
        if stamp is None and counts.received == 0:
            return Level.OK, "never heard of"
        if counts.received == before.received:
            return Level.STALE, "silent"
        if counts.restarts > before.restarts:
            return Level.WARN, "the clock was set back"
        if counts.refused > before.refused:
            return Level.WARN, "messages refused: see late, duplicate, future, unusable"
        if missed > self._missed:
            return Level.WARN, "too late: frames went out without it; max_wait is how long they wait"
        return Level.OK, "alive"


class FusionHealth:
    """Reports about a Fusion, from one to the next."""

    def __init__(self, fusion: Fusion) -> None:
        self._fusion = fusion
        self._streams = {name: _Stream() for name in ("skeleton", *LIMBS)}

    def report(self, now: int) -> dict[str, Status]:
        """The state of every stream by name, at `now` [ns of ROS time]."""
        fusion, counts = self._fusion, self._fusion.counts
        skeleton = self._streams["skeleton"].report(counts.skeletons, fusion.newest_skeleton, 0, now)
        skeleton = skeleton._replace(values={**skeleton.values, "frames": counts.frames})
        reports = {"skeleton": skeleton}
        for limb, name in enumerate(LIMBS):
            status = self._streams[name].report(counts.limbs[limb], fusion.newest(limb), counts.missed[limb], now)
            reports[name] = status._replace(values={**status.values, **self._clock(limb), **self._offset(limb)})
        if fusion.alignment is not None and fusion.alignment.assignment is not None:
            reports["assignment"] = _assignment(fusion.alignment.assignment)
        return reports

    def _clock(self, limb: int) -> dict[str, object]:
        clock = self._fusion.clocks[limb]
        if clock is None or not clock.samples:
            return {}
        return {"drift_ppm": f"{clock.drift_ppm:.1f}", "clock_settled": clock.settled}

    def _offset(self, limb: int) -> dict[str, object]:
        alignment = self._fusion.alignment
        if alignment is None:
            return {}
        estimate = alignment.estimates[limb]
        return {
            "offset": f"{estimate.offset:.3f}",
            "offset_deviation": f"{estimate.deviation:.3f}",
            "offset_confidence": f"{estimate.confidence:.3f}",
            "offset_sure": estimate.sure,
            "offset_applied": f"{alignment.applied[limb] * 1e-9:.3f}",
        }


def _assignment(assignment: Assignment) -> Status:
    values = {**assignment.limbs, "margin": f"{assignment.margin:.1f}"}
    if not assignment.swapped:
        return Status(Level.OK, "nothing speaks against the names of the sensors", values)
    where = ", ".join(f"{name} is on the {assignment.limbs[name]}" for name in assignment.swapped)
    return Status(Level.WARN, f"sensors are on other limbs than they say: {where}", values)

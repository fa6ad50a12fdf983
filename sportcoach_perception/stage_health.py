"""What a stage of the chain says on /diagnostics about the frames that pass through it."""

from __future__ import annotations

from sportcoach_perception.diagnostics import Level, Status


class StageHealth:
    """One stage from one report to the next.

    Attributes:
        frames: that it has passed on.
        dropped: that it could not use.
    """

    def __init__(self) -> None:
        self.frames = self.dropped = 0
        self._stamp: int | None = None
        self._before: tuple[int, int, int | None] = 0, 0, None

    def passed(self, stamp: int) -> None:
        """A frame taken at `stamp` [ns] was passed on."""
        self.frames += 1
        self._stamp = stamp

    def drop(self) -> None:
        """A frame could not be used."""
        self.dropped += 1

    def report(self, now: int, temperature: float | None = None) -> Status:
        """The state of the stage since the last report.

        Args:
            now: ROS time [ns].
            temperature: of the machine [degrees C], where it is known.

        Returns:
            With the values frames and dropped, both since the start, rate in stream time [1/s], age of the newest
            frame [s], and the temperature.
        """
        frames, dropped, before = self._before
        level, message = self._judge(self.frames - frames, self.dropped - dropped)
        passed = self._stamp - before if self._stamp is not None and before is not None else 0
        rate = (self.frames - frames) / (passed * 1e-9) if passed > 0 else 0.0
        age = {} if self._stamp is None else {"age": f"{(now - self._stamp) * 1e-9:.3f}"}
        warmth = {} if temperature is None else {"temperature": f"{temperature:.1f}"}
        self._before = self.frames, self.dropped, self._stamp
        counts = {"frames": self.frames, "dropped": self.dropped}
        return Status(level, message, {"rate": f"{rate:.1f}", **age, **counts, **warmth})

    def _judge(self, frames: int, dropped: int) -> tuple[Level, str]:
        if dropped:
            return Level.WARN, f"frames that could not be used: {dropped}"
        if frames:
            return Level.OK, "at work"
        return (Level.STALE, "silent") if self.frames else (Level.OK, "nothing to do yet")

"""From the time a reading came in to the time it was taken."""

from __future__ import annotations

from sportcoach_perception.clock_map import ClockMap
from sportcoach_perception.frames import ImuSample
from sportcoach_perception.imu_sources.reading import Reading


class Stamper:
    """Maps the clock of every sensor to that of the node; a reading without a time was taken when it came in.

    Args:
        wrap: the sensors' clocks start again from 0 after this time [ns]; None when they never do.
    """

    def __init__(self, wrap: int | None = None) -> None:
        self._wrap = wrap
        self.clocks: dict[str, ClockMap] = {}
        """By limb, of the sensors that send a time."""

    def stamp(self, reading: Reading) -> ImuSample:
        """`reading` at the time it was taken [ns of the node's clock]."""
        stamp = reading.arrival
        if reading.device_time is not None:
            clock = self.clocks.setdefault(reading.limb, ClockMap(self._wrap))
            stamp = clock.map(reading.device_time, reading.arrival)
        return ImuSample(stamp, reading.limb, reading.signal)

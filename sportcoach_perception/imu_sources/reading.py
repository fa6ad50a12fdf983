"""What a live source hands over, and what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sportcoach_perception.frames import Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the sensor on `limb`, as it came in.

    signal: (6,) acc [m/s^2] with gravity, gyro [rad/s], in the frame of the sensor.
    arrival: when it came in, on the clock of the node [ns].
    device_time: when it was taken, on the clock of the sensor [ns]; None when it sends no time.
    """

    limb: str
    signal: Floats
    arrival: int
    device_time: int | None


@dataclass(slots=True)
class SourceCounts:
    """What came in and what was refused; bounded, whatever is sent."""

    received: Counter[str] = field(default_factory=Counter)
    """Readings by limb."""
    malformed: Counter[str] = field(default_factory=Counter)
    """Packets and lines that could not be read, by the limb of their sender; "" where that is not known."""
    refused: int = 0
    """Packets of senders that are not allowed."""
    unassigned: int = 0
    """Readings of sensors that are on no limb."""
    lost: Counter[str] = field(default_factory=Counter)
    """Connections that broke or could not be made, by limb."""
    last_refused: str = ""
    last_unassigned: str = ""
    last_lost: str = ""

    def refuse(self, sender: str) -> None:
        """Count a packet of a sender that is not allowed."""
        self.refused += 1
        self.last_refused = sender

    def skip(self, sensor: str) -> None:
        """Count a reading of a sensor that is on no limb."""
        self.unassigned += 1
        self.last_unassigned = sensor[:40]

    def lose(self, limb: str, why: str) -> None:
        """Count a connection that broke or could not be made."""
        self.lost[limb] += 1
        self.last_lost = f"{limb}: {why}"

    def problems(self) -> str:
        """What was not passed on so far, in one line; empty when there is nothing to tell."""
        malformed, lost = self.malformed.total(), self.lost.total()
        parts = (
            f"{malformed} malformed packets or lines" if malformed else "",
            f"{self.refused} packets refused, the last from {self.last_refused}" if self.refused else "",
            f"{self.unassigned} readings of sensors on no limb, the last of {self.last_unassigned!r}"
            if self.unassigned
            else "",
            f"{lost} connections broken or not made, the last to {self.last_lost}" if lost else "",
        )
        return "; ".join(part for part in parts if part)


Take = Callable[[Reading], None]
"""What is called with every reading."""


class LiveSource(Protocol):
    """Anything that brings readings as they are taken. One more kind of sensor is one more class like this."""

    counts: SourceCounts
    wrap: int | None
    """The sensors' clocks start again from 0 after this time [ns]; None when they never do."""

    def open(self) -> None:
        """Get what is needed to run.

        Raises:
            UserError: it cannot be had.
        """

    async def run(self, take: Take) -> None:
        """Hand over readings until cancelled; never ends because of what a sensor sends.

        Raises:
            UserError: the source is gone for good.
        """

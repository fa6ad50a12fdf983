"""When a sensor's samples were taken: device time to ROS time, from nothing but bursty times of arrival.

A sample arrives late by the shortest delay of its way and by whatever it had to wait for. Arrival less device time,
over device time, is therefore a cloud above a straight line, whose slope is the drift of the clocks. `ClockMap` keeps
the quickest sample of every second (the clock filter of NTP, RFC 5905 section 10) and lays the line below them that has
the smallest sum of distances (Moon, Skelly and Towsley 1999, Estimation and removal of clock skew from network delay
measurements): it is that edge of their lower convex hull which has their mean above it (Zhang, Liu and Xia 2002, Clock
synchronization algorithms for network measurements).

The shortest delay itself cannot be seen from arrivals: it stays in the stamps as a constant, to be taken out by what
is seen of the motion (`motion_offset`). What the quickest samples probably waited beyond it is taken out.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Final

Point = tuple[int, int]
"""Device time, and arrival less device time, of a sample [ns]."""


def lower_hull(points: Iterable[Point]) -> list[Point]:
    """Lower convex hull of points whose first coordinate increases, left to right (Andrew 1979)."""
    hull: list[Point] = []
    for x, y in points:
        while len(hull) >= 2:
            (x0, y0), (x1, y1) = hull[-2:]
            if (x1 - x0) * (y - y0) > (x - x0) * (y1 - y0):
                break
            hull.pop()
        hull.append((x, y))
    return hull


class ClockMap:
    """Maps one device's time to ROS time; O(1) per sample, amortised, and bounded memory.

    The stamps increase strictly as long as the device's time does, and are never later than the arrival, but for the
    nanoseconds that keep apart what arrives at once. They go back only with ROS time itself. When a device restarts or
    one of the clocks is set, all is forgotten but the drift; clocks set by less than `JUMP` are not noticed as such and
    take a minute to be followed.

    Args:
        wrap: the device's clock starts again from 0 after this time [ns]; None when it never does.

    Attributes:
        samples: mapped so far.
        late: of them, those not newer than one before; they get the stamp they deserve and teach nothing.
        resets: times that the device started anew.
        wraps: times that the device's clock came round.
        jumps: times that one of the clocks was set, or the shortest delay changed by as much.
    """

    BLOCK: Final = 1_000_000_000
    """Of each such stretch of device time one sample is kept [ns]."""

    WINDOW: Final = 60 * BLOCK
    """Kept samples older than this are dropped [ns]."""

    SETTLING: Final = 10 * BLOCK
    """The kept samples must span this time before they tell the drift [ns]."""

    JUMP: Final = 20_000_000
    """A sample this much quicker than possible, or none quicker than this in `JUMP_BLOCKS`, means a jump [ns]."""

    JUMP_BLOCKS: Final = 3

    RESTART: Final = 1_000_000_000
    """A device time this far behind the last one means a restart, not a late sample [ns]."""

    MAX_DRIFT: Final = 500e-6
    """No quartz is worse."""

    def __init__(self, wrap: int | None = None) -> None:
        self.samples = self.late = self.resets = self.wraps = self.jumps = 0
        self._wrap = wrap
        self._turns = 0
        self._drift = 0.0
        self._kept: deque[Point] = deque()
        self._newest: int | None = None
        self._last_arrival = self._last_stamp = 0

    @property
    def offset(self) -> float:
        """ROS time less device time at the newest sample, with the shortest delay in it [s]; 0 before the first."""
        return 0.0 if self._newest is None else self._line(self._newest) * 1e-9

    @property
    def drift_ppm(self) -> float:
        """By how much the device's clock is slower than that of ROS [parts per million]; 0 until measured."""
        return self._drift * 1e6

    @property
    def settled(self) -> bool:
        """Whether the drift is measured since the last restart or jump."""
        return len(self._kept) > 1 and self._kept[-1][0] - self._kept[0][0] >= self.SETTLING

    @property
    def uncertainty(self) -> float:
        """Mean height of the kept samples above the line [s]: how clear the shortest delay is; inf until settled."""
        if not self.settled:
            return float("inf")
        return sum(map(self._height, self._kept)) / len(self._kept) * 1e-9

    def map(self, device: int, arrival: int) -> int:
        """ROS time at which a sample was taken [ns].

        Args:
            device: the sample's time by the device's clock [ns].
            arrival: ROS time at which it was received [ns].
        """
        self.samples += 1
        device = self._unwrap(device, arrival)
        point = device, arrival - device
        if self._newest is None:
            self._start(point)
        elif device <= self._newest:
            if self._newest - device < self.RESTART:
                self.late += 1
                return min(device + self._line(device) - self._excess, arrival)
            self.resets += 1
            self._start(point)
        elif device - self._block >= self.BLOCK:
            self._close_block(point)
        self._take(point, arrival)
        self._newest, self._last_arrival = device, arrival
        self._last_stamp = max(device + self._line(device) - self._excess, self._last_stamp + 1)
        return self._last_stamp

    def _unwrap(self, device: int, arrival: int) -> int:
        """`device` with those turns of its clock added that bring it nearest to what the time of arrival suggests."""
        if self._wrap is None or self._newest is None:
            return device
        expected = self._newest + arrival - self._last_arrival
        turns = (expected - device + self._wrap // 2) // self._wrap
        self.wraps += max(0, turns - self._turns)
        self._turns = max(turns, self._turns)
        return device + turns * self._wrap

    def _start(self, point: Point) -> None:
        """Forget all but the drift and begin at `point`."""
        self._kept.clear()
        self._anchor = self._quickest = point
        self._excess = 0
        self._block = point[0]
        if sum(point) < self._last_arrival:
            self._last_stamp = sum(point) - 1

    def _line(self, device: int) -> int:
        """Arrival less device time of the quickest possible sample at `device` [ns]."""
        x, y = self._anchor
        return y + round(self._drift * (device - x))

    def _height(self, point: Point) -> int:
        """How much later than the quickest possible a sample came [ns]."""
        return point[1] - self._line(point[0])

    def _take(self, point: Point, arrival: int) -> None:
        """Lower the line to a sample below it; remember the quickest sample of this block."""
        height = self._height(point)
        if height < -self.JUMP and (self._kept or arrival < self._last_arrival):
            self.jumps += 1
            self._start(point)
        elif height < 0:
            self._anchor = self._quickest = point
        elif height < self._height(self._quickest):
            self._quickest = point

    def _close_block(self, point: Point) -> None:
        """Keep the quickest sample of the block that is over, lay the line anew, begin the next block at `point`."""
        kept = self._kept
        kept.append(self._quickest)
        self._quickest, self._block = point, point[0]
        if (
            len(kept) > self.JUMP_BLOCKS
            and min(map(self._height, islice(reversed(kept), self.JUMP_BLOCKS))) > self.JUMP
        ):
            self.jumps += 1
            while len(kept) > self.JUMP_BLOCKS:
                kept.popleft()
        while kept[-1][0] - kept[0][0] > self.WINDOW:
            kept.popleft()
        if self.settled:
            self._drift = min(self.MAX_DRIFT, max(-self.MAX_DRIFT, _slope(kept)))
        self._anchor = min(kept, key=self._height)
        self._excess = _excess(list(map(self._height, kept))) if self.settled else 0


def _excess(heights: Sequence[int]) -> int:
    """How far the quickest of all samples still is above the shortest delay, as is to be expected [ns].

    A sample waits for the radio, and then for the computer: the density of the sum of two waits grows from zero in
    proportion, so that the least of n is about 1 / sqrt(n) from the shortest. What the quickest of B blocks are above
    the quickest of all then is sqrt(B) - 1 times what that is above the shortest. Of this a little less is taken, since
    the line is uncertain while B is small.

    Args:
        heights: of the quickest sample of each block above the quickest of all [ns].
    """
    return round(statistics.median(heights) / math.sqrt(len(heights)))


def _slope(points: Sequence[Point]) -> float:
    """Slope of the line below `points` that has the smallest sum of distances to them."""
    middle = sum(x for x, _ in points) // len(points)
    (x0, y0), (x1, y1) = next(edge for edge in pairwise(lower_hull(points)) if edge[1][0] > middle)
    return (y1 - y0) / (x1 - x0)

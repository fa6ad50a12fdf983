"""The driving angle of an exercise, corrected by what the picture shows."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from typing import Final

from sportcoach_feedback.exercise import Signal
from sportcoach_feedback.pose import Pose
from sportcoach_perception.lowering import lowered

MEMORY: Final = 10_000_000_000
"""For so long it is remembered how high the athlete was [ns]."""

MOVED: Final = 0.06
"""Share of the height by which the lower end may be elsewhere: further, and the athlete has come nearer or gone."""

_Seen = tuple[float, float, int]
"""Minus the height, the lower end, the stamp [ns]."""


class LoweringMeter:
    """Sets the driving angle of each pose to what the picture tells, where that is more bent.

    The straight limb is the one seen highest above the same place within `MEMORY`. Both ways to tell the angle err on
    the straight side: a pose network with limbs that bend towards the camera, the picture while its limb isn't upright.
    """

    def __init__(self, signal: Signal) -> None:
        self._signal = signal
        self._seen: deque[_Seen] = deque()
        self._tallest_first: list[_Seen] = []

    def reset(self) -> None:
        """Forget the athlete."""
        self._seen.clear()
        self._tallest_first.clear()

    def step(self, stamp: int, pose: Pose) -> Pose:
        """`pose`, seen at `stamp` [ns], with the better angle."""
        upper, lower = pose.limb(self._signal.angle)
        height = lower - upper
        if not height > 0.0:  # unknown, or upside down
            return pose
        self._remember(stamp, height, lower)
        straight = next(-less for less, below, _ in self._tallest_first if abs(below - lower) <= MOVED * -less)
        angle = lowered(height, straight, self._signal.start)
        mean = pose.mean(self._signal.angle)
        return pose.with_mean(self._signal.angle, angle) if not math.isnan(mean) and angle < mean else pose

    def _remember(self, stamp: int, height: float, lower: float) -> None:
        seen, tallest_first = self._seen, self._tallest_first
        while seen and stamp - seen[0][2] > MEMORY:
            del tallest_first[bisect_left(tallest_first, seen.popleft())]
        seen.append((-height, lower, stamp))
        insort(tallest_first, seen[-1])

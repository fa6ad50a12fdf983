"""Stages and key poses of any movement, without rules: begin, execute, end, and the poses it goes through.

From energy and boundary score of eq. 1 and 2 (`sportcoach_feedback.stages`). A boundary is a peak of the score that
stands out from those of the last seconds; a key pose is the moment between two movements at which the pooled motion of
a local window is least. Both are known `DELAY` late, because a peak shows only once it is past: the online form tells
them then, with the stamp of when they were; the batch form is the same stream to its end, and so tells the same.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, median
from typing import Final

from sportcoach_feedback.stages import MotionMeter
from sportcoach_perception.angles import Angles
from sportcoach_perception.frames import Floats

DELAY: Final = 200_000_000
"""How much later than it was a boundary or key pose is told [ns]; half a local window."""

MEMORY: Final = 4_000_000_000
"""Time whose scores and energies say what is large [ns]."""

STANDS_OUT: Final = 3.0
"""A boundary's score against the median of the last seconds ..."""

SHARE: Final = 0.2
"""... and against the largest of them."""

MOVES: Final = 0.12
"""Share of the largest pooled energy of the last seconds from which it is a movement."""

LEAST: Final = 0.05
"""Pooled energy of somebody who certainly stands still [m^2/s^2 + rad^2/s^2]."""


@dataclass(frozen=True, slots=True)
class Moment:
    """At `stamp` [ns] a boundary, `stage` is the one that begins there, or a key pose, `stage` is then "pose"."""

    stamp: int
    stage: str


@dataclass(slots=True)
class _Frame:
    stamp: int
    energy: float
    score: float
    pooled: float = 0.0


class StageDecomposer:
    """Tells stage boundaries and key poses of a stream of skeletons, `DELAY` late.

    Stages go idle, begin (it starts to move), execute (the fast part, from the first boundary on), end (it slows down
    towards a key pose), and begin again, or idle where it stays still.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the athlete."""
        self._meter = MotionMeter()
        self._frames: deque[_Frame] = deque()
        self._past: deque[_Frame] = deque()
        self.stage = "idle"

    def step(self, stamp: int, world: Floats, angles: Angles) -> tuple[Moment, ...]:
        """Take the frame at `stamp` [ns]: `world` (33, 3) m, `angles` (A,) degrees; what is known since it."""
        motion = self._meter.step(stamp, world, angles)
        self._frames.append(_Frame(stamp, motion.energy, motion.boundary_score))
        found: list[Moment] = []
        while self._frames[0].stamp < stamp - 2 * DELAY:
            self._frames.popleft()
        middle = next((n for n, frame in enumerate(self._frames) if frame.stamp >= stamp - DELAY), None)
        if middle is not None and self._frames[0].stamp <= stamp - 2 * DELAY + DELAY // 2:
            found += self._judge(middle)
        return tuple(found)

    def _judge(self, middle: int) -> list[Moment]:
        """What the frame in the middle of the local window is, now that all of the window is known."""
        window, frame = list(self._frames), self._frames[middle]
        frame.pooled = fmean(one.energy for one in window)
        self._past.append(frame)
        while self._past[0].stamp < frame.stamp - MEMORY:
            self._past.popleft()
        if len(self._past) < 3:
            return []
        largest = max(max(one.pooled for one in self._past), LEAST)
        moving = frame.pooled >= max(MOVES * largest, LEAST)
        before, least, now = list(self._past)[-3:]
        moments = []
        if self.stage != "idle" and before.pooled > least.pooled <= now.pooled and least.pooled < 0.5 * largest:
            moments.append(Moment(least.stamp, "pose"))
            if self.stage != "begin":
                self.stage = "begin"
                moments.append(Moment(least.stamp, "begin"))
        moments += self._advance(frame, moving, self._is_boundary(frame, window), now.pooled < before.pooled)
        return moments

    def _is_boundary(self, frame: _Frame, window: list[_Frame]) -> bool:
        if frame.score < max(one.score for one in window):
            return False
        scores = [one.score for one in self._past]
        return frame.score >= STANDS_OUT * median(scores) or frame.score >= SHARE * max(scores)

    def _advance(self, frame: _Frame, moving: bool, boundary: bool, slower: bool) -> list[Moment]:
        stage = self.stage
        if not moving:
            stage = "idle"
        elif self.stage == "idle":
            stage = "begin"
        elif self.stage == "begin" and boundary:
            stage = "execute"
        elif self.stage == "execute" and boundary and slower:
            stage = "end"
        if stage == self.stage:
            return []
        came_to_rest = stage == "idle" and self.stage in ("execute", "end")
        self.stage = stage
        return [Moment(frame.stamp, stage), *([Moment(frame.stamp, "pose")] if came_to_rest else [])]


def decompose(frames: Iterable[tuple[int, Floats, Angles]]) -> tuple[Moment, ...]:
    """All boundaries and key poses of a recording: (stamp [ns], world (33, 3) m, angles (A,) degrees) per frame."""
    decomposer = StageDecomposer()
    return tuple(moment for frame in frames for moment in decomposer.step(*frame))


def key_poses(moments: Iterable[Moment]) -> list[int]:
    """Stamps [ns] of the key poses among `moments`, each once."""
    poses: list[int] = []
    for moment in moments:
        if moment.stage == "pose" and (not poses or moment.stamp - poses[-1] > 2 * DELAY):
            poses.append(moment.stamp)
    return poses

"""Repetitions counted on one driving signal, online."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import Final

SMOOTHING: Final = 0.6
"""Weight of the newest sample in exponential smoothing (eq. 10), at 30 samples per second."""

SMOOTHING_RATE: Final = 30.0
MIN_SWING: Final = 0.4
"""Smallest rise and fall of the progress that can be a repetition; the full range is 1."""

SWING_SHARE: Final = 0.5
"""... and the smallest share of the usual swing of the last repetitions ..."""

ENOUGH_SWING: Final = 0.6
"""... though this is always enough, whatever came before."""

RETURN: Final = 0.6
"""Share of the way back at which a repetition counts."""

TURN: Final = 0.33
"""Share of the way back at which the highest point is taken as the turning point."""

STEADY_FALL: Final = 60_000_000
"""Still falling so long after the first fall, it has probably been passed, though the athlete may still think better of
it [ns]: at 30 per second, three samples, as one or two may be of landmarks gone astray ..."""

STEADY_TURN: Final = 0.001
"""... that are lower by more than this together [share of the full range]."""

ONSET: Final = 0.1
"""Rise above the lowest progress that belongs to resting [share of the full range]."""

HOME: Final = 0.15
"""Share of the swing from the starting pose at which the way back is over ..."""

SETTLING: Final = 1_000_000_000
"""... or this long after the repetition counted [ns]."""

MIN_DURATION: Final = 450_000_000
"""No one does a repetition in less [ns]."""

MAX_DURATION: Final = 20_000_000_000
"""Who takes longer has sat down, or holds a pose [ns]."""

MAX_BEGIN: Final = 3_000_000_000
"""Above the lowest point for so long without being in a repetition, this is the new lowest point [ns]."""

MAX_GAP: Final = 2_000_000_000
"""Unseen for longer, a movement under way is given up [ns]."""


class Phase(Enum):
    """Where in a repetition the athlete is; the values are the stages of Stage.msg."""

    IDLE = "idle"
    BEGIN = "begin"  # has left the lowest point, may still be swaying
    EXECUTE = "execute"  # far enough out to be in a repetition, turning point ahead
    END = "end"  # turning point passed, on the way back, counted or not


@dataclass(frozen=True, slots=True)
class Cycle:
    """A finished movement out and back: stamps in ns, `depth` the progress at its turning point."""

    start: int
    turn: int
    end: int
    depth: float


class RepetitionCounter:
    """Counts movements out from the starting pose and back.

    The progress signal is 0 at the starting pose and 1 at the turning pose of the exercise. A repetition is a peak of
    the smoothed signal with enough prominence on both sides (at least `MIN_SWING`, and `SWING_SHARE` of what this
    athlete usually does, but never more than `ENOUGH_SWING`), counted once at `RETURN` of the way back. Nothing depends
    on absolute poses, so partial range, odd camera views and a stream that begins in mid-movement count too; a pause
    half-way changes nothing.

    Attributes:
        phase: where the movement is.
        progress: the smoothed signal; NaN before the first sample.
        turned: whether the turning point seems to be passed with this sample, for the first time in this movement.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the athlete."""
        self._usual_swing = 0.0
        self.give_up()

    def give_up(self) -> None:
        """Forget the movement under way."""
        self.phase = Phase.IDLE
        self.progress = math.nan
        self._stamp = 0
        self._fell_at: int | None = None
        self._low, self._low_stamp = math.inf, 0
        self._peak, self._peak_stamp = -math.inf, 0
        self._counted_at: int | None = None
        self._home = -math.inf
        self.turned = False
        self._has_turned = False

    def step(self, stamp: int, progress: float) -> Cycle | None:
        """Take one sample; returns the repetition that it completes.

        Args:
            stamp: when the sample was taken [ns], increasing.
            progress: 0 at the starting pose, 1 at the turning pose; NaN when it cannot be seen.
        """
        if not 0 < stamp - self._stamp <= MAX_GAP:
            self.give_up()
        self.turned = False
        if math.isnan(progress):
            return None
        self._smooth(stamp, progress)
        if self.phase is Phase.EXECUTE:
            self._out(stamp)
        elif self.phase is Phase.END and self._counted_at is None:
            return self._back(stamp)
        else:
            self._between(stamp)
        return None

    def _smooth(self, stamp: int, progress: float) -> None:
        before = self.progress
        if math.isnan(before):
            self.progress = progress
        else:
            samples = (stamp - self._stamp) * 1e-9 * SMOOTHING_RATE
            self.progress += (1.0 - (1.0 - SMOOTHING) ** samples) * (progress - before)
        if not self.progress < before:
            self._fell_at = None
        elif self._fell_at is None:
            self._fell_at = stamp
        self._stamp = stamp

    @property
    def _min_swing(self) -> float:
        return min(max(MIN_SWING, SWING_SHARE * self._usual_swing), ENOUGH_SWING)

    def _between(self, stamp: int) -> None:
        self._low = min(self._low, self.progress)
        if self.progress <= self._low + ONSET:
            self.phase = Phase.END if self._is_settling(stamp) else Phase.IDLE
            self._low_stamp = stamp
            return
        self.phase = Phase.BEGIN
        if self.progress >= self._low + self._min_swing:
            self._has_turned = False
            self._rise(stamp)
        elif stamp - self._low_stamp > MAX_BEGIN:
            self._low, self._low_stamp = self.progress, stamp

    def _is_settling(self, stamp: int) -> bool:
        if self.phase is not Phase.END or self._counted_at is None:
            return False
        return self.progress > self._home and stamp - self._counted_at < SETTLING

    def _rise(self, stamp: int) -> None:
        self.phase = Phase.EXECUTE
        self._counted_at = None
        self._peak, self._peak_stamp = self.progress, stamp

    def _out(self, stamp: int) -> None:
        swing = self._peak - self._low
        if self.progress > self._peak:
            self._rise(stamp)
        elif self.progress < self._peak - TURN * swing:
            self.phase = Phase.END
        if not self._has_turned and self._seems_turned(stamp):
            self.turned = self._has_turned = True

    def _seems_turned(self, stamp: int) -> bool:
        steady = self._fell_at is not None and stamp - self._fell_at >= STEADY_FALL
        return steady and self._peak - self.progress > STEADY_TURN

    def _back(self, stamp: int) -> Cycle | None:
        if self.progress > self._peak:
            self._rise(stamp)
            return None
        swing = self._peak - self._low
        if self.progress > self._peak - RETURN * swing:
            return None
        cycle = Cycle(self._low_stamp, self._peak_stamp, stamp, self._peak)
        self._counted_at, self._home = stamp, self._low + HOME * swing
        self._low, self._low_stamp = self.progress, stamp
        if not MIN_DURATION <= cycle.end - cycle.start <= MAX_DURATION:
            return None
        self._usual_swing = swing if self._usual_swing == 0.0 else 0.7 * self._usual_swing + 0.3 * swing
        return cycle

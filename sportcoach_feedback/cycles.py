"""The cycles of a movement that is repeated, found offline, without rules, in whatever angles it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from sportcoach_perception.angles import ANGLE_INDEX, SIDES, Angles
from sportcoach_perception.errors import UserError

DRIVING: Final = ("elbow", "shoulder", "hip", "knee", "hip_abduction")
"""Angles that can drive a movement; in the others the errors of pose estimation are too large."""

SMOOTHING: Final = 0.1
"""Deviation of the Gaussian that smooths angles [s]."""

PROMINENCE: Final = 0.5
"""Of a turning point, as a share of the range of the driving angle."""

SHORTEST: Final = 0.45
"""Time between two turning points at least [s]."""

LIKE_THE_OTHERS: Final = 0.6
"""Share of the usual swing that a cycle must have."""

MIN_RANGE: Final = 25.0
"""An angle that moves less drives nothing [degrees]."""


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles of a recording, each from the starting pose over the turning pose back.

    angle: what drives them, without side.
    start, turn: its usual values there [degrees].
    spans: (N, 3) frames at which each cycle starts, turns and ends.
    signal: (F,) the smoothed mean of the driving angle over its sides [degrees].
    """

    angle: str
    start: float
    turn: float
    spans: NDArray[np.int64]
    signal: Angles

    def progress(self) -> Angles:
        """(F,) 0 at the starting pose, 1 at the turning pose."""
        return np.asarray((self.signal - self.start) / (self.turn - self.start))


def both_sides(angles: Angles, name: str) -> Angles:
    """(F,) mean of the angle `name` over both sides of `angles` (F, A)."""
    return np.asarray(angles[:, [ANGLE_INDEX[f"{side}_{name}"] for side in SIDES]].mean(axis=1))


def find_cycles(seconds: Angles, angles: Angles) -> Cycles:
    """The cycles of the angle that moves most.

    Turning points are the peaks with enough prominence on the smoothed angle, as in peak-based repetition counting. The
    starting pose is the end of its range that is there before and after the first of them.

    Args:
        seconds: (F,) time of each frame, increasing.
        angles: (F, A) degrees, in the order of `angles.ANGLES`.

    Raises:
        UserError: nothing is repeated at least twice.
    """
    if len(seconds) < 10:
        raise UserError("too short to find a repetition in")
    rate = 1.0 / float(np.median(np.diff(seconds)))
    smooth = {name: gaussian_filter1d(both_sides(angles, name), SMOOTHING * rate) for name in DRIVING}
    spread = {name: float(np.subtract(*np.percentile(signal, (95, 5)))) for name, signal in smooth.items()}
    for name in sorted(spread, key=lambda name: -spread[name]):
        if spread[name] < MIN_RANGE:
            break
        found = _of_signal(name, smooth[name], spread[name], rate)
        if len(found.spans) >= 2:
            return found
    raise UserError("no movement is repeated at least twice: record three or more repetitions, all of the body in view")


def _of_signal(name: str, signal: Angles, spread: float, rate: float) -> Cycles:
    distance = max(1, round(SHORTEST * rate))
    middle = float(np.mean(np.percentile(signal, (5, 95))))
    sign = 1.0 if signal[: max(2, len(signal) // 20)].mean() < middle else -1.0  # it begins at the starting pose
    driven = sign * signal
    turns, _ = find_peaks(driven, prominence=PROMINENCE * spread, distance=distance)
    spans = []
    edges = [0, *turns.tolist(), len(signal) - 1]
    for before, turn, after in zip(edges, edges[1:], edges[2:], strict=False):
        first = before + int(np.argmin(driven[before : turn + 1]))
        last = turn + int(np.argmin(driven[turn : after + 1]))
        spans.append((_leaves(driven, first, turn), turn, _arrives(driven, turn, last)))
    kept = _alike(driven, np.array(spans, np.int64).reshape(-1, 3))
    start = float(np.median(signal[kept[:, [0, 2]]])) if len(kept) else 0.0
    turn_at = float(np.median(signal[kept[:, 1]])) if len(kept) else 0.0
    return Cycles(name, start, turn_at, kept, signal)


def _leaves(driven: Angles, first: int, turn: int) -> int:
    """The last frame before `turn` that is within a tenth of the swing from the lowest point."""
    resting = driven[first:turn] <= driven[first] + 0.1 * (driven[turn] - driven[first])
    return first + int(np.flatnonzero(resting)[-1]) if resting.any() else first


def _arrives(driven: Angles, turn: int, last: int) -> int:
    """The first frame after `turn` that is within a tenth of the swing from the lowest point."""
    resting = driven[turn : last + 1] <= driven[last] + 0.1 * (driven[turn] - driven[last])
    return turn + int(np.flatnonzero(resting)[0])


def _alike(driven: Angles, spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of the cycles that swing as far as the others on both sides: an unfinished one is left out."""
    if not len(spans):
        return spans
    swing = np.minimum(driven[spans[:, 1]] - driven[spans[:, 0]], driven[spans[:, 1]] - driven[spans[:, 2]])
    return np.asarray(spans[swing >= LIKE_THE_OTHERS * np.median(swing)], np.int64)

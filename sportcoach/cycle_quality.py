"""How alike the cycles of a set are to the reference and to each other, offline, over the joints that moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Curve = NDArray[np.float64]

SAMPLES: Final = 50
"""Samples of a cycle, whatever its duration."""

MOVING: Final = 0.25
"""A joint whose range is this share of the largest one belongs to what the movement is about."""


@dataclass(frozen=True, slots=True)
class CycleQuality:
    """Means over the cycles of a set and the joints that moved.

    joints: those joints, the one that moved most first.
    cosine: similarity of a cycle and its reference, 1 the same direction; correlation: the same without their means.
    velocity_consistency: correlation of a cycle's velocity with that of the other cycles: 1, always at the same rhythm.
    range: range of a cycle against that of its reference.
    deviation_deg: mean difference after dynamic time warping [degrees]: what is left when rhythm doesn't count.
    """

    joints: tuple[str, ...]
    cosine: float
    correlation: float
    velocity_consistency: float | None
    range: float
    deviation_deg: float


def resampled(time: Curve, values: Curve) -> Curve:
    """(SAMPLES,) `values` (M,) at even times from the first to the last of `time` (M,)."""
    return np.asarray(np.interp(np.linspace(time[0], time[-1], SAMPLES), time, values))


def cosine(a: Curve, b: Curve) -> float:
    """Cosine of the angle between two curves; 0 where one of them is all zero."""
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / size if size > 0.0 else 0.0


def correlation(a: Curve, b: Curve) -> float:
    """Pearson's; 0 where one of the curves is constant."""
    return cosine(a - a.mean(), b - b.mean())


def warped_deviation(a: Curve, b: Curve) -> Curve:
    """Mean absolute difference along the best monotone alignment of two curves, of one or many pairs at once.

    Dynamic time warping: Sakoe and Chiba 1978, IEEE Trans Acoust Speech Signal Process 26(1):43-49.

    Args:
        a: (..., N).
        b: (..., M).

    Returns:
        (...) in the unit of the curves.
    """
    n, m = a.shape[-1], b.shape[-1]
    cost = np.abs(a[..., :, None] - b[..., None, :])
    total = np.full((*cost.shape[:-2], n + 1, m + 1), np.inf)
    steps = np.zeros_like(total)
    total[..., 0, 0] = 0.0
    for diagonal in range(n + m - 1):  # all that depends on nothing but the two diagonals before
        i = np.arange(max(0, diagonal - m + 1), min(diagonal, n - 1) + 1)
        j = diagonal - i
        best, taken = total[..., i + 1, j], steps[..., i + 1, j]
        for before in ((..., i, j + 1), (..., i, j)):
            better = total[before] < best
            best, taken = np.where(better, total[before], best), np.where(better, steps[before], taken)
        total[..., i + 1, j + 1] = cost[..., i, j] + best
        steps[..., i + 1, j + 1] = 1.0 + taken
    return np.asarray(total[..., -1, -1] / steps[..., -1, -1])


def moving_joints(ranges: dict[str, float]) -> tuple[str, ...]:
    """The joints that a movement is about, by their `ranges` [degrees], the one that moves most first."""
    largest = max(ranges.values(), default=0.0)
    return tuple(sorted((j for j, r in ranges.items() if r >= MOVING * largest), key=lambda joint: -ranges[joint]))


def quality_of(cycles: dict[str, Sequence[tuple[Curve, Curve]]]) -> CycleQuality | None:
    """The quality of a set.

    Args:
        cycles: for each joint its cycles, as resampled (angle, reference) pairs [degrees].

    Returns:
        None without cycles.
    """
    ranges = {joint: float(np.mean([np.ptp(angle) for angle, _ in pairs])) for joint, pairs in cycles.items() if pairs}
    joints = moving_joints(ranges)
    if not joints:
        return None
    pairs = [pair for joint in joints for pair in cycles[joint]]
    rhythm = [value for joint in joints for value in _rhythm([angle for angle, _ in cycles[joint]])]
    wanted = [float(np.ptp(reference)) for _, reference in pairs]
    shares = [float(np.ptp(angle)) / w for (angle, _), w in zip(pairs, wanted, strict=True) if w > 0.0]
    return CycleQuality(
        joints,
        round(float(np.mean([cosine(a, b) for a, b in pairs])), 4),
        round(float(np.mean([correlation(a, b) for a, b in pairs])), 4),
        round(float(np.mean(rhythm)), 4) if rhythm else None,
        round(float(np.mean(shares)) if shares else 1.0, 4),
        round(float(np.mean(warped_deviation(*map(np.array, zip(*pairs, strict=True))))), 2),
    )


def _rhythm(angles: Sequence[Curve]) -> list[float]:
    """Correlation of each cycle's velocity with the mean velocity of the others."""
    velocity = [np.diff(angle) for angle in angles]
    return [
        correlation(one, np.mean([other for m, other in enumerate(velocity) if m != n], axis=0))
        for n, one in enumerate(velocity)
        if len(velocity) > 1
    ]

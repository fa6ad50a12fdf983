"""The sets of a session: how many, how fast, how far, how well, and what to work on."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.cycle_quality import Curve, CycleQuality, quality_of, resampled
from sportcoach_feedback.coaching import Repetition

PAUSE: Final = 20_000_000_000
"""After a longer pause a new set begins [ns]."""

LONG_ENOUGH: Final = 6
"""Repetitions from which the last third is compared with the first."""

JUDGED: Final = 0.8
"""Share of a repetition over which a joint must have been judged to be compared with the reference."""

OFTEN: Final = 1 / 3
"""Share of the repetitions with a fault from which it is what to work on."""

SHOWN: Final = 3
"""Joints whose range is told: those that moved most."""


@dataclass(frozen=True, slots=True)
class FaultCount:
    """A fault, the number of repetitions that had it, and its worst [degrees]."""

    fault: str
    repetitions: int
    worst_deg: float | None


@dataclass(frozen=True, slots=True)
class JointRange:
    """The range of a judged joint over the repetitions of a set [degrees], without the outermost 5 % on both sides."""

    joint: str
    low_deg: float
    high_deg: float


@dataclass(frozen=True, slots=True)
class SetRecord:
    """One set of an exercise, from `t0` to `t1` [s].

    tempo_s: mean seconds of a repetition.
    tempo_change, quality_change: of the last third of the set against the first: 0.2 is 20 % slower, -0.1 is a quality
        lower by 0.1; None in a short set. Slower and worse at the end is what fatigue looks like.
    ranges: of the joints that moved most.
    form: likeness to the reference and from repetition to repetition; None where no joint could be judged throughout.
    faults: those in most repetitions first.
    work_on: the fault to work on, empty for none.
    """

    exercise: str
    t0: float
    t1: float
    repetitions: int
    tempo_s: float
    tempo_change: float | None
    quality: float | None
    quality_change: float | None
    ranges: tuple[JointRange, ...]
    form: CycleQuality | None
    faults: tuple[FaultCount, ...]
    work_on: str


@dataclass(frozen=True, slots=True)
class JointTrack:
    """A judged joint: its angle and reference [degrees] (M,) at `stamps` (M,) [ns]."""

    joint: str
    stamps: NDArray[np.int64]
    angle: NDArray[np.float32]
    reference: NDArray[np.float32]


def sets_of(repetitions: Sequence[Repetition], tracks: Sequence[JointTrack], start: int) -> tuple[SetRecord, ...]:
    """The sets that `repetitions` make, in a session that began at `start` [ns]."""
    return tuple(_record(one, tracks, start) for one in _split(repetitions))


def _split(repetitions: Sequence[Repetition]) -> Iterator[list[Repetition]]:
    current: list[Repetition] = []
    for repetition in repetitions:
        last = current[-1] if current else None
        if last and (repetition.exercise != last.exercise or repetition.start - last.end > PAUSE):
            yield current
            current = []
        current.append(repetition)
    if current:
        yield current


def _record(repetitions: list[Repetition], tracks: Sequence[JointTrack], start: int) -> SetRecord:
    seconds = [(repetition.end - repetition.start) * 1e-9 for repetition in repetitions]
    qualities = [repetition.quality for repetition in repetitions if math.isfinite(repetition.quality)]
    faults = _faults(repetitions)
    often = [count.fault for count in faults if count.repetitions >= OFTEN * len(repetitions)]
    slower, better = _change(seconds), _change(qualities)
    return SetRecord(
        exercise=repetitions[0].exercise,
        t0=round((repetitions[0].start - start) * 1e-9, 3),
        t1=round((repetitions[-1].end - start) * 1e-9, 3),
        repetitions=len(repetitions),
        tempo_s=round(fmean(seconds), 2),
        tempo_change=None if slower is None else round(slower[1] / slower[0] - 1.0, 3),
        quality=round(fmean(qualities), 4) if qualities else None,
        quality_change=None if better is None else round(better[1] - better[0], 4),
        ranges=_ranges(repetitions, tracks),
        form=quality_of({track.joint: _cycles(repetitions, track) for track in tracks}),
        faults=faults,
        work_on=often[0] if often else "",
    )


def _change(values: Sequence[float]) -> tuple[float, float] | None:
    """Mean of the first and of the last third."""
    if len(values) < LONG_ENOUGH:
        return None
    third = len(values) // 3
    return fmean(values[:third]), fmean(values[-third:])


def _faults(repetitions: Sequence[Repetition]) -> tuple[FaultCount, ...]:
    found = [{fault.name: fault.deviation for fault in repetition.faults} for repetition in repetitions]
    counts = Counter(name for one in found for name in one)
    return tuple(
        FaultCount(name, count, _worst([one[name] for one in found if name in one]))
        for name, count in counts.most_common()
    )


def _worst(deviations: Sequence[float]) -> float | None:
    known = [deviation for deviation in deviations if math.isfinite(deviation)]
    return round(max(known), 1) if known else None


def _cycles(repetitions: Sequence[Repetition], track: JointTrack) -> list[tuple[Curve, Curve]]:
    """(angle, reference) of the repetitions in which the joint was judged most of the time."""
    cycles = []
    for repetition in repetitions:
        within = (track.stamps >= repetition.start) & (track.stamps <= repetition.end)
        inside = np.flatnonzero(within & np.isfinite(track.angle) & np.isfinite(track.reference))
        if len(inside) < 4:
            continue
        time = np.asarray((track.stamps[inside] - repetition.start) * 1e-9, np.float64)
        if time[-1] - time[0] >= JUDGED * (repetition.end - repetition.start) * 1e-9:
            angle, reference = (
                resampled(time, np.asarray(v[inside], np.float64)) for v in (track.angle, track.reference)
            )
            cycles.append((angle, reference))
    return cycles


def _ranges(repetitions: Sequence[Repetition], tracks: Sequence[JointTrack]) -> tuple[JointRange, ...]:
    ranges = []
    for track in tracks:
        inside = np.zeros(len(track.stamps), np.bool_)
        for repetition in repetitions:
            inside |= (track.stamps >= repetition.start) & (track.stamps <= repetition.end)
        inside &= np.isfinite(track.angle)
        if inside.any():
            low, high = (round(float(value), 1) for value in np.percentile(track.angle[inside], (5, 95)))
            ranges.append(JointRange(track.joint, low, high))
    return tuple(sorted(ranges, key=lambda one: one.low_deg - one.high_deg)[:SHOWN])

"""What really happened in a bag: from the truth of the simulated athlete, or from a table of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import numpy as np

from sportcoach.bag_labels import Label
from sportcoach_feedback.repetitions import RETURN
from sportcoach_perception.angles import ANGLES, Angles
from sportcoach_perception.messages import stamp_of

BREAK: Final = 3_000_000_000
"""Repetitions further apart than this belong to different sets [ns]."""


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` up to, not including, `end` [ns], `label` is done."""

    begin: int
    end: int
    label: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """One repetition, or a labelled part, of an exercise with these `faults`; none when it is clean."""

    span: Span
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Episode:
    """Repetitions in a row with one fault: to be said once at least."""

    span: Span
    fault: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What was so.

    spans: what was done when, without overlap.
    repetitions: by exercise; None when nobody counted them.
    stretches: where it is known whether the movement was faulty.
    angles: (A,) degrees by stamp of the picture; empty for people.
    """

    spans: tuple[Span, ...]
    repetitions: Counter[str] | None
    stretches: tuple[Stretch, ...]
    angles: dict[int, Angles] = field(default_factory=dict)

    def episodes(self) -> list[Episode]:
        """The faults, those of repetitions that follow each other as one."""
        open_ones: dict[tuple[str, str], Episode] = {}
        episodes = []
        for stretch in self.stretches:
            span = stretch.span
            for fault in stretch.faults:
                before = open_ones.get((span.label, fault))
                begin = before.span.begin if before and span.begin - before.span.end <= BREAK else span.begin
                if before and begin == span.begin:
                    episodes.append(before)
                open_ones[span.label, fault] = Episode(Span(begin, span.end, span.label), fault)
        return sorted([*episodes, *open_ones.values()], key=lambda episode: (episode.span.begin, episode.fault))

    def clean(self) -> list[Span]:
        """Stretches without a fault."""
        return [stretch.span for stretch in self.stretches if not stretch.faults]


def from_labels(labels: Sequence[Label], first: int, last: int, exercises: Iterable[str]) -> Expected:
    """What the table says of a bag.

    Args:
        labels: its rows.
        first: stamp of its first frame [ns].
        last: of its last frame [ns].
        exercises: those that are coached.
    """
    spans = [Span(first + r.begin, last + 1 if r.end is None else first + r.end, r.label) for r in labels]
    coached = [(span, row) for span, row in zip(spans, labels, strict=True) if span.label in exercises]
    counted = all(row.repetitions is not None for _, row in coached)
    repetitions = Counter[str]()
    for span, row in coached:
        repetitions[span.label] += row.repetitions or 0
    stretches = (Stretch(span, row.faults) for span, row in coached if row.faults is not None)
    return Expected(tuple(spans), repetitions if counted else None, tuple(stretches))


def from_truth(truth: Sequence[Any], exercises: Iterable[str]) -> Expected:
    """What the simulated athlete did.

    Args:
        truth: TruthFrame messages, in order; at least one.
        exercises: those that are coached.
    """
    stamps = [stamp_of(message.header.stamp) for message in truth]
    ends = [*stamps[1:], stamps[-1] + 1]
    frames = list(zip(stamps, ends, truth, strict=True))
    spans = []
    for (action, moving), run in groupby(frames, key=lambda frame: (str(frame[2].action), frame[2].repetition > 0)):
        part = list(run)
        if moving or action not in exercises:  # nobody can tell what somebody who rests is going to do
            spans.append(Span(part[0][0], part[-1][1], action))
    stretches = [
        Stretch(Span(part[0][0], part[-1][1], str(part[0][2].movement)), tuple(map(str, part[0][2].faults)))
        for (movement, number), run in groupby(frames, key=lambda frame: (frame[2].movement, frame[2].repetition))
        if number > 0 and movement in exercises and _is_complete(part := list(run))
    ]
    angles = {stamp: _angles(message) for stamp, _, message in frames}
    return Expected(tuple(spans), Counter(s.span.label for s in stretches), tuple(stretches), angles)


def _is_complete(part: Sequence[tuple[int, int, Any]]) -> bool:
    """Whether a repetition came so far back that it counts."""
    return any(message.stage == "end" and message.progress <= 1.0 - RETURN for _, _, message in part)


def _angles(message: Any) -> Angles:
    named = dict(zip(message.joints, np.asarray(message.angles, np.float64).tolist(), strict=False))
    return np.array([named.get(name, np.nan) for name in ANGLES])

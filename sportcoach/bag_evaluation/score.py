"""How well the chain did, in numbers that add up over bags."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from sportcoach.bag_evaluation.expected import Episode, Expected, Span
from sportcoach.figures import Figure
from sportcoach.results import FrameResult
from sportcoach_feedback.coaching import Cue
from sportcoach_feedback.cues import LIFETIME
from sportcoach_perception.angles import BENDS
from sportcoach_perception.pictured import seen_angles

SETTLE: Final = 1_000_000_000
"""What is done must be recognised so long after it began [ns]."""

TARGETS: Final = {
    "accuracy": 0.924,
    "angle_score": 0.879,
    "hit_rate": 0.921,
    "false_trigger_rate": 0.118,
    "latency_p95": 1800.0,
}
"""Results of the paper, the floor."""


@dataclass(slots=True)
class Score:
    """Counts; `+` makes those of several bags.

    seconds, frames: of the bag; detected: frames with somebody in view.
    judged, right: frames that had to be named, and were named rightly.
    angles, angle_error: joint angles compared, and the sum of their errors [rad].
    repetitions, miscounted: those that were done, and by how many the count of an exercise was off.
    episodes, told: faults to be said, and said. cues, fitting: things said, and those that were so.
    clean, disturbed: clean repetitions, and those in which something was said that was not so.
    latencies: frames by latency from the picture to the published decision [ms], as it was when recorded.
    """

    seconds: float = 0.0
    frames: int = 0
    detected: int = 0
    judged: int = 0
    right: int = 0
    angles: int = 0
    angle_error: float = 0.0
    repetitions: int = 0
    miscounted: int = 0
    episodes: int = 0
    told: int = 0
    cues: int = 0
    fitting: int = 0
    clean: int = 0
    disturbed: int = 0
    latencies: Counter[int] = field(default_factory=Counter)

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Score)))

    def figures(self) -> list[Figure]:
        """What can be said; a figure without anything to judge it on is left out."""
        values = {
            "accuracy": _share(self.right, self.judged),
            "angle_score": 1.0 - _share(self.angle_error, self.angles),
            "detected": _share(self.detected, self.frames),
            "repetition_error": _share(self.miscounted, self.repetitions),
            "hit_rate": _share(self.told, self.episodes),
            "false_trigger_rate": _share(self.disturbed, self.clean),
            "temporal_feedback_score": self._temporal(),
        }
        lower = ("repetition_error", "false_trigger_rate")
        figures = [
            Figure(name, round(value, 6), "share", "lower" if name in lower else "higher", TARGETS.get(name))
            for name, value in values.items()
        ]
        for name, share in (("latency_p50", 0.5), ("latency_p95", 0.95)):
            figures.append(Figure(name, self._latency(share), "ms", "lower", TARGETS.get(name)))
        return [figure for figure in figures if not math.isnan(figure.value)]

    def _temporal(self) -> float:
        """F1 of what was said and when: cues that fit, faults that were told; NaN with neither faults nor cues."""
        found, fit = _share(self.told, self.episodes), _share(self.fitting, self.cues)
        if math.isnan(found) or math.isnan(fit):
            return math.nan if math.isnan(found) and math.isnan(fit) else 0.0
        return 2.0 * found * fit / (found + fit) if found + fit else 0.0

    def _latency(self, share: float) -> float:
        """The latency that `share` of the frames keep [ms]."""
        seen, total = 0, self.latencies.total()
        for latency, count in sorted(self.latencies.items()):
            seen += count
            if seen >= share * total:
                return float(latency)
        return math.nan


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def score(
    expected: Expected, results: Sequence[FrameResult], latencies: Iterable[int], known: Iterable[tuple[str, str]]
) -> Score:
    """Compare.

    Args:
        expected: what was so.
        results: what the chain says, in order.
        latencies: of the recorded decisions [ms].
        known: exercise and fault of everything that can be said.
    """
    stamps = np.array([result.skeleton.stamp for result in results], np.int64)
    detected = [result for result in results if result.skeleton.detected]
    found = Score(
        seconds=float(np.ptp(stamps)) * 1e-9 if len(stamps) else 0.0,
        frames=len(results),
        detected=len(detected),
        latencies=Counter(latencies),
    )
    _judge_names(found, expected, detected)
    _judge_angles(found, expected, detected)
    if expected.repetitions is not None:
        counted = Counter(r.exercise for result in results for r in result.coaching.repetitions)
        found.repetitions = expected.repetitions.total()
        found.miscounted = sum(
            abs(expected.repetitions[name] - counted[name]) for name in expected.repetitions | counted
        )
    if expected.stretches:
        cues = [result.coaching.cue for result in results if result.coaching.cue is not None]
        _judge_cues(found, expected, cues, frozenset(known))
    return found


def _judge_names(found: Score, expected: Expected, detected: Sequence[FrameResult]) -> None:
    for span in expected.spans:
        labels = [r.action.label for r in detected if span.begin + SETTLE <= r.skeleton.stamp < span.end]
        found.judged += len(labels)
        found.right += labels.count(span.label)


def _judge_angles(found: Score, expected: Expected, detected: Sequence[FrameResult]) -> None:
    """Angle-Score (eq. 12) of the angles that the coach works with."""
    pairs = [(r.skeleton, t) for r in detected if (t := expected.angles.get(r.skeleton.stamp)) is not None]
    if pairs:
        measured = np.array([seen_angles(s.world, s.image, s.aspect)[0] for s, _ in pairs])[:, BENDS]
        error = np.abs(np.radians(measured - np.array([truth for _, truth in pairs])[:, BENDS]))
        found.angles, found.angle_error = int(np.isfinite(error).sum()), float(np.nansum(error))


def _judge_cues(found: Score, expected: Expected, cues: Sequence[Cue], known: frozenset[tuple[str, str]]) -> None:
    episodes = [e for e in expected.episodes() if (e.span.label, e.fault) in known]
    fitting = [any(_fits(cue, episode) for episode in episodes) for cue in cues]
    wrong = [cue for cue, fits in zip(cues, fitting, strict=True) if not fits]
    clean = expected.clean()
    found.episodes, found.cues, found.clean = len(episodes), len(cues), len(clean)
    found.told = sum(any(_fits(cue, episode) for cue in cues) for episode in episodes)
    found.fitting = sum(fitting)
    found.disturbed = sum(any(_within(cue.stamp, span) for cue in wrong) for span in clean)


def _fits(cue: Cue, episode: Episode) -> bool:
    """Whether a cue names the fault while it lasts, or while the words for its last moment are still worth saying."""
    span = Span(episode.span.begin, episode.span.end + LIFETIME, episode.span.label)
    return cue.exercise == span.label and cue.fault == episode.fault and _within(cue.stamp, span)


def _within(stamp: int, span: Span) -> bool:
    return span.begin <= stamp < span.end


def as_json(found: Score) -> dict[str, Any]:
    """The counts, ready for JSON."""
    counts = {f.name: getattr(found, f.name) for f in fields(Score)}
    return {**counts, "latencies": {str(key): count for key, count in sorted(found.latencies.items())}}


def from_json(counts: dict[str, Any]) -> Score:
    """The reverse of `as_json`."""
    return Score(**{**counts, "latencies": Counter({int(key): count for key, count in counts["latencies"].items()})})

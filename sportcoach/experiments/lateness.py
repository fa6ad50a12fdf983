"""How late a cue is: from the moment at which the fault really passed the threshold to the cue."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sportcoach_feedback.exercise import FaultRule
from sportcoach_feedback.pose import Pose
from sportcoach_feedback.repetitions import MIN_SWING
from sportcoach_perception.frames import Floats
from sportcoach_sim.athlete import Truth
from sportcoach_sim.dataset.clip import Clip
from sportcoach_sim.scene import ASPECT


@dataclass(frozen=True, slots=True)
class TrueSet:
    """What really was, frame by frame.

    stamps: (F,) ns; repetition: (F,) number from 1, 0 before the first; progress: (F,) 0 starting, 1 turning posture.
    world: (F, 33, 3) m, image: (F, 33, 2); the exact landmarks.
    """

    stamps: NDArray[np.int64]
    repetition: NDArray[np.int64]
    progress: NDArray[np.float64]
    world: Floats
    image: Floats

    @classmethod
    def of_clip(cls, clip: Clip) -> TrueSet:
        """That of a recorded clip."""
        repetition = np.asarray(clip.repetition, np.int64)
        return cls(clip.stamps, repetition, np.asarray(clip.progress, np.float64), clip.truth.world, clip.truth.image)

    @classmethod
    def of_truths(cls, truths: Sequence[Truth]) -> TrueSet:
        """That of a set that was watched live."""
        return cls(
            np.array([t.stamp for t in truths], np.int64),
            np.array([t.repetition for t in truths], np.int64),
            np.array([t.progress for t in truths], np.float64),
            np.stack([t.skeleton.world for t in truths]),
            np.stack([t.skeleton.image for t in truths]),
        )

    def repetition_at(self, stamp: int) -> int:
        """Number of the repetition at `stamp` [ns]; of the one before, in the pause after it."""
        return int(self.repetition[: int(np.searchsorted(self.stamps, stamp)) + 1].max(initial=0))

    def excess(self, frame: int, rule: FaultRule) -> float:
        """Degrees by which the true pose is beyond the threshold of `rule`, at the worst of its sides."""
        pose = Pose.of(self.world[frame], np.ones(len(self.world[frame]), np.float32), self.image[frame], ASPECT)
        return max((rule.excess(value) for _, value in pose.readings(rule)), default=-math.inf)


def lateness(truth: TrueSet, stamp: int, rule: FaultRule, threshold: float) -> float | None:
    """Seconds from the moment at which the fault passed `threshold` [degrees] to a cue at `stamp` [ns].

    A fault counts from where the movement can be told from swaying: `MIN_SWING` of the way out. One of the turning
    point passes the threshold when the athlete, who hasn't gone far enough, begins the way back. The cue is
    not late (0) where it comes earlier than that. None where the fault doesn't pass the threshold at all in the
    repetition that the cue is about.
    """
    frames = np.flatnonzero(truth.repetition == truth.repetition_at(stamp))
    if not len(frames):
        return None
    if rule.phase == "turn":
        deepest = truth.progress[frames] >= truth.progress[frames].max() - 1e-6
        frames = frames[deepest][-1:]
    frames = frames[truth.progress[frames] >= MIN_SWING]
    passed = next((frame for frame in frames.tolist() if truth.excess(frame, rule) >= threshold), None)
    return None if passed is None else max(0.0, (stamp - int(truth.stamps[passed])) * 1e-9)

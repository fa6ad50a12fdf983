"""Batches for training: class-balanced sampling (eq. 8), augmented, with changes of exercise in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.augment import augment
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.features import CHANNELS, PERIOD, FeatureExtractor, Sample

_SETTLE = 5
"""Frames after a change in which nobody could tell."""
_SURE = 20
"""Frames after a change from which the answer counts fully (1 s)."""
_OTHER = ACTIONS.index("other")


@dataclass(frozen=True)
class Batch:
    """features (B, T, 33, 16), labels (B, T) index into ACTIONS, weights (B, T) how much a frame's answer counts."""

    features: Floats
    labels: NDArray[np.int64]
    weights: Floats


def extract(world: Floats, seen: NDArray[np.bool_]) -> Floats:
    """Features (B, T, 33, 16) of evenly sampled streams (B, T, 33, 3), (B, T, 33) without IMUs."""
    extractor = FeatureExtractor()
    imu = np.zeros((len(world), len(LIMBS), 6), np.float32)
    features = np.empty((*world.shape[:3], CHANNELS), np.float32)
    for t in range(world.shape[1]):
        features[:, t] = extractor.step(Sample(t * PERIOD, world[:, t], seen[:, t], imu))
    return features


class Sampler:
    """Draws batches from sequences: each action equally often, within an action each source by its weight.

    Args:
        sequences: at the recogniser's rate.
        source_weight: share of each source within an action, 1 where not named.
        frames: length of a drawn piece.
        seed: same seed, same batches.
    """

    def __init__(
        self, sequences: list[Sequence], source_weight: Mapping[str, float], frames: int, seed: int,
        other_share: float = 1.0,
    ) -> None:  # fmt: skip
        self._sequences = sequences
        self._frames = frames
        self._rng = np.random.default_rng(seed)
        kinds = [(sequence.label, sequence.source) for sequence in sequences]
        counts = Counter(kinds)
        weight = {kind: source_weight.get(kind[1], 1.0) for kind in counts}
        total = {label: sum(w for kind, w in weight.items() if kind[0] == label) for label, _ in counts}
        share = {label: other_share if label == "other" else 1.0 for label in total}
        chance = np.array([share[kind[0]] * weight[kind] / total[kind[0]] / counts[kind] for kind in kinds])
        self._chance = chance / chance.sum()
        self._by_label = {label: [index for index, kind in enumerate(kinds) if kind[0] == label] for label in total}

    def state_dict(self) -> dict[str, Any]:
        """What further batches depend on."""
        return dict(self._rng.bit_generator.state)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from there."""
        self._rng.bit_generator.state = state_dict

    def _draw(self, label: str | None = None) -> Sequence:
        if label is None:
            return self._sequences[self._rng.choice(len(self._sequences), p=self._chance)]
        indices = self._by_label[label]
        chance = self._chance[indices]
        return self._sequences[indices[self._rng.choice(len(indices), p=chance / chance.sum())]]

    def batch(self, size: int) -> Batch:
        """The next `size` pieces."""
        shape = (size, self._frames)
        world = np.zeros((*shape, len(LANDMARKS), 3), np.float32)
        seen = np.zeros((*shape, len(LANDMARKS)), np.bool_)
        labels = np.zeros(shape, np.int64)
        weights = np.zeros(shape, np.float32)
        for row in range(size):
            self._fill(world[row], seen[row], labels[row], weights[row])
        return Batch(extract(world, seen), labels, weights)

    def _fill(self, world: Floats, seen: NDArray[np.bool_], labels: NDArray[np.int64], weights: Floats) -> None:
        """One piece; every third is followed by another one, mostly of another exercise."""
        first = self._draw()
        change = self._rng.random() < 0.33
        length = int(self._rng.integers(10, self._frames - 20)) if change else self._frames
        end = self._put(first, 0, length, world, seen, labels)
        changes = np.zeros(self._frames, np.bool_)
        changes[0] = True
        if change:
            second = self._draw(first.label if self._rng.random() < 0.4 else None)
            changes[end] = True
            end = self._put(second, end, self._frames, world, seen, labels)
        changes[1:] |= labels[1:] != labels[:-1]
        weights[:end] = _ramp(_since(changes))[:end]

    def _put(
        self, sequence: Sequence, begin: int, stop: int,
        world: Floats, seen: NDArray[np.bool_], labels: NDArray[np.int64],
    ) -> int:  # fmt: skip
        """Put a variant of `sequence` there; returns where it ends, which is `stop` or earlier."""
        piece, visible, begun = augment(sequence, stop - begin, self._rng)
        end = begin + len(piece)
        world[begin:end], seen[begin:end] = piece, visible
        labels[begin:end] = np.where(begun, ACTIONS.index(sequence.label), _OTHER)
        return end


def _since(changes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(T,) frames since the last change; the first frame is one."""
    frames = np.arange(len(changes))
    return frames - np.maximum.accumulate(np.where(changes, frames, 0))


def _ramp(since: NDArray[np.int64]) -> Floats:
    """(T,) 0 up to `_SETTLE`, rising to 1 at `_SURE`."""
    return np.clip((since - _SETTLE) / (_SURE - _SETTLE), 0.0, 1.0).astype(np.float32)

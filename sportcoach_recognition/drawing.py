"""Which sequences and which pieces of them a network is trained on."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration, even


def class_balance(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Eq. 8: how likely each sequence is drawn, so that every class is drawn equally often."""
    counts = Counter(labels.tolist())
    chance = np.array([1.0 / counts[label] for label in labels.tolist()])
    return np.asarray(chance / chance.sum())


def draw(sequence: Sequence, rate: float, config: FitConfig, rng: np.random.Generator) -> NDArray[np.float64]:
    """Stamps [ns] of a random piece of a sequence, which make it so many steps per second at a random tempo."""
    how = config.perturbations
    tempo = float(np.exp(rng.uniform(-1.0, 1.0) * np.log(how.tempo)))
    begin, end = duration(sequence)
    length = min((end - begin) * rng.uniform(how.crop, 1.0), config.longest * tempo * 1e9 / rate)
    start = begin + rng.uniform(0.0, 1.0) * (end - begin - length)
    return even(start, start + length, rate / tempo)

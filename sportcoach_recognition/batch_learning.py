"""Training of the networks that learn from everything at once instead of step by step."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Rows
from dataclasses import replace
from typing import Any, Final, Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.drawing import class_balance, draw
from sportcoach_recognition.grid import duration, even, on_grid, stack
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.perturb import perturb


class LearnsAtOnce(Protocol):
    """A network that is fitted in one go."""

    config: Any

    def signals(self, inputs: Inputs) -> list[Tensor]:
        """What it keeps of a batch, each (N, ...)."""

    def learn(self, signals: list[Tensor], labels: Tensor, weight: Tensor, random: torch.Generator) -> None:
        """Fit to labels (N,) of a whole training set, each of weight (N,)."""


_BATCH: Final = 64


def learn(network: nn.Module, train: Rows[Sequence], labels: Rows[int], config: FitConfig, seed: int) -> nn.Module:
    """`network`, fitted to the sequences as they are and to `copies` random variants of each."""
    fitted, chosen = cast(LearnsAtOnce, network), np.tile(np.array(labels), 1 + config.copies)
    weight = class_balance(chosen) * len(chosen)
    with torch.no_grad():
        pieces = [fitted.signals(inputs) for inputs in _inputs(train, fitted.config, config, seed)]
        signals = [torch.cat(parts) for parts in zip(*pieces, strict=True)]
        fitted.learn(
            signals,
            torch.from_numpy(chosen),
            torch.from_numpy(weight).float(),
            torch.Generator().manual_seed(seed),
        )
    return network.eval()


def _inputs(train: Rows[Sequence], sizes: Any, config: FitConfig, seed: int) -> Iterator[Inputs]:
    """Batches of the sequences in their order, first as they are, then as many times in variants."""
    rng, random = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    for copy in range(1 + config.copies):
        for begin in range(0, len(train), _BATCH):
            some = train[begin : begin + _BATCH]
            stamps = [
                _varied(sequence, sizes.rate, config, rng) if copy else even(*duration(sequence), sizes.rate)
                for sequence in some
            ]
            inputs = stack([on_grid(s, at, sizes.imu_per_step) for s, at in zip(some, stamps, strict=True)])
            yield perturb(inputs, config.perturbations, random) if copy else inputs


def _varied(sequence: Sequence, rate: float, config: FitConfig, rng: np.random.Generator) -> NDArray[np.float64]:
    """As in `drawing.draw`, however long."""
    return draw(sequence, rate, replace(config, longest=1 << 30), rng)

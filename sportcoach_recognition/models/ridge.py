"""A linear layer whose weights are found in one go, by least squares."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_CLIP = 5.0
"""Deviations of a feature beyond which it says no more."""


class Ridge(nn.Module):
    """Scores of outputs, +1 for the right one and -1 for the others, by weighted ridge regression on z-scores.

    Args:
        features, outputs: their numbers.
    """

    mean: Tensor
    std: Tensor
    weights: Tensor
    offset: Tensor

    def __init__(self, features: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(features))
        self.register_buffer("std", torch.ones(features))
        self.register_buffer("weights", torch.zeros(features, outputs))
        self.register_buffer("offset", torch.zeros(outputs))

    def _normalised(self, x: Tensor) -> Tensor:
        z: Tensor = ((x - self.mean) / self.std).clamp(-_CLIP, _CLIP) / float(x.shape[1]) ** 0.5
        return z

    def learn(self, x: Tensor, labels: Tensor, weight: Tensor, strength: float) -> None:
        """Fit, by the dual problem (more features than movements).

        Args:
            x: (N, F) features.
            labels: (N,) index of the output.
            weight: (N,) how much each counts, 1 on average.
            strength: of the penalty on large weights.
        """
        self.mean.copy_(x.mean(0))
        self.std.copy_(x.std(0) + 1e-3)
        z, root = self._normalised(x), weight.double().sqrt()[:, None]
        bias = 0.1  # a constant feature
        gram = (z @ z.T).double() + bias
        targets = 2.0 * F.one_hot(labels, self.offset.shape[0]).double() - 1.0
        penalty = strength * torch.eye(len(x), dtype=torch.float64)
        dual = torch.linalg.solve(gram * root * root.T + penalty, targets * root) * root
        self.weights.copy_(z.T @ dual.float())
        self.offset.copy_(bias * dual.sum(0))

    def forward(self, x: Tensor) -> Tensor:
        """(N, F) to (N, outputs)."""
        return self._normalised(x) @ self.weights + self.offset

"""Causal layers that are given their past and return it: one code for windows and for single steps.

Each takes x (B, T, N, C) and what it remembers of the steps before, and returns its answer and what to remember next;
`start` is the past of a stream that begins now. A window is T steps after `start`, a stream is T = 1 again and again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def extend(x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """(B, T, ...) behind its past (B, P, ...): (B, P + T, ...), and the past of what comes next (B, P, ...)."""
    if not past.shape[1]:
        return x, past
    sequence = torch.cat([past, x], dim=1)
    return sequence, sequence[:, sequence.shape[1] - past.shape[1] :]


def delayed(sequence: Tensor, delays: Sequence[int], dim: int) -> Tensor:
    """(B, P + T, N, C) as it was so many steps ago, side by side as nodes (dim 2) or as channels (dim 3).

    A single step, which has to be quick, is one look-up instead of a slice for each delay.

    Args:
        sequence: behind its past.
        delays: D steps; the last one is P.
        dim: (B, T, D N, C) for 2, (B, T, N, D C) for 3.
    """
    first = delays[-1]
    steps = sequence.shape[1] - first
    if steps == 1:
        taps = sequence[:, [first - d for d in delays]]
        return (taps if dim == 2 else taps.transpose(1, 2)).flatten(dim - 1, dim)[:, None]
    return torch.cat([sequence[:, first - d : first - d + steps] for d in delays], dim=dim)


class Norm(nn.Module):
    """Batch normalisation over everything but the channels: in evaluation a fixed scale and shift."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """(..., C) to (..., C)."""
        flat: Tensor = self.norm(x.flatten(0, -2))
        return flat.view_as(x)


class CausalConv(nn.Module):
    """Eq. 5: h_t = x_t + ReLU(sum_k W_k x_{t - k d}), the same for every node."""

    def __init__(self, channels: int, kernel: int, dilation: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.delays = [k * dilation for k in range(kernel)]
        self.channels = channels
        self.weights = nn.Linear(kernel * channels, channels, bias=False)
        self.norm: nn.Module = Norm(channels)
        self.dropout = nn.Dropout(dropout)

    def start(self, batch: int, nodes: int) -> Tensor:
        """(B, P, N, C)."""
        return self.weights.weight.new_zeros(batch, self.delays[-1], nodes, self.channels)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, N, C) to the same."""
        sequence, past = extend(x, past)
        taps = delayed(sequence, self.delays, 3)
        return x + self.dropout(F.relu(self.norm(self.weights(taps)))), past


class SparseAttention(nn.Module):
    """Eq. 6: F_i = sum_j alpha_ij W_g H_j over the pairs of nodes that the prior allows, now and at earlier steps.

    Args:
        channels: C, a multiple of `heads`.
        heads: H.
        allowed: (N, D, N) whether node i may look at node j as it was delays[d] steps ago.
        delays: steps, the first 0, increasing.
    """

    bias: Tensor

    def __init__(self, channels: int, heads: int, allowed: Tensor, delays: Sequence[int]) -> None:
        super().__init__()
        self.heads, self.delays, self.channels = heads, list(delays), channels
        self.query = nn.Linear(channels, channels)
        self.key_value = nn.Linear(channels, 2 * channels)
        self.out = nn.Linear(channels, channels, bias=False)
        self.norm: nn.Module = Norm(channels)
        self.prior = nn.Parameter(torch.zeros(heads, *allowed.flatten(1).shape))
        self.register_buffer("forbidden", ~allowed.flatten(1), persistent=False)

    def start(self, batch: int, nodes: int) -> Tensor:
        """(B, P, N, 2 C)."""
        return self.prior.new_zeros(batch, self.delays[-1], nodes, 2 * self.channels)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T, N, C) to the same."""
        b, t, n, c = x.shape
        sequence, past = extend(self.key_value(x), past)
        seen = delayed(sequence, self.delays, 2)
        key, value = seen.reshape(b * t, -1, 2 * self.heads, c // self.heads).transpose(1, 2).chunk(2, dim=1)
        query = self.query(x).view(b * t, n, self.heads, -1).transpose(1, 2)
        score = query @ key.transpose(-1, -2) / math.sqrt(c // self.heads) + self.prior
        alpha = score.masked_fill(self.forbidden, -torch.inf).softmax(-1)
        answer = (alpha @ value).transpose(1, 2).reshape(b, t, n, c)
        return x + F.relu(self.norm(self.out(answer))), past

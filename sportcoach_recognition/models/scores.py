"""What every network gives back."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Scores:
    """Unnormalised log-probabilities of K actions, and what a network says besides.

    action: (B, K) the answer.
    skeleton, sensors: (B, K) each branch's own answer.
    nodes: (B, M, K) each node's own answer.
    attention: (B, M) how much the network looks at each node, sums to 1.
    stage: (B, T, S) unnormalised log-probabilities of the stages at each step.
    angles: (B, T, J) radians, joint angles (or deviations, by what it was trained on) at each step.
    quality: (B,) 0..1.
    """

    action: Tensor
    skeleton: Tensor | None = None
    sensors: Tensor | None = None
    nodes: Tensor | None = None
    attention: Tensor | None = None
    stage: Tensor | None = None
    angles: Tensor | None = None
    quality: Tensor | None = None

"""What training minimises."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.tracks import UNKNOWN, Truth


def total(scores: Scores, inputs: Inputs, labels: Tensor, smoothing: float, branch: float, attention: float) -> Tensor:
    """Cross entropy of the answer, plus what else the network lets itself be asked.

    Args:
        scores: of a batch.
        inputs: the batch; a branch with nothing to go by is not asked.
        labels: (B,) index of the class.
        smoothing: of the labels.
        branch: weight of each branch's own cross entropy.
        attention: weight of eq. 16.
    """
    loss = F.cross_entropy(scores.action, labels, label_smoothing=smoothing)
    for own, measured in ((scores.skeleton, inputs.seen), (scores.sensors, inputs.imu_seen)):
        if own is not None:
            each = F.cross_entropy(own, labels, reduction="none", label_smoothing=smoothing)
            there = measured.amax((1, 2))
            loss = loss + branch * (each * there).sum() / there.sum().clamp(min=1.0)
    if scores.nodes is not None and scores.attention is not None:
        loss = loss + attention * attention_weighted(scores.nodes, scores.attention, labels)
    return loss


def attention_weighted(nodes: Tensor, attention: Tensor, labels: Tensor) -> Tensor:
    """Eq. 16: sum_i alpha_i |y_i - yhat_i|^2, the mean over the batch.

    Args:
        nodes: (B, M, K) scores of each node.
        attention: (B, M) alpha.
        labels: (B,) index of the class.
    """
    truth = F.one_hot(labels, nodes.shape[-1])[:, None]
    error = (truth - nodes.softmax(-1)).square().sum(-1)
    return torch.sum(attention * error, dim=1).mean()


def of_heads(scores: Scores, truth: Truth) -> Tensor:
    """Cross entropy of the stage, absolute error of the angles [rad] and of the quality, where they are known."""
    loss = scores.action.new_zeros(())
    if scores.stage is not None:
        entropy = F.cross_entropy(
            scores.stage.flatten(0, 1), truth.stage.flatten(), ignore_index=UNKNOWN, reduction="sum"
        )
        loss = loss + entropy / (truth.stage != UNKNOWN).sum().clamp(min=1)
    for told, right in ((scores.angles, truth.angles), (scores.quality, truth.quality)):
        if told is not None:
            known = right.isfinite()
            error = (told - right.nan_to_num()).abs() * known
            loss = loss + error.sum() / known.sum().clamp(min=1)
    return loss

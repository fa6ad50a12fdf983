"""Networks for inference alone: what is fixed after training is done beforehand."""

from __future__ import annotations

import copy

import torch
from torch import nn

from sportcoach_recognition.models.layers import CausalConv, Norm, SparseAttention
from sportcoach_recognition.models.stream_gat import Body, StreamGat


def folded(network: StreamGat) -> StreamGat:
    """A copy in evaluation mode that answers the same, each layer's normalisation being part of its weights."""
    network = copy.deepcopy(network).eval()
    for layer in network.modules():
        if isinstance(layer, CausalConv):
            layer.norm = _into(layer.weights, layer.norm)
        elif isinstance(layer, SparseAttention):
            layer.norm = _into(layer.out, layer.norm)
        elif isinstance(layer, Body):
            layer.norm = _into(layer.gather, layer.norm)
    return network


def _into(linear: nn.Linear, norm: nn.Module) -> nn.Module:
    """Make `norm` part of `linear`, which has no bias yet; returns what to put in its place."""
    assert isinstance(norm, Norm) and linear.bias is None
    measured = norm.norm
    assert measured.running_var is not None and measured.running_mean is not None
    with torch.no_grad():
        scale = measured.weight / (measured.running_var + measured.eps).sqrt()
        linear.weight *= scale[:, None]
        linear.bias = nn.Parameter(measured.bias - measured.running_mean * scale)
    return nn.Identity()

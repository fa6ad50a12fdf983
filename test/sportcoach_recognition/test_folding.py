"""A network that is folded for inference answers as before."""

from __future__ import annotations

import numpy as np
import torch

from sportcoach_recognition.fitted import build
from sportcoach_recognition.models.folding import folded
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import Norm
from sportcoach_recognition.models.stream_gat import StreamGat


def test_normalisation_becomes_part_of_the_weights() -> None:
    torch.manual_seed(0)
    network = build("stream_gat", 3, {"joint": 4, "part": 4, "limb": 4, "body": 8}).eval()
    assert isinstance(network, StreamGat)
    for parameter in [*network.parameters(), *(b for b in network.buffers() if b.is_floating_point())]:
        parameter.data = parameter.abs() + torch.rand_like(parameter)  # as after a training, nothing is 0 or 1
    shapes = ((33, 3), (33,), (4, 18), (4,), ())
    inputs = Inputs(*(torch.rand(1, 20, *shape) for shape in shapes))
    quick = folded(network)
    with torch.inference_mode():
        wanted, found = network(inputs).action, quick(inputs).action
        state = quick.start()
        for step in range(20):
            scores, state = quick.step(inputs.between(step, step + 1), state)
    np.testing.assert_allclose(found, wanted, rtol=1e-4)
    np.testing.assert_allclose(scores.action, wanted, rtol=1e-4)
    norms = [sum(isinstance(m, Norm) for m in net.modules()) for net in (network, quick)]
    assert norms[1] < norms[0] / 3

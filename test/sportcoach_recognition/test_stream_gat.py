"""Our network: steps agree with windows at every frame, and a missing sensor or camera never breaks it."""

from __future__ import annotations

import pytest
import torch
from stream import movement

from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.stream_gat import Config, StreamGat


def network(**settings: object) -> StreamGat:
    """With statistics as after training: neither zero nor one."""
    torch.manual_seed(1)
    net = StreamGat(Config(classes=5, **settings)).eval()  # type: ignore[arg-type]
    for name, statistics in net.named_buffers():
        if "running" in name:
            statistics.add_(0.5 * torch.rand_like(statistics))
    return net


@pytest.mark.parametrize("steps", [1, 7, 64, 90])
@pytest.mark.parametrize("settings", [{}, {"window": 16, "dilations": (1, 3), "joint": 12, "prior": False}])
def test_steps_agree_with_the_window_at_every_frame(steps: int, settings: dict[str, object]) -> None:
    net, inputs = network(**settings), movement(steps)
    state = net.start()
    with torch.inference_mode():
        for t in range(steps):
            scores, state = net.step(inputs.between(t, t + 1), state)
            if t % 5 == 0 or t == steps - 1:
                torch.testing.assert_close(scores.action, net(inputs.between(0, t + 1)).action, atol=1e-4, rtol=0.0)


def test_padding_behind_a_movement_changes_nothing() -> None:
    net, inputs = network(window=20), movement(40)
    padded = Inputs(*(torch.cat([t, torch.zeros_like(t[:, :15])], 1) for t in inputs.tensors()))
    with torch.inference_mode():
        torch.testing.assert_close(net(padded).action, net(inputs).action)


def test_each_branch_stands_alone() -> None:
    net, inputs = network(), movement(30)
    with torch.inference_mode():
        alone = net(inputs.without_imu())
        torch.testing.assert_close(alone.action, alone.skeleton)
        torch.testing.assert_close(alone.skeleton, net(inputs).skeleton)
        alone = net(inputs.without_pose())
        torch.testing.assert_close(alone.action, alone.sensors)
        assert not net(inputs.without_pose().without_imu()).action.any()

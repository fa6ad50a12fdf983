"""Our network: steps agree with windows at every frame, and a missing sensor or camera never breaks it."""

from __future__ import annotations

import pytest
import torch
from stream import movement

from sportcoach_recognition.graph import NODES, anatomical_prior
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import SparseAttention
from sportcoach_recognition.models.stream_gat import Config, StreamGat
from tools import make_prior_image


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


def test_the_prior_joins_what_moves_together_and_nothing_else() -> None:
    prior = anatomical_prior(NODES, (0, 1))
    at = {name: place for place, name in enumerate(NODES)}
    now, before = prior[:, 0], prior[:, 1]
    assert torch.equal(now, now.T)
    assert now[at["left_wrist"], at["left_shoulder"]]
    assert now[at["left_wrist"], at["right_wrist"]]
    assert not now[at["left_wrist"], at["left_ankle"]]
    assert before[at["left_knee"], at["left_knee"]]
    assert before[at["left_knee"], at["left_hip"]]
    assert not before[at["left_wrist"], at["right_wrist"]]
    assert now.float().mean() < 0.5


def test_attention_never_leaves_the_prior() -> None:
    torch.manual_seed(0)
    allowed = anatomical_prior(NODES, (0, 1))
    layer = SparseAttention(8, 2, allowed, (0, 1)).eval()
    x = torch.randn(1, 3, len(NODES), 8, requires_grad=True)
    wrist = NODES.index("left_wrist")
    layer(x, layer.start(1, len(NODES)))[0][0, 2, wrist].sum().backward()
    heard = x.grad[0].abs().sum(-1) > 0  # type: ignore[index]
    assert torch.equal(heard[2], allowed[wrist, 0])
    assert torch.equal(heard[1], allowed[wrist, 1])
    assert not heard[0].any()


def test_the_picture_of_the_prior_is_up_to_date() -> None:
    assert make_prior_image.OUT.read_text() == make_prior_image.svg()

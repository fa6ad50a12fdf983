"""The paper's network and its baselines: shapes, masks, and the loss that is weighted by attention."""

from __future__ import annotations

import pytest
import torch
from stream import movement

from sportcoach_perception.skeleton import LANDMARKS
from sportcoach_recognition.fitted import NETWORKS, build
from sportcoach_recognition.graph import spatio_temporal_edges
from sportcoach_recognition.losses import attention_weighted
from sportcoach_recognition.models.inputs import Inputs

SMALL = {"channels": 8, "heads": 2, "window": 12}


def test_time_edges_join_each_joint_with_itself_one_step_later() -> None:
    edges = {tuple(edge) for edge in spatio_temporal_edges(LANDMARKS, 3).T.tolist()}
    n, hip, knee = len(LANDMARKS), LANDMARKS.index("left_hip"), LANDMARKS.index("left_knee")
    assert {(hip, knee), (knee, hip), (n + hip, n + knee), (hip, n + hip), (n + hip, 2 * n + hip)} <= edges
    assert not {(hip, n + knee), (n + hip, hip), (hip, 2 * n + hip)} & edges


def test_attention_weighted_loss_by_hand() -> None:
    nodes = torch.log(torch.tensor([[[0.9, 0.1], [0.5, 0.5]]]))
    loss = attention_weighted(nodes, torch.tensor([[0.75, 0.25]]), torch.tensor([0]))
    assert loss.item() == pytest.approx(0.75 * (0.1**2 + 0.1**2) + 0.25 * 0.5)


@pytest.mark.parametrize("settings", [{}, {"gate": False}, {"attend": False}])
def test_attention_is_a_distribution_over_what_was_measured(settings: dict[str, bool]) -> None:
    torch.manual_seed(0)
    net = build("tcn_gat", 5, {**SMALL, **settings}).eval()
    inputs = movement(10)
    inputs.valid[:, 7:] = 0.0
    scores = net(inputs)
    torch.testing.assert_close(scores.attention.sum(), torch.tensor(1.0))
    assert not scores.attention[:, 7 * len(LANDMARKS) :].any()


def test_movements_that_are_attended_together_are_answered_as_each_alone() -> None:
    torch.manual_seed(0)
    net, inputs = build("tcn_gat", 5, SMALL).eval(), movement(10, batch=9)
    with torch.inference_mode():
        together = net(inputs)
        alone = [net(Inputs(*(tensor[n : n + 1] for tensor in inputs.tensors()))) for n in range(9)]
    torch.testing.assert_close(together.action, torch.cat([scores.action for scores in alone]))
    torch.testing.assert_close(together.attention, torch.cat([scores.attention for scores in alone]))


@pytest.mark.parametrize("model", NETWORKS)
def test_what_follows_the_end_of_a_movement_changes_nothing(model: str) -> None:
    torch.manual_seed(0)
    net = build(model, 5, {"window": 12}).eval()
    inputs = movement(20)
    padded = Inputs(*(torch.cat([t, torch.ones_like(t[:, :4])], 1) for t in inputs.tensors()))
    padded.valid[:, 20:] = 0.0
    with torch.inference_mode():
        torch.testing.assert_close(net(padded).action, net(inputs).action)


@pytest.mark.parametrize("model", NETWORKS)
def test_no_camera_and_no_sensors_break_nothing(model: str) -> None:
    net = build(model, 5, {}).eval()
    inputs = movement(8)
    with torch.inference_mode():
        for view in (inputs.without_imu(), inputs.without_pose(), inputs.without_imu().without_pose()):
            assert torch.isfinite(net(view).action).all()

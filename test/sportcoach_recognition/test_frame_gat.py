"""The network: windows and steps agree, and the past alone decides."""

from __future__ import annotations

import pytest
import torch
from stream import features, frame_by_frame, two_futures

from sportcoach_recognition.models.frame_gat import Config, FrameGat


def network(**settings: object) -> FrameGat:
    torch.manual_seed(1)
    net = FrameGat(Config(**settings)).eval()  # type: ignore[arg-type]
    net.mean.normal_()
    net.std.uniform_(0.5, 2.0)
    net.age.data.normal_()
    return net


@pytest.mark.parametrize("frames", [1, 5, 64, 100])
@pytest.mark.parametrize("settings", [{}, {"dilations": (1, 3), "kernel": 4, "channels": 16, "heads": 2}])
def test_steps_agree_with_the_window_at_every_frame(frames: int, settings: dict[str, object]) -> None:
    net, given = network(**settings), features(frames)
    with torch.inference_mode():
        window = net(given)[0]
    torch.testing.assert_close(frame_by_frame(net, given), window, atol=1e-4, rtol=0.0)


def test_the_future_does_not_change_the_past() -> None:
    torch.testing.assert_close(*two_futures(network()))


def test_a_step_leaves_the_state_before_it_alone() -> None:
    net, given = network(), features(30)
    with torch.inference_mode():
        _, state = net.step(given[0, 0], net.start())
        first, _ = net.step(given[0, 1], state)
        net.step(given[0, 2], state)
        assert torch.equal(net.step(given[0, 1], state)[0], first)


def test_what_an_unseen_landmark_claims_is_ignored() -> None:
    net, given = network(), features(20)
    given[:, :, 15, 15] = 0.0
    changed = given.clone()
    changed[:, :, 15, :9] = 100.0
    with torch.inference_mode():
        torch.testing.assert_close(net(given), net(changed))


def test_untrained_imu_inputs_say_nothing() -> None:
    net, given = network(), features(10)
    changed = given.clone()
    changed[..., 9:15] = 7.0
    with torch.inference_mode():
        torch.testing.assert_close(net(given), net(changed))

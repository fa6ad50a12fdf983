"""The network: windows and steps agree, and the past alone decides."""

from __future__ import annotations

import pytest
import torch

from sportcoach_recognition.features import CHANNELS
from sportcoach_recognition.models.frame_gat import Config, FrameGat


def network(**settings: object) -> FrameGat:
    torch.manual_seed(1)
    net = FrameGat(Config(**settings)).eval()  # type: ignore[arg-type]
    net.mean.normal_()
    net.std.uniform_(0.5, 2.0)
    net.age.data.normal_()
    return net


def stream(frames: int, seed: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    features = torch.randn(1, frames, 33, CHANNELS, generator=generator)
    features[..., 15] = (torch.rand(1, frames, 33, generator=generator) > 0.3).float()
    return features


@pytest.mark.parametrize("frames", [1, 5, 64, 100])
@pytest.mark.parametrize("settings", [{}, {"dilations": (1, 3), "kernel": 4, "channels": 16, "heads": 2}])
def test_steps_agree_with_the_window_at_every_frame(frames: int, settings: dict[str, object]) -> None:
    net, features = network(**settings), stream(frames)
    with torch.inference_mode():
        window = net(features)[0]
        state, steps = net.start(), []
        for frame in features[0]:
            scores, state = net.step(frame, state)
            steps.append(scores)
    torch.testing.assert_close(torch.stack(steps), window, atol=1e-4, rtol=0.0)


def test_the_future_does_not_change_the_past() -> None:
    net, features = network(), stream(40)
    changed = features.clone()
    changed[:, 25:] = stream(15, seed=3)
    with torch.inference_mode():
        torch.testing.assert_close(net(features)[:, :25], net(changed)[:, :25])


def test_a_step_leaves_the_state_before_it_alone() -> None:
    net, features = network(), stream(30)
    with torch.inference_mode():
        _, state = net.step(features[0, 0], net.start())
        first, _ = net.step(features[0, 1], state)
        net.step(features[0, 2], state)
        assert torch.equal(net.step(features[0, 1], state)[0], first)


def test_what_an_unseen_landmark_claims_is_ignored() -> None:
    net, features = network(), stream(20)
    features[:, :, 15, 15] = 0.0
    changed = features.clone()
    changed[:, :, 15, :9] = 100.0
    with torch.inference_mode():
        torch.testing.assert_close(net(features), net(changed))


def test_untrained_imu_inputs_say_nothing() -> None:
    net, features = network(), stream(10)
    changed = features.clone()
    changed[..., 9:15] = 7.0
    with torch.inference_mode():
        torch.testing.assert_close(net(features), net(changed))

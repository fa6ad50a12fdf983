"""The shipped network in numpy answers as it does in torch, on streams with joints out of sight and after a reset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from sportcoach_recognition import model_file, weights_file
from sportcoach_recognition.array_stepper import ArrayStepper
from sportcoach_recognition.models.frame_gat import Config, FrameGat
from sportcoach_recognition.torch_stepper import TorchStepper


def stream(frames: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((frames, 33, 16)).astype(np.float32)
    features[..., 15] = rng.random((frames, 33)) > 0.3
    features[frames // 2, :, 15] = 0.0  # nothing at all
    return features


def test_a_network_says_whether_it_reads_the_sensors(tmp_path: Path) -> None:
    network = FrameGat(Config(channels=8, heads=2, dilations=(1,)))
    for taught in (False, True):
        if taught:
            network.embed.weight.data[3, 10] = 0.5
        path = tmp_path / f"{taught}.safetensors"
        model_file.store(network, path)
        assert TorchStepper(network).reads_sensors is taught
        assert ArrayStepper.load(path)[0].reads_sensors is taught


@pytest.mark.parametrize("config", [None, Config(channels=8, heads=2, dilations=(1, 3), kernel=2)])
def test_every_frame_is_answered_as_in_torch(tmp_path: Path, config: Config | None) -> None:
    path = weights_file.DEFAULT
    if config is not None:
        torch.manual_seed(1)
        path = tmp_path / "net.safetensors"
        model_file.store(FrameGat(config), path)
    network, model_id = model_file.restore(path)
    stepper, name = ArrayStepper.load(path)
    assert name == model_id
    for seed in (0, 1):
        torch_stepper = TorchStepper(network)
        stepper.reset()
        for features in stream(100, seed):
            np.testing.assert_allclose(stepper.step(features), torch_stepper.step(features), rtol=1e-4, atol=1e-4)

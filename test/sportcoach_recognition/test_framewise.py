"""stream_gat in the place of the network of the graph: the same answers in windows, steps, files and ONNX."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from stream import features, frame_by_frame, two_futures

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition import export, model_file, train
from sportcoach_recognition.config import TrainConfig
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.models import framewise
from sportcoach_recognition.models.framewise import FramewiseStreamGat
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_recognition.torch_stepper import TorchStepper

SMALL = framewise.sizes("stream_gat", {"joint": 8, "part": 8, "body": 16})


def network() -> FramewiseStreamGat:
    """Of random weights, its normalisation too."""
    torch.manual_seed(1)
    net = framewise.build(SMALL)
    assert isinstance(net, FramewiseStreamGat)
    with torch.inference_mode():
        for _ in range(3):
            net.train()(features(80))
    return net.eval()


@pytest.mark.parametrize("frames", [1, 5, 64, 100])
def test_steps_agree_with_the_window_at_every_frame(frames: int) -> None:
    net, given = network(), features(frames)
    with torch.inference_mode():
        window = net(given)[0]
    torch.testing.assert_close(frame_by_frame(net, given), window, atol=1e-4, rtol=0.0)


@pytest.mark.parametrize("frames", [1, 4, 5, 90])
def test_a_stride_leaves_frames_out_and_changes_none(frames: int) -> None:
    net, given = network(), features(frames)
    with torch.inference_mode():
        torch.testing.assert_close(net(given, 4), net(given)[:, ::4], atol=1e-5, rtol=0.0)


def test_the_future_does_not_change_the_past() -> None:
    torch.testing.assert_close(*two_futures(network()))


def test_what_is_written_is_read_and_runs_in_the_graph_as_onnx(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs requirements-onnx.txt")
    pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")
    weights, exported = tmp_path / "net.safetensors", tmp_path / "net.onnx"
    model_file.store(network(), weights)
    restored, model_id = model_file.restore(weights)
    assert framewise.name(restored) == "stream_gat"
    assert export.export(weights, exported) <= export.TOLERANCE
    torch_one, onnx = Recognizer(TorchStepper(restored), model_id), Recognizer.load(exported)
    sequence = next(iter(synthetic.read(1, seed=1)))
    for stamp, world, seen in zip(sequence.stamps[:60], sequence.world, sequence.seen, strict=False):
        frame = FusedFrame(int(stamp), True, world, seen.astype(np.float32))
        ours, theirs = torch_one.step(frame), onnx.step(frame)
        assert (ours.label, ours.model_id) == (theirs.label, theirs.model_id)
        np.testing.assert_allclose(ours.probabilities, theirs.probabilities, atol=export.TOLERANCE)


def test_weights_that_the_graph_cannot_run_as_they_are_say_what_to_do(tmp_path: Path) -> None:
    model_file.store(network(), tmp_path / "net.safetensors")
    with pytest.raises(UserError, match=r"are of stream_gat: .* makes an \.onnx file"):
        Recognizer.load(tmp_path / "net.safetensors")


def test_it_learns_as_the_other_network_does() -> None:
    config = TrainConfig(
        steps=60, batch=8, frames=40, validate_every=60, learning_rate=0.01, network=replace(SMALL, dropout=0.0)
    )
    training, validation = train.split(list(synthetic.read(60, seed=3)), 0.2, seed=0)
    trained = train.train(config, training, validation)
    assert trained.seconds > 0.0
    untrained = framewise.build(SMALL).eval()
    batch = train.Sampler(training, {}, 40, seed=1).batch(32)
    with torch.inference_mode():
        assert train.batch_loss(trained.network, batch, config) < train.batch_loss(untrained, batch, config)


def test_both_shipped_settings_differ_in_the_network_and_its_weight_decay_alone() -> None:
    folder = Path(__file__).parents[2] / "config" / "train"
    ours, other = (TrainConfig.read(folder / f"{name}.yaml") for name in ("frame_gat", "stream_gat"))
    assert [framewise.name(framewise.build(c.network)) for c in (ours, other)] == ["frame_gat", "stream_gat"]
    assert replace(other, network=ours.network, weight_decay=ours.weight_decay) == ours


def test_an_unknown_network_is_named(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("model: tcn\n")
    with pytest.raises(UserError, match="no network 'tcn' that answers frame by frame"):
        TrainConfig.read(tmp_path / "other.yaml")


def test_what_the_graph_fixes_is_not_chosen() -> None:
    assert framewise.sizes("stream_gat", {"classes": 5, "body": 8}).body == 8  # type: ignore[union-attr]
    with pytest.raises(TypeError, match="no choice of classes, sensors"):
        framewise.sizes("stream_gat", {"classes": 3, "sensors": True})

"""Networks as ONNX: the same answers, through the recogniser too, and anything else is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition import steppers, weights_file
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.export import TOLERANCE, export
from sportcoach_recognition.fitted import Fitted, build
from sportcoach_recognition.recognizer import Recognizer

pytest.importorskip("onnx", reason="needs requirements-onnx.txt")
pytest.importorskip("onnxruntime", reason="needs requirements-onnx.txt")

SMALL = {"joint": 8, "heads": 2, "part": 8, "limb": 8, "body": 16, "window": 10}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("export") / "network.onnx"
    assert export(weights_file.DEFAULT, out) <= TOLERANCE
    return out


def test_the_recogniser_gives_the_same_decisions_with_either(exported: Path) -> None:
    torch, onnx = Recognizer.load(), Recognizer.load(exported)
    assert onnx.reads_sensors is torch.reads_sensors
    for sequence in list(synthetic.read(3, seed=1)):
        torch.reset()
        onnx.reset()
        for stamp, world, seen in zip(sequence.stamps[:80], sequence.world, sequence.seen, strict=False):
            frame = FusedFrame(int(stamp), True, world, seen.astype(np.float32))
            ours, theirs = torch.step(frame), onnx.step(frame)
            assert (ours.label, ours.model_id) == (theirs.label, theirs.model_id)
            np.testing.assert_allclose(ours.probabilities, theirs.probabilities, atol=TOLERANCE)


@pytest.mark.parametrize("branches", [{}, {"sensors": False}, {"skeleton": False}])
def test_a_trained_stream_gat_is_exported_and_checked(branches: dict[str, bool], tmp_path: Path) -> None:
    network = build("stream_gat", 7, {**SMALL, **branches}).eval()
    Fitted("stream_gat", tuple("abcdefg"), (network,), tuple("abcdefg")).save(tmp_path / "net.safetensors")
    assert export(tmp_path / "net.safetensors", tmp_path / "net.onnx") <= TOLERANCE
    assert export(tmp_path / "net.safetensors", tmp_path / "window.onnx", window=12) <= TOLERANCE


def test_what_has_no_steps_is_not_exported(tmp_path: Path) -> None:
    Fitted("tcn", ("a", "b"), (build("tcn", 2, {}),), ("a", "b")).save(tmp_path / "net.safetensors")
    with pytest.raises(UserError, match="no single stream_gat"):
        export(tmp_path / "net.safetensors", tmp_path / "net.onnx")


def test_the_network_of_the_graph_has_no_window_to_export(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="step by step"):
        export(weights_file.DEFAULT, tmp_path / "net.onnx", window=64)


def test_another_file_is_a_user_error(tmp_path: Path) -> None:
    weights_file.write_checked(tmp_path / "net.onnx", b"nothing of the kind")
    with pytest.raises(UserError, match="ONNX Runtime can read"):
        Recognizer.load(tmp_path / "net.onnx")


def test_a_network_for_other_actions_is_refused(tmp_path: Path) -> None:
    Fitted("stream_gat", ("a", "b"), (build("stream_gat", 2, SMALL).eval(),), ("a", "b")).save(
        tmp_path / "net.safetensors"
    )
    export(tmp_path / "net.safetensors", tmp_path / "net.onnx")
    with pytest.raises(UserError, match="export it again"):
        steppers.OnnxStepper(tmp_path / "net.onnx")

"""Networks as ONNX: one step of a stream, with the state going in and coming out; checked against PyTorch."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from sportcoach_perception.errors import UserError
from sportcoach_recognition import model_file
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE
from sportcoach_recognition.fitted import Fitted
from sportcoach_recognition.models import framewise
from sportcoach_recognition.models.folding import folded
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.stream_gat import StreamGat
from sportcoach_recognition.steppers import HEADER, session
from sportcoach_recognition.weights_file import write_checked

TOLERANCE: Final = 1e-4
"""Largest difference between the scores of the exported network and of PyTorch."""

_CHECKED_STEPS: Final = 100
_OPSET: Final = 17


class _FramewiseStep(nn.Module):
    """(features (33, 16), state...) to (scores (5,), state...)."""

    def __init__(self, network: framewise.Framewise) -> None:
        super().__init__()
        self.network = network

    def forward(self, features: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        scores, after = self.network.step(features, list(state))
        return scores, *after


class _StreamGatStep(nn.Module):
    """(pose, seen, imu, imu_seen as in Inputs with B = T = 1, state...) to (scores (1, K), state...)."""

    def __init__(self, network: StreamGat) -> None:
        super().__init__()
        self.network = network

    def forward(self, pose: Tensor, seen: Tensor, imu: Tensor, imu_seen: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        inputs = Inputs(pose, seen, imu, imu_seen, torch.ones_like(seen[..., 0]))
        scores, after = self.network.step(inputs, list(state))
        return scores.action, *after


class _StreamGatWindow(nn.Module):
    """(pose, seen, imu, imu_seen as in Inputs with B = 1) to (scores (1, K),)."""

    def __init__(self, network: StreamGat) -> None:
        super().__init__()
        self.network = network

    def forward(self, pose: Tensor, seen: Tensor, imu: Tensor, imu_seen: Tensor) -> tuple[Tensor, ...]:
        return (self.network(Inputs(pose, seen, imu, imu_seen, torch.ones_like(seen[..., 0]))).action,)


def export(weights: Path, out: Path, window: int = 0) -> float:
    """Write the network at `weights` to `out` as ONNX.

    Args:
        weights: of the graph's network, or what `Fitted.save` wrote with a single stream_gat in it.
        out: the .onnx file; its sha256 is written beside it.
        window: write a stream_gat for so many steps at once instead of one step of a stream.

    Returns:
        The largest difference of a score to PyTorch over a random stream.

    Raises:
        UserError: bad weights, a kind of network that does not stream, or the exported network answers otherwise.
    """
    if weights.with_suffix(".json").exists():
        fitted = Fitted.load(weights)
        network = fitted.networks[0]
        if len(fitted.networks) > 1 or fitted.beside or not isinstance(network, StreamGat):
            raise UserError(f"{weights} holds no single stream_gat: other networks have no steps to export")
        config = network.config
        t = window or 1
        shapes = {"pose": (33, 3), "seen": (33,), "imu": (4, 6 * config.imu_per_step), "imu_seen": (4,)}
        frame = {name: (1, t, *shape) for name, shape in shapes.items()}
        about = {"model": fitted.model, "classes": fitted.outputs, "rate": config.rate, "window": window}
        part: Callable[[StreamGat], nn.Module] = _StreamGatWindow if window else _StreamGatStep
        state = [] if window else network.start()
        return _write(part(folded(network)), part(network.eval()), frame, state, about, out)
    if window:
        raise UserError(f"{weights} holds the network of the graph, which is exported step by step only")
    graph_network, model_id = model_file.restore(weights)
    about = {"model": framewise.name(graph_network), "model_id": model_id, "actions": ACTIONS, "rate": RATE}
    about["reads_sensors"] = graph_network.reads_sensors
    step = _FramewiseStep(graph_network)
    return _write(step, step, {"features": (33, 16)}, graph_network.start(), about, out)


def _write(
    step: nn.Module,
    trained: nn.Module,
    frame: dict[str, tuple[int, ...]],
    state: Sequence[Tensor],
    about: dict[str, Any],
    out: Path,
) -> float:
    """Write `step`, which has to answer as `trained` does; returns the largest difference."""
    try:
        import onnx
    except ImportError as error:
        raise UserError("exporting needs onnx: pip install -r requirements-onnx.txt") from error
    names = [f"state{index}" for index in range(len(state))]
    written = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing: shapes become constants, as they are meant to
        torch.onnx.export(
            step.eval(),
            (*(torch.zeros(shape) for shape in frame.values()), *state),
            written,  # type: ignore[arg-type]
            input_names=[*frame, *names],
            output_names=["scores", *(f"next_{name}" for name in names)],
            opset_version=_OPSET,
            dynamo=False,  # the newer exporter needs another package and gives the same
        )
    model = onnx.load_from_string(written.getvalue())
    model.metadata_props.add(key=HEADER, value=json.dumps(about))
    content = model.SerializeToString()
    difference = _difference(trained, frame, state, session(out, content))
    if not difference <= TOLERANCE:
        raise UserError(f"{out} answers otherwise than PyTorch: scores differ by {difference:.2g}")
    write_checked(out, content)
    return difference


def _difference(step: nn.Module, frame: dict[str, tuple[int, ...]], state: Sequence[Tensor], exported: Any) -> float:
    """Largest difference of a score over a random stream; both go on from their own states."""
    rng = np.random.default_rng(0)
    names = [*frame, *(f"state{index}" for index in range(len(state)))]
    used = {given.name for given in exported.get_inputs()}  # a network with one branch has no use for all of them
    theirs, ours = [tensor.numpy() for tensor in state], list(state)
    largest = 0.0
    for _ in range(_CHECKED_STEPS):
        arrays = [_random(name, shape, rng) for name, shape in frame.items()]
        given = dict(zip(names, [*arrays, *theirs], strict=True))
        scores, *theirs = exported.run(None, {name: array for name, array in given.items() if name in used})
        with torch.inference_mode():
            expected, *ours = step(*(torch.from_numpy(array) for array in arrays), *ours)
        largest = max(largest, float(np.abs(scores - expected.numpy()).max()))
    return largest


def _random(name: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Noise; masks are mostly one. The last of a node's features is its mask."""
    array = rng.normal(size=shape).astype(np.float32)
    if "seen" in name:
        array = (rng.random(shape) < 0.8).astype(np.float32)
    if name == "features":
        array[..., -1] = rng.random(shape[:-1]) < 0.8
    return array

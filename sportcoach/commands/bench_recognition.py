"""sportcoach bench recognition: what an answer of stream_gat costs, exported to ONNX and in PyTorch."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
import torch

from sportcoach.answer_cost import milliseconds, ones
from sportcoach.figures import Figure, print_figures, report
from sportcoach_recognition.export import export
from sportcoach_recognition.fitted import Fitted, build
from sportcoach_recognition.models.stream_gat import StreamGat
from sportcoach_recognition.steppers import session

WINDOW: Final = 64
CLASSES: Final = tuple(f"class {number}" for number in range(27))


def main(arguments: argparse.Namespace) -> int:
    """Measure and print. Weights are random: they cost the same."""
    torch.set_num_threads(1)
    network = build("stream_gat", len(CLASSES), {"window": WINDOW}).eval()
    assert isinstance(network, StreamGat)
    figures = [
        *_onnx(network),
        *_pytorch(network),
        Figure("matrix_product", milliseconds(_reference(), 100), "ms, 512 x 512, for comparison", "lower"),
    ]
    if arguments.json:
        sizes = {"parameters": sum(parameter.numel() for parameter in network.parameters()), "clock": "processor time"}
        print(report("recognition", 0, figures, sizes))
    else:
        print_figures(figures)
    return 0


def _onnx(network: StreamGat) -> list[Figure]:
    with TemporaryDirectory() as folder:
        weights = Path(folder, "network.safetensors")
        Fitted("stream_gat", CLASSES, (network,), CLASSES).save(weights)
        times = []
        for window, repeats in ((WINDOW, 100), (0, 300)):
            out = Path(folder, f"{window}.onnx")
            export(weights, out, window)
            run = session(out, out.read_bytes())
            given = {put.name: np.ones(put.shape, np.float32) for put in run.get_inputs()}
            times.append(milliseconds(lambda run=run, given=given: run.run(None, given), repeats))  # type: ignore[misc]
    return [Figure("window", times[0], "ms", "lower", 2.0), Figure("step", times[1], "ms", "lower", 0.5)]


def _pytorch(network: StreamGat) -> list[Figure]:
    per_step = network.config.imu_per_step
    window, frame, state = ones(WINDOW, per_step), ones(1, per_step), network.start()
    with torch.inference_mode():
        return [
            Figure("window_pytorch", milliseconds(lambda: network(window), 100), "ms", "lower"),
            Figure("step_pytorch", milliseconds(lambda: network.step(frame, state), 300), "ms", "lower"),
        ]


def _reference() -> Callable[[], object]:
    matrix = torch.ones(512, 512)
    return lambda: matrix @ matrix

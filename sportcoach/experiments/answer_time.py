"""What an answer costs on one core."""

from __future__ import annotations

import itertools

import torch

from sportcoach.answer_cost import milliseconds, ones
from sportcoach.experiments import material
from sportcoach.experiments.trials import Measures, Setup
from sportcoach_recognition.fitted import build
from sportcoach_recognition.streaming import Stream

REPEATS = 50
"""Of each measurement."""


def answer_time(setup: Setup, model: str) -> Measures:
    """Trial: processor time [ms] of a whole window, and of an answer after one more frame of a stream, in PyTorch."""
    torch.set_num_threads(1)
    sizes = {"window": material.WINDOW, "rate": material.FRAME_RATE, **setup.scale.networks.get(model, {})}
    network = build(model, len(material.CLASSES[material.SIMULATED]), sizes).eval()
    window, frame, stream = ones(material.WINDOW), ones(1), Stream(network)
    for number in range(material.WINDOW):  # until its memory is full
        stream.step(frame, number)
    steps = itertools.count(material.WINDOW)
    with torch.inference_mode():
        return {
            "window": milliseconds(lambda: network(window), REPEATS),
            "step": milliseconds(lambda: stream.step(frame, next(steps)), REPEATS),
        }

"""How well the frame-wise network names sequences, by source and label."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch

from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.models.framewise import Framewise
from sportcoach_recognition.sampler import extract

_FRAMES = 96


def decide(network: Framewise, sequences: list[Sequence], batch: int = 64) -> list[str]:
    """The network's answer at the end (or after 96 frames) of each sequence as it is."""
    network.eval()
    answers = []
    for begin in range(0, len(sequences), batch):
        part = sequences[begin : begin + batch]
        lengths = [min(len(sequence.stamps), _FRAMES) for sequence in part]
        world = np.zeros((len(part), max(lengths), *part[0].world.shape[1:]), np.float32)
        seen = np.zeros(world.shape[:3], np.bool_)
        for row, (sequence, length) in enumerate(zip(part, lengths, strict=True)):
            world[row, :length], seen[row, :length] = sequence.world[:length], sequence.seen[:length]
        with torch.inference_mode():
            scores = network(torch.from_numpy(extract(world, seen)))
        answers += [ACTIONS[int(scores[row, length - 1].argmax())] for row, length in enumerate(lengths)]
    return answers


def accuracy(network: Framewise, sequences: list[Sequence]) -> dict[tuple[str, str], tuple[int, int]]:
    """Right answers and number of sequences (eq. 11), by source and label."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for sequence, answer in zip(sequences, decide(network, sequences), strict=True):
        counts[sequence.source, sequence.label][0] += answer == sequence.label
        counts[sequence.source, sequence.label][1] += 1
    return {key: (right, total) for key, (right, total) in sorted(counts.items())}


def per_source_accuracy(network: Framewise, sequences: list[Sequence]) -> dict[tuple[str, str], float]:
    """Share of right answers, by source and label."""
    return {key: right / total for key, (right, total) in accuracy(network, sequences).items()}

"""The network of the graph in PyTorch, one frame at a time: while it trains, and to check others against."""

from __future__ import annotations

import torch

from sportcoach_perception.frames import Floats
from sportcoach_recognition.models.framewise import Framewise


class TorchStepper:
    """A network in PyTorch, on one thread.

    For matrices this small, threads wait for each other longer than they work (on a busy machine, half a second a
    frame).
    """

    def __init__(self, network: Framewise) -> None:
        torch.set_num_threads(1)
        self._network = network
        self.reset()

    @property
    def reads_sensors(self) -> bool:
        """Whether the answers depend on the IMU part of the features."""
        return self._network.reads_sensors

    def reset(self) -> None:
        """Forget the stream."""
        self._state = self._network.start()

    def step(self, features: Floats) -> Floats:
        """Scores (5,) after one more frame of features (33, 16)."""
        with torch.inference_mode():
            scores, self._state = self._network.step(torch.from_numpy(features), self._state)
        answer: Floats = scores.numpy()
        return answer

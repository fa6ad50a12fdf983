"""Any network on a stream: the same answers as on the window that ends at each step, and a fresh start when it must."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

import torch
from torch import Tensor, nn

from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.models.stream_gat import StreamGat

MAX_GAP: Final = 4
"""Steps that may be missing between two that belong together."""


@dataclass
class _Before:
    """Number of the last step, and whose it was."""

    number: int
    athlete: str


class Stream:
    """A network on one stream of steps.

    stream_gat carries the past of its layers along. The others (which look at a window as a whole) are asked about a
    ring buffer of the last `window` steps.

    Args:
        network: any of fitted.NETWORKS, in evaluation mode.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network, config = network, cast(Any, network.config)
        self._length = int(config.window)
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._before: _Before | None = None
        self._window: list[tuple[Tensor, ...]] = []
        self._state = self._network.start() if isinstance(self._network, StreamGat) else []

    def step(self, inputs: Inputs, number: int, athlete: str = "") -> Scores:
        """The scores after one more step.

        Args:
            inputs: B = T = 1, all valid.
            number: of the step on the even grid of time; after a gap, or when it goes back, the stream starts anew.
            athlete: who it is; with another one the stream starts anew.
        """
        before = self._before
        if before and not (0 < number - before.number <= MAX_GAP and athlete == before.athlete):
            self.reset()
        self._before = _Before(number, athlete)
        with torch.inference_mode():
            if isinstance(self._network, StreamGat):
                scores, self._state = self._network.step(inputs, self._state)
                return scores
            self._window = [*self._window, inputs.tensors()][-self._length :]
            answer: Scores = self._network(
                Inputs(*(torch.cat(parts, dim=1) for parts in zip(*self._window, strict=True)))
            )
            return answer

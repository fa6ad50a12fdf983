"""How far a movement is from the reference of its exercise, and what that says about it.

What a person does well differs between exercises more than between well and badly done ones. So every figure of a
movement (joints, bones, angles: mean, spread, quantiles, speed) is compared with the same exercise done right by
others, and one linear layer for all exercises judges the deviations and their sizes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.ridge import Ridge
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.models.whole import SKELETON_CHANNELS, log_duration, skeleton_channels, spread_pose

_QUANTILES: Final = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
_FIGURES: Final = SKELETON_CHANNELS * (len(_QUANTILES) + 6) + 1

_COMMON: Final = 0.05
"""Share of the deviation over all exercises that is added to an exercise's own, which may be tiny."""


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: number of outputs.
        exercises, labels: of each output, the exercise and the label (the label that sorts first is the reference).
        rate, imu_per_step, window: of the inputs; all of a movement is looked at, and no sensor.
        steps: that a movement is brought to, whatever its duration.
        far: deviations from where on more of them says little more.
        sharpness: of the probabilities.
        strength: of the penalty on large weights.
    """

    classes: int
    exercises: Sequence[str] = field(default=())
    labels: Sequence[str] = field(default=())
    rate: float = 10.0
    imu_per_step: int = 1
    window: int = 4096
    steps: int = 64
    far: float = 4.0
    sharpness: float = 4.0
    strength: float = 2.0


class Reference(nn.Module):
    """Movements to scores of the outputs."""

    centre: Tensor
    spread: Tensor
    exercise: Tensor
    label: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        names, labels = sorted(set(config.exercises)), sorted(set(config.labels))
        self.register_buffer("exercise", torch.tensor([names.index(e) for e in config.exercises]), persistent=False)
        self.register_buffer("label", torch.tensor([labels.index(e) for e in config.labels]), persistent=False)
        self.register_buffer("centre", torch.zeros(len(names), _FIGURES))
        self.register_buffer("spread", torch.ones(len(names), _FIGURES))
        self.linear = Ridge(2 * _FIGURES, len(labels))

    def signals(self, inputs: Inputs) -> list[Tensor]:
        """The figures of each movement (N, F)."""
        x = skeleton_channels(spread_pose(inputs, self.config.steps), turn=True)
        speed = x.diff(dim=-1)
        figures = (
            x.mean(-1), x.std(-1), x[..., 0], x[..., -1], speed.abs().mean(-1), speed.std(-1),
            x.quantile(x.new_tensor(_QUANTILES), dim=-1).permute(1, 2, 0).flatten(1),
            log_duration(inputs, self.config.rate),
        )  # fmt: skip
        return [torch.cat(figures, dim=1)]

    def learn(self, signals: list[Tensor], labels: Tensor, weight: Tensor, random: torch.Generator) -> None:
        """Measure the references, and fit the linear layer to the deviations from them.

        Args:
            signals: as `signals` gives them.
            labels: (N,) index of the output.
            weight: (N,) how much each counts, 1 on average.
            random: not needed.
        """
        x, exercise, label = signals[0], self.exercise[labels], self.label[labels]
        for number in range(len(self.centre)):
            own = exercise == number
            right = x[own & (label == 0)] if (label[own] == 0).any() else x[own]
            self.centre[number] = right.median(0).values
            self.spread[number] = right.std(0, correction=0) + _COMMON * x.std(0) + 1e-4
        self.linear.learn(self._deviations(x, exercise), label, weight, self.config.strength)

    def _deviations(self, x: Tensor, exercise: Tensor) -> Tensor:
        """(N, 2 F) of figures (N, F) from the references of exercises (N,): with and without sign."""
        z = (x - self.centre[exercise]) / self.spread[exercise]
        z = z / (1.0 + z.abs() / self.config.far)
        return torch.cat([z, z.abs()], dim=1)

    def forward(self, inputs: Inputs) -> Scores:
        """How likely each label would be, were the movement of the output's exercise; all exercises alike."""
        x = self.signals(inputs)[0]
        given = [self.linear(self._deviations(x, torch.full((len(x),), e))) for e in range(len(self.centre))]
        logs = F.log_softmax(self.config.sharpness * torch.stack(given, dim=1), dim=-1)  # (N, exercises, labels)
        return Scores(logs[:, self.exercise, self.label])

"""Random convolutions and a linear layer (ROCKET, Dempster et al. 2020; kernels and pooling of MiniRocket, 2021).

Nothing is learned but the linear layer, by least squares: minutes become seconds, and few movements suffice. It looks
at a movement from its end; for streams there is stream_gat.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.models.dynamics import scaled_readings
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.ridge import Ridge
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.models.whole import SKELETON_CHANNELS, skeleton_channels, spread, spread_pose

_TAPS: Final = 9
_KERNELS: Final = [
    [2.0 if tap in chosen else -1.0 for tap in range(_TAPS)] for chosen in combinations(range(_TAPS), 3)
]
"""All 84 kernels with three weights 2 and six weights -1."""

_MOST_CHANNELS: Final = 9
_SAMPLE: Final = 200
"""Movements from which the thresholds are drawn."""
_BATCH: Final = 128


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: number of actions.
        rate, imu_per_step, window: of the inputs; all of a movement is looked at.
        skeleton, sensors: which modalities there are.
        steps: that a movement is brought to, whatever its duration; sensors to twice as many.
        features: of each modality, roughly.
        dilations: number of different ones, up to the whole movement.
        turn: whether to look from the body's front.
        sharpness: of the probabilities.
        strength: of the penalty on large weights.
    """

    classes: int
    rate: float = 16.0
    imu_per_step: int = 3
    window: int = 4096
    skeleton: bool = True
    sensors: bool = True
    steps: int = 64
    features: int = 8000
    dilations: int = 6
    turn: bool = True
    sharpness: float = 4.0
    strength: float = 0.03


class Kernels(nn.Module):
    """Signals (N, C, T) to features (N, F): how often each random convolution is above each of its thresholds.

    Each convolution sees the sum or difference of a few channels.
    """

    mean: Tensor
    std: Tensor
    mix: Tensor
    threshold: Tensor
    kernels: Tensor

    def __init__(self, channels: int, steps: int, features: int, dilations: int) -> None:
        super().__init__()
        widest = max(1, (steps - 1) // (_TAPS - 1))
        spacing = torch.logspace(0.0, torch.tensor(float(widest)).log2().item(), dilations, 2.0)
        self.dilations = sorted({round(value) for value in spacing.tolist()})
        each = max(1, features // (len(_KERNELS) * len(self.dilations)))
        count = len(self.dilations)
        self.features = count * len(_KERNELS) * each
        self.register_buffer("mean", torch.zeros(channels, 1))
        self.register_buffer("std", torch.ones(channels, 1))
        self.register_buffer("mix", torch.zeros(count, len(_KERNELS), channels))
        self.register_buffer("threshold", torch.zeros(count, len(_KERNELS), each))
        self.register_buffer("kernels", torch.tensor(_KERNELS)[:, None], persistent=False)

    def draw(self, x: Tensor, random: torch.Generator) -> None:
        """Choose channels and thresholds at random, the latter from what the convolutions give of `x` (N, C, T)."""
        self.mean.copy_(x.mean((0, 2))[:, None])
        self.std.copy_(x.std((0, 2))[:, None] + 1e-3)
        alive = torch.nonzero(x.std((0, 2)) > 1e-3)[:, 0]
        most = min(len(alive), _MOST_CHANNELS)
        for row in self.mix.view(-1, self.mix.shape[2]):
            count = int(2.0 ** (float(torch.rand(1, generator=random)) * torch.tensor(most + 1.0).log2().item()))
            chosen = alive[torch.randperm(len(alive), generator=random)[: max(1, min(count, most))]]
            row.zero_()
            row[chosen] = 2.0 * torch.randint(0, 2, (len(chosen),), generator=random) - 1.0
        sample = self._scaled(x[torch.randperm(len(x), generator=random)[:_SAMPLE]])
        for level in range(len(self.dilations)):
            convolved = self._convolved(sample, level).transpose(0, 1).flatten(1).sort(dim=1).values
            places = torch.rand(self.threshold.shape[1:], generator=random) * (convolved.shape[1] - 1)
            self.threshold[level] = convolved.gather(1, places.long())

    def _scaled(self, x: Tensor) -> Tensor:
        return (x - self.mean) / self.std

    def _convolved(self, x: Tensor, level: int) -> Tensor:
        mixed, dilation = torch.einsum("kc,nct->nkt", self.mix[level], x), self.dilations[level]
        return F.conv1d(mixed, self.kernels, padding=dilation * (_TAPS // 2), dilation=dilation, groups=len(_KERNELS))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, T) to (N, F)."""
        x = self._scaled(x)
        parts = []
        for level in range(len(self.dilations)):
            above = self._convolved(x, level)[..., None] > self.threshold[level][None, :, None]
            parts.append(above.float().mean(2).flatten(1))
        return torch.cat(parts, dim=1)


class Rocket(nn.Module):
    """Movements to scores of the actions."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        sizes = config.features, config.dilations
        self.skeleton = Kernels(2 * SKELETON_CHANNELS, config.steps, *sizes) if config.skeleton else None
        self.sensors = Kernels(len(LIMBS) * 8, 2 * config.steps, *sizes) if config.sensors else None
        self.branches = [branch for branch in (self.skeleton, self.sensors) if branch]
        self.linear = Ridge(sum(branch.features for branch in self.branches), config.classes)

    def signals(self, inputs: Inputs) -> list[Tensor]:
        """What each branch sees (N, C, T), and last which of them see anything (N, branches)."""
        parts, there = [], []
        if self.skeleton:
            x = skeleton_channels(spread_pose(inputs, self.config.steps), self.config.turn)
            parts.append(torch.cat([x, F.pad(x.diff(dim=-1), (1, 0))], dim=1))
            there.append(inputs.seen.amax((1, 2)))
        if self.sensors:
            readings = scaled_readings(inputs).transpose(2, 3).flatten(1, 2).flatten(2)  # (N, T k, 4 x 8)
            valid = inputs.valid.repeat_interleave(self.config.imu_per_step, dim=1)
            parts.append(spread(readings, valid, 2 * self.config.steps).transpose(1, 2))
            there.append(inputs.imu_seen.amax((1, 2)))
        return [*parts, torch.stack(there, dim=1)]

    def learn(self, signals: list[Tensor], labels: Tensor, weight: Tensor, random: torch.Generator) -> None:
        """Draw the convolutions and fit the linear layer to all of a training set at once.

        Args:
            signals: as `signals` gives them.
            labels: (N,) index of the output.
            weight: (N,) how much each counts, 1 on average.
            random: decides the convolutions.
        """
        for branch, x in zip(self.branches, signals[:-1], strict=True):
            branch.draw(x, random)
        self.linear.learn(self._features(signals), labels, weight, self.config.strength)

    def _features(self, signals: list[Tensor]) -> Tensor:
        """(N, F); what a branch does not see says nothing."""
        parts, begin = [], 0
        for number, (branch, x) in enumerate(zip(self.branches, signals[:-1], strict=True)):
            known = torch.cat([branch(piece) for piece in torch.split(x, _BATCH)])
            average = self.linear.mean[begin : begin + branch.features]
            begin += branch.features
            parts.append(torch.where(signals[-1][:, number, None] > 0, known, average))
        return torch.cat(parts, dim=1)

    def forward(self, inputs: Inputs) -> Scores:
        """The answer at the end of each movement."""
        return Scores(self.config.sharpness * self.linear(self._features(self.signals(inputs))))

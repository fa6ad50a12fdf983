"""Our network: causal, hierarchical (joints, parts, body), sparse attention with an anatomical prior, two branches.

`forward` sees whole windows, `step` one frame at a time; both run the same layers, which carry their past.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.graph import NODES, PARTS, anatomical_prior, part_prior
from sportcoach_recognition.models.dynamics import JOINT_CHANNELS, JointDynamics, sensor_signals
from sportcoach_recognition.models.heads import Heads
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.models.layers import CausalConv, Norm, SparseAttention
from sportcoach_recognition.models.scores import Scores

State = list[Tensor]
"""What a stream remembers: the past of every layer, in the order in which they run, then the last embeddings."""


@dataclass(frozen=True)
class Config:
    """Sizes of the network.

    Attributes:
        classes: number of actions.
        rate, imu_per_step: steps per second, IMU readings per step.
        window: steps that an answer looks back on.
        nodes: landmarks used.
        limbs: number of sensors.
        joint, part, limb, body: channels of a joint, a part, a limb's sensor, the whole.
        heads: of every attention.
        dilations: of the convolutions of the body.
        prior: whether attention keeps to the anatomical prior.
        skeleton, sensors: which branches there are.
        stages, angles: number of stages and joint angles to tell at each step, 0 for no such head.
        quality: whether to tell the quality of a movement.
        dropout: everywhere.
    """

    classes: int
    rate: float = 16.0
    imu_per_step: int = 3
    window: int = 64
    nodes: Sequence[str] = field(default=NODES)
    limbs: int = len(LIMBS)
    joint: int = 16
    part: int = 32
    limb: int = 32
    body: int = 96
    heads: int = 2
    dilations: Sequence[int] = (1, 2, 4)
    prior: bool = True
    skeleton: bool = True
    sensors: bool = True
    stages: int = 0
    angles: int = 0
    quality: bool = False
    dropout: float = 0.2

    def __post_init__(self) -> None:
        if self.joint % self.heads or self.part % self.heads:
            raise UserError(f"joint ({self.joint}) and part ({self.part}) must be multiples of heads ({self.heads})")


class SkeletonBranch(nn.Module):
    """Joints to parts to one embedding per step, with attention among the joints and among the parts."""

    part_joints: Tensor

    def __init__(self, config: Config) -> None:
        super().__init__()
        c, p, n = config.joint, config.part, len(config.nodes)
        self.dynamics = JointDynamics(config.nodes, config.rate)
        self.norm = Norm(n * JOINT_CHANNELS)
        self.embed = nn.Linear(JOINT_CHANNELS, c)
        self.joint = nn.Parameter(0.1 * torch.randn(n, c))
        delays: tuple[int, ...] = (0,)
        allowed = anatomical_prior(config.nodes, delays)
        self.joint_attention = SparseAttention(
            c, config.heads, allowed if config.prior else torch.ones_like(allowed), delays
        )
        self.joint_conv = CausalConv(c, 3, 1)
        width = max(map(len, PARTS.values()))
        places = [[config.nodes.index(name) for name in joints] for joints in PARTS.values()]
        padded = torch.tensor([row + [n] * (width - len(row)) for row in places])  # n: a joint that is always zero
        self.register_buffer("part_joints", padded, persistent=False)
        self.to_part = nn.Parameter(torch.randn(len(PARTS), width * c, p) / (width * c) ** 0.5)
        self.part_norm = Norm(p)
        delays = (0, 2, 4)
        allowed = part_prior(delays)
        self.part_attention = SparseAttention(
            p, config.heads, allowed if config.prior else torch.ones_like(allowed), delays
        )
        self.part_conv = CausalConv(p, 3, 2)
        self.body = Body(len(PARTS) * p, config)

    def start(self, batch: int) -> State:
        """The pasts of a stream that begins now."""
        n, p = self.joint.shape[0], self.to_part.shape[0]
        return [
            self.dynamics.start(batch),
            self.joint_attention.start(batch, n),
            self.joint_conv.start(batch, n),
            self.part_attention.start(batch, p),
            self.part_conv.start(batch, p),
            *self.body.start(batch),
        ]

    def forward(self, inputs: Inputs, past: Iterator[Tensor], after: State) -> Tensor:
        """Embeddings (B, T, C); takes its pasts from `past` and puts the new ones into `after`."""
        x, now = self.dynamics(inputs, next(past))
        after.append(now)
        x = self.norm(x.flatten(2)).view_as(x)
        h = self.embed(x) + self.joint
        for layer in (self.joint_attention, self.joint_conv):
            h, now = layer(h, next(past))
            after.append(now)
        h = F.pad(h, (0, 0, 0, 1))[:, :, self.part_joints].flatten(3)  # (B, T, P, joints x C)
        h = F.relu(self.part_norm(torch.einsum("btpi,pio->btpo", h, self.to_part)))
        for layer in (self.part_attention, self.part_conv):
            h, now = layer(h, next(past))
            after.append(now)
        body: Tensor = self.body(h.flatten(2), past, after)
        return body


class SensorBranch(nn.Module):
    """The limbs' sensors to one embedding per step."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        channels = 8 * config.imu_per_step + 1
        self.norm = Norm(config.limbs * channels)
        self.embed = nn.Linear(channels, config.limb)
        self.limb = nn.Parameter(0.1 * torch.randn(config.limbs, config.limb))
        self.convs = nn.ModuleList(CausalConv(config.limb, 5, d) for d in (1, 2))
        self.body = Body(config.limbs * config.limb, config)

    def start(self, batch: int) -> State:
        """The pasts of a stream that begins now."""
        return [*(conv.start(batch, self.limb.shape[0]) for conv in self.convs), *self.body.start(batch)]  # type: ignore[operator]

    def forward(self, inputs: Inputs, past: Iterator[Tensor], after: State) -> Tensor:
        """Embeddings (B, T, C); takes its pasts from `past` and puts the new ones into `after`."""
        x = sensor_signals(inputs)
        x = self.norm(x.flatten(2)).view_as(x)
        h = self.embed(x) + self.limb
        for conv in self.convs:
            h, now = conv(h, next(past))
            after.append(now)
        body: Tensor = self.body(h.flatten(2), past, after)
        return body


class Body(nn.Module):
    """Everything of a step together, then dilated convolutions over time."""

    def __init__(self, channels: int, config: Config) -> None:
        super().__init__()
        self.gather = nn.Linear(channels, config.body, bias=False)
        self.norm: nn.Module = Norm(config.body)
        self.convs = nn.ModuleList(CausalConv(config.body, 3, d, config.dropout) for d in config.dilations)

    def start(self, batch: int) -> State:
        """The pasts of a stream that begins now."""
        return [conv.start(batch, 1) for conv in self.convs]  # type: ignore[operator]

    def forward(self, x: Tensor, past: Iterator[Tensor], after: State) -> Tensor:
        """(B, T, channels) to (B, T, body)."""
        h = F.relu(self.norm(self.gather(x)))[:, :, None]
        for conv in self.convs:
            h, now = conv(h, next(past))
            after.append(now)
        return h[:, :, 0]


class StreamGat(nn.Module):
    """Movements to scores of the actions."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.skeleton = SkeletonBranch(config) if config.skeleton else None
        self.sensors = SensorBranch(config) if config.sensors else None
        self.heads = Heads(config.body, config.classes, config.stages, config.angles, config.quality)

    def start(self, batch: int = 1) -> State:
        """The state of streams that begin now."""
        like = self.heads.both.weight
        memory = like.new_zeros(batch, self.config.window - 1, 2 * self.config.body + 2)
        skeleton = self.skeleton.start(batch) if self.skeleton else []
        sensors = self.sensors.start(batch) if self.sensors else []
        return [*skeleton, *sensors, memory]

    def encode(self, inputs: Inputs, state: State) -> tuple[Tensor, State]:
        """Embeddings (B, T, 2 C + 2) of both branches, zero where there is nothing to see, and which have something."""
        past = iter(state)
        after: State = []
        there = torch.stack([inputs.seen.amax(-1), inputs.imu_seen.amax(-1)], dim=-1) * inputs.valid[..., None]
        there = there * there.new_tensor([self.config.skeleton, self.config.sensors])
        absent = there.new_zeros(*there.shape[:2], self.config.body)
        skeleton = self.skeleton(inputs, past, after) * there[..., :1] if self.skeleton else absent
        sensors = self.sensors(inputs, past, after) * there[..., 1:2] if self.sensors else absent
        return torch.cat([skeleton, sensors, there], dim=-1), after

    def forward(self, inputs: Inputs) -> Scores:
        """The answer at the end of each movement, from its last `window` steps."""
        embedded, _ = self.encode(inputs, self.start(inputs.valid.shape[0]))
        steps = torch.arange(embedded.shape[1], device=embedded.device)
        recent = steps >= inputs.valid.sum(1, keepdim=True) - self.config.window
        scores: Scores = self.heads(embedded * recent[..., None], embedded)
        return scores

    def step(self, inputs: Inputs, state: State) -> tuple[Scores, State]:
        """The answer after one more step (T = 1), and the state to go on with."""
        embedded, after = self.encode(inputs, state[:-1])
        window = torch.cat([state[-1], embedded], dim=1)
        return self.heads(window, embedded), [*after, window[:, 1:]]

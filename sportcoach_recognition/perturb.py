"""Random variants of a batch of movements: other bodies, views, sensors and what may be missing.

Tempo and crop are drawn where sequences are put on the grid (`drawing.draw`), so that both modalities share them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from sportcoach_perception.skeleton import LANDMARKS, other_side
from sportcoach_recognition.graph import PARTS, node_indices
from sportcoach_recognition.models.inputs import Inputs

_MIRROR = [LANDMARKS.index(other_side(name)) for name in LANDMARKS]
_OTHER_LIMB = [1, 0, 3, 2]
_LIMB_JOINTS = [node_indices(PARTS[part][1:]) for part in ("left_arm", "right_arm", "left_leg", "right_leg")]
"""Without shoulder and hip, which are the trunk's too."""


@dataclass(frozen=True)
class Perturbations:
    """How far variants go.

    Attributes:
        tempo: largest factor of speed, either way.
        crop: smallest share of a movement that is shown.
        yaw, tilt: turn about gravity (largest) and of the camera (deviation) [degrees].
        size: largest relative change of size, overall and per axis.
        jitter, drift: errors of a landmark per step and constant over the movement (deviations) [m].
        mirror: how often left and right change places; 0 where the label says which side.
        joint_dropout, part_dropout: how often a landmark is out of sight, and a whole arm or leg.
        sensor_dropout: how often a limb's sensor is off.
        modality_dropout: how often the camera is off; and, as often, all sensors.
        sensor_turn: deviation of a sensor's orientation on the limb [degrees].
        imu_gain, imu_noise: relative error of a sensor's scale, noise in m/s^2 and rad/s (deviations).
    """

    tempo: float = 1.25
    crop: float = 0.85
    yaw: float = 20.0
    tilt: float = 5.0
    size: float = 0.12
    jitter: float = 0.004
    drift: float = 0.01
    mirror: float = 0.0
    joint_dropout: float = 0.03
    part_dropout: float = 0.03
    sensor_dropout: float = 0.05
    modality_dropout: float = 0.1
    sensor_turn: float = 10.0
    imu_gain: float = 0.08
    imu_noise: float = 0.05


def perturb(inputs: Inputs, how: Perturbations, random: torch.Generator) -> Inputs:
    """A random variant of each movement in the batch, each drawn on its own."""
    pose, imu = _turned(inputs.pose, how, random), _misplaced(inputs.imu, how, random)
    seen, imu_seen = inputs.seen, inputs.imu_seen
    b = len(pose)
    flip = torch.rand(b, generator=random) < how.mirror
    if flip.any():
        pose[flip] = pose[flip][:, :, _MIRROR] * torch.tensor([-1.0, 1.0, 1.0])
        seen = torch.where(flip[:, None, None], seen[:, :, _MIRROR], seen)
        imu[flip], imu_seen = (
            _mirrored(imu[flip]),
            torch.where(flip[:, None, None], imu_seen[..., _OTHER_LIMB], imu_seen),
        )
    seen = seen * (torch.rand(b, 1, seen.shape[2], generator=random) >= how.joint_dropout)
    for joints in _LIMB_JOINTS:
        seen[..., joints] *= torch.rand(b, 1, 1, generator=random) >= how.part_dropout
    imu_seen = imu_seen * (torch.rand(b, 1, imu_seen.shape[2], generator=random) >= how.sensor_dropout)
    both = (inputs.seen.amax((1, 2)) > 0) & (inputs.imu_seen.amax((1, 2)) > 0)
    lot = torch.rand(b, generator=random)
    seen = seen * ~(both & (lot < how.modality_dropout))[:, None, None]
    imu_seen = imu_seen * ~(both & (lot > 1.0 - how.modality_dropout))[:, None, None]
    return replace(inputs, pose=pose * seen[..., None], seen=seen, imu=imu * imu_seen[..., None], imu_seen=imu_seen)


def _turned(pose: Tensor, how: Perturbations, random: torch.Generator) -> Tensor:
    b, _, n, _ = pose.shape
    yaw = torch.deg2rad(how.yaw * (2.0 * torch.rand(b, generator=random) - 1.0))
    tilt = torch.deg2rad(how.tilt * torch.randn(b, 2, generator=random))
    zero = torch.zeros(b)
    turn = rotations(torch.stack([tilt[:, 0], zero, tilt[:, 1]], -1)) @ rotations(torch.stack([zero, yaw, zero], -1))
    size = 1.0 + how.size * (2.0 * torch.rand(b, 1, 1, 1, generator=random) - 1.0)
    size = size * (1.0 + 0.5 * how.size * (2.0 * torch.rand(b, 1, 1, 3, generator=random) - 1.0))
    errors = how.jitter * torch.randn(pose.shape, generator=random)
    errors = errors + how.drift * torch.randn(b, 1, n, 3, generator=random)
    return (pose * size) @ turn.transpose(1, 2)[:, None] + errors


def _misplaced(imu: Tensor, how: Perturbations, random: torch.Generator) -> Tensor:
    b, _, limbs, _ = imu.shape
    turn = rotations(torch.deg2rad(how.sensor_turn * torch.randn(b, limbs, 3, generator=random)))
    gain = 1.0 + how.imu_gain * torch.randn(b, 1, limbs, 1, 2, 1, generator=random)
    readings = imu.view(*imu.shape[:3], -1, 2, 3)
    readings = torch.einsum("btlksj,blij->btlksi", readings, turn) * gain
    readings = readings + how.imu_noise * torch.randn(readings.shape, generator=random)
    return readings.flatten(3)


def _mirrored(imu: Tensor) -> Tensor:
    """Sensors in the mirror: x of the acceleration changes sign, of the (axial) turning rate y and z do."""
    signs = imu.new_tensor([[-1.0, 1.0, 1.0], [1.0, -1.0, -1.0]])
    return (imu.view(*imu.shape[:3], -1, 2, 3) * signs).flatten(3)[:, :, _OTHER_LIMB]


def rotations(vectors: Tensor) -> Tensor:
    """Rotation vectors (..., 3) [rad] as matrices (..., 3, 3)."""
    x, y, z = vectors.unbind(-1)
    zero = torch.zeros_like(x)
    skew = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], -1).view(*x.shape, 3, 3)
    return torch.matrix_exp(skew)

"""Variants of movements: bodies stay bodies, masks stay true, and every variant is its own."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch
from stream import movement

from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.perturb import Perturbations, perturb, rotations

NOTHING = Perturbations(**{field.name: 0.0 for field in fields(Perturbations)})


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_without_perturbations_nothing_changes() -> None:
    inputs = movement(5, batch=3)
    for ours, theirs in zip(perturb(inputs, NOTHING, seeded()).tensors(), inputs.tensors(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_turns_keep_lengths_and_gravity_keeps_yaw_level() -> None:
    inputs = movement(5, batch=3)
    turned = perturb(inputs, replace(NOTHING, yaw=90.0, sensor_turn=30.0), seeded())
    torch.testing.assert_close(turned.pose.norm(dim=-1), inputs.pose.norm(dim=-1))
    torch.testing.assert_close(turned.pose[..., 1], inputs.pose[..., 1])
    assert (turned.pose - inputs.pose).abs().max() > 0.1
    readings = turned.imu.unflatten(-1, (-1, 2, 3)), inputs.imu.unflatten(-1, (-1, 2, 3))
    torch.testing.assert_close(readings[0].norm(dim=-1), readings[1].norm(dim=-1))
    assert (readings[0] - readings[1]).abs().max() > 0.1


def test_the_mirror_twice_is_the_original() -> None:
    inputs = movement(5, batch=2)
    once = perturb(inputs, replace(NOTHING, mirror=1.0), seeded())
    left, right = LANDMARK_INDEX["left_wrist"], LANDMARK_INDEX["right_wrist"]
    torch.testing.assert_close(once.pose[:, :, left, 1:], inputs.pose[:, :, right, 1:])
    torch.testing.assert_close(once.pose[:, :, left, 0], -inputs.pose[:, :, right, 0])
    torch.testing.assert_close(once.imu[:, :, 0, 1:3], inputs.imu[:, :, 1, 1:3])
    twice = perturb(once, replace(NOTHING, mirror=1.0), seeded())
    for ours, theirs in zip(twice.tensors(), inputs.tensors(), strict=True):
        torch.testing.assert_close(ours, theirs)


def test_what_drops_out_is_zero_and_one_modality_is_left() -> None:
    inputs = movement(5, batch=64)
    dropped = perturb(inputs, replace(Perturbations(), modality_dropout=0.5), seeded())
    assert not dropped.pose[dropped.seen == 0].any()
    assert not dropped.imu[dropped.imu_seen == 0].any()
    camera, sensors = dropped.seen.amax((1, 2)) > 0, dropped.imu_seen.amax((1, 2)) > 0
    assert (camera | sensors).all()
    assert (~camera).any()
    assert (~sensors).any()


def test_a_whole_arm_drops_out_but_for_the_shoulder() -> None:
    inputs = movement(5, batch=2)
    inputs.seen[:] = 1.0
    seen = perturb(inputs, replace(NOTHING, part_dropout=1.0), seeded()).seen
    assert not seen[..., [LANDMARK_INDEX[name] for name in ("left_wrist", "right_elbow", "left_knee")]].any()
    assert seen[..., [LANDMARK_INDEX[name] for name in ("nose", "left_shoulder", "right_hip")]].all()


def test_the_input_is_left_alone_and_the_seed_decides() -> None:
    inputs, again = movement(5, batch=2), movement(5, batch=2)
    one, two = (perturb(inputs, Perturbations(mirror=0.5), seeded(3)) for _ in range(2))
    for a, b, before, after in zip(one.tensors(), two.tensors(), again.tensors(), inputs.tensors(), strict=True):
        assert torch.equal(a, b)
        assert torch.equal(before, after)


@pytest.mark.parametrize("angle", [0.0, 0.3, 3.0])
def test_rotation_vectors_turn_about_themselves(angle: float) -> None:
    turn = rotations(torch.tensor([0.0, angle, 0.0]))
    torch.testing.assert_close(turn @ turn.T, torch.eye(3))
    torch.testing.assert_close(turn @ torch.tensor([0.0, 1.0, 0.0]), torch.tensor([0.0, 1.0, 0.0]))
    assert turn.trace().item() == pytest.approx(1 + 2 * torch.tensor(angle).cos().item(), abs=1e-5)

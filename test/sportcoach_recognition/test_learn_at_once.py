"""Networks that are fitted in one go: rocket, reference and plank learn, repeat, and bear what is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX, LANDMARKS, LIMBS
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps, mirrored, without_imu
from sportcoach_recognition.fitted import Fitted
from sportcoach_recognition.models.plank import faults
from sportcoach_recognition.models.whole import body_frame, spread
from sportcoach_recognition.perturb import rotations
from sportcoach_recognition.training import fit

RATE = 15.0
ROCKET = FitConfig(model="rocket", copies=1, network={"features": 1100, "steps": 32, "rate": RATE})


def standing(frames: int) -> Floats:
    """(frames, 33, 3) somebody upright, arms down, facing the camera."""
    at = {"shoulder": (0.2, -0.5), "elbow": (0.25, -0.25), "wrist": (0.25, 0.0), "hip": (0.1, 0.0),
          "knee": (0.1, 0.4), "ankle": (0.1, 0.8), "heel": (0.1, 0.85), "foot_index": (0.1, 0.85)}  # fmt: skip
    pose = np.zeros((len(LANDMARKS), 3), np.float32)
    pose[0] = (0.0, -0.7, -0.1)
    for joint, (x, y) in at.items():
        for side, sign in (("left", 1.0), ("right", -1.0)):
            pose[LANDMARK_INDEX[f"{side}_{joint}"]] = (sign * x, y, 0.0)
    return np.repeat(pose[None], frames, axis=0)


def raising(side: str, height: float, number: int) -> Sequence:
    """One arm goes up to `height` and down, with the wrist's sensor; the name holds the side."""
    rng = np.random.default_rng(number)
    frames = int(rng.integers(25, 45))
    phase = np.sin(np.linspace(0.0, np.pi, frames))
    world = standing(frames) + 0.005 * rng.standard_normal((frames, len(LANDMARKS), 3)).astype(np.float32)
    for joint, share in (("elbow", 0.5), ("wrist", 1.0)):
        world[:, LANDMARK_INDEX[f"{side}_{joint}"], 1] -= share * height * phase
    imu = np.zeros((frames, len(LIMBS), 6), np.float32)
    limb = LIMBS.index(f"{side}_wrist")
    imu[:, limb, 1] = 9.81 - 4.0 * height * phase
    imu_seen = np.zeros((len(LIMBS), 2), np.bool_)
    imu_seen[limb] = True
    stamps = even_stamps(frames, RATE)
    seen = np.ones(world.shape[:2], np.bool_)
    return Sequence(
        stamps, world, seen, side, "made", f"p{number}", f"{number}_{side}",
        imu_stamps=stamps, imu=imu, imu_seen=imu_seen,
    )  # fmt: skip


SIDES = [raising(side, 0.8, number) for number in range(12) for side in ("left", "right")]


@pytest.fixture(scope="module")
def rocket() -> Fitted:
    return fit(SIDES[:16], [], ("left", "right"), ROCKET, seed=0)


def test_rocket_tells_movements_apart_through_either_modality_or_both(rocket: Fitted) -> None:
    truth = np.array([("left", "right").index(s.label) for s in SIDES[16:]])
    assert (rocket.predict(SIDES[16:]).argmax(1) == truth).all()
    assert (rocket.predict([without_imu(s) for s in SIDES[16:]]).argmax(1) == truth).all()


def test_rocket_repeats_and_is_kept(rocket: Fitted, tmp_path: Path) -> None:
    again = fit(SIDES[:16], [], ("left", "right"), ROCKET, seed=0)
    assert np.array_equal(again.predict(SIDES), rocket.predict(SIDES))
    rocket.save(tmp_path / "net.safetensors")
    assert np.array_equal(Fitted.load(tmp_path / "net.safetensors").predict(SIDES), rocket.predict(SIDES))


TCN = FitConfig(model="tcn", steps=10, batch=8, network={"rate": RATE, "window": 64})


def test_two_kinds_answer_together_by_the_mean_of_what_each_says(rocket: Fitted, tmp_path: Path) -> None:
    tcn = fit(SIDES[:16], [], ("left", "right"), TCN, seed=0)
    both = fit(SIDES[:16], [], ("left", "right"), replace(ROCKET, beside=TCN), seed=0, folder=tmp_path / "run")
    mean = 0.5 * (rocket.predict(SIDES) + tcn.predict(SIDES))
    np.testing.assert_allclose(both.predict(SIDES), mean, atol=1e-6)
    both.save(tmp_path / "net.safetensors")
    assert np.array_equal(Fitted.load(tmp_path / "net.safetensors").predict(SIDES), both.predict(SIDES))
    (tmp_path / "net-beside.safetensors").unlink()
    with pytest.raises(UserError, match="net-beside"):
        Fitted.load(tmp_path / "net.safetensors")


def test_settings_may_name_two_others_that_answer_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("model: rocket\ncopies: 3\n")
    (tmp_path / "b.yaml").write_text("model: tcn\nsteps: 20\n")
    (tmp_path / "both.yaml").write_text("together: [a.yaml, b.yaml]\n")
    both = FitConfig.read(tmp_path / "both.yaml")
    assert (both.model, both.copies, both.beside) == ("rocket", 3, FitConfig.read(tmp_path / "b.yaml"))
    for text in ("together: [a.yaml]", "together: [a.yaml, b.yaml]\nsteps: 20", "together: [a.yaml, c.yaml]"):
        (tmp_path / "both.yaml").write_text(text)
        with pytest.raises(UserError, match=r"not valid|cannot be read"):
            FitConfig.read(tmp_path / "both.yaml")
    (tmp_path / "both.yaml").write_text("together: [a.yaml, b.yaml]")
    (tmp_path / "three.yaml").write_text("together: [both.yaml, b.yaml]")
    with pytest.raises(UserError, match="single kinds"):
        FitConfig.read(tmp_path / "three.yaml")


REFERENCE = FitConfig(model="reference", subtask="_(.*)$", told=True, network={"strength": 0.1})


def judged(side: str, number: int) -> Sequence:
    """Right is high for the left arm and low for the right one."""
    high = number % 2 == 0
    label = "correct" if high == (side == "left") else "incorrect"
    return replace(raising(side, 0.9 if high else 0.4, number), label=label)


def test_the_reference_of_the_exercise_that_was_asked_for_decides(tmp_path: Path) -> None:
    sequences = [judged(side, number) for number in range(40) for side in ("left", "right")]
    fitted = fit(sequences[:64], [], ("correct", "incorrect"), REFERENCE, seed=0)
    fitted.save(tmp_path / "net.safetensors")
    answers = Fitted.load(tmp_path / "net.safetensors").predict(sequences[64:])
    truth = [("correct", "incorrect").index(s.label) for s in sequences[64:]]
    assert answers.argmax(1).tolist() == truth
    np.testing.assert_allclose(answers.sum(1), 1.0, atol=1e-5)
    with pytest.raises(UserError, match="subtask"):
        fitted.predict([replace(sequences[0], name="nameless")])


def push_up(sag: float, bend: float = 1.0, frames: int = 60) -> Floats:
    """(frames, 33, 3) seen from the left: trunk and legs in one line, hips `sag` below it half-way down."""
    down = bend * 0.45 * (1.0 - np.cos(np.linspace(0.0, 4.0 * np.pi, frames))) / 2.0
    world = np.zeros((frames, len(LANDMARKS), 3), np.float32)
    height = 0.55 - down
    ankle = np.array([-1.3, 0.0])
    for side, depth in (("left", -0.2), ("right", 0.2)):
        for joint, share in (("shoulder", 1.0), ("hip", 0.62), ("knee", 0.31), ("ankle", 0.0)):
            x, y = ankle[0] * (1.0 - share), -height * share
            world[:, LANDMARK_INDEX[f"{side}_{joint}"]] = np.stack([np.full(frames, x), y, np.full(frames, depth)], 1)
        world[:, LANDMARK_INDEX[f"{side}_hip"], 1] += sag * down / 0.45
        world[:, LANDMARK_INDEX[f"{side}_wrist"]] = (0.0, 0.0, depth)
        world[:, LANDMARK_INDEX[f"{side}_elbow"]] = world[:, LANDMARK_INDEX[f"{side}_shoulder"]] / 2.0
    return world


def test_each_fault_of_a_push_up_is_seen_from_the_side_and_none_from_the_front() -> None:
    good, sagging, shallow = (torch.from_numpy(w)[None] for w in (push_up(0.0), push_up(0.25), push_up(0.0, 0.2)))
    told = torch.cat([faults(pose, 0.6) for pose in (good, sagging, shallow)])
    assert told[0].max() < 0.2
    assert (told[1, :3] > told[0, :3] + 0.3).sum() >= 2
    assert told[2, 4] > told[0, 4] + 0.5
    frontal = sagging.clone()
    frontal[:, :, [LANDMARK_INDEX["left_shoulder"]], 0] += 2.0
    assert faults(frontal, 0.6).abs().max() == 0.0
    other_way = sagging * torch.tensor([-1.0, 1.0, 1.0])
    torch.testing.assert_close(faults(other_way, 0.6), told[1:2])


def test_form_is_learned_from_faults() -> None:
    def clip(number: int) -> Sequence:
        wrong = number % 2 == 1
        world = push_up(0.25 if wrong else 0.01 * number)
        seen = np.ones(world.shape[:2], np.bool_)
        stamps = even_stamps(len(world), 30.0)
        return Sequence(stamps, world, seen, "wrong" if wrong else "correct", "made", str(number), str(number))

    clips = [clip(number) for number in range(8)]
    fitted = fit(clips, [], ("correct", "wrong"), FitConfig(model="plank", network={}), seed=0)
    assert fitted.predict(clips).argmax(1).tolist() == [0, 1] * 4


def test_spread_keeps_the_ends_and_ignores_the_padding() -> None:
    x = torch.arange(6.0)[None, :, None].repeat(2, 1, 1)
    valid = torch.tensor([[1.0] * 6, [1.0] * 3 + [0.0] * 3])
    even = spread(x, valid, 5)[..., 0]
    torch.testing.assert_close(even, torch.tensor([[0.0, 1.25, 2.5, 3.75, 5.0], [0.0, 0.5, 1.0, 1.5, 2.0]]))


def test_the_body_frame_does_not_depend_on_where_the_camera_stands() -> None:
    pose = torch.from_numpy(standing(4))[None]
    turned = pose @ rotations(torch.tensor([0.0, 1.1, 0.0])).T
    torch.testing.assert_close(body_frame(turned), body_frame(pose), atol=1e-5, rtol=0.0)


def test_a_mirror_twice_is_none() -> None:
    left = SIDES[0]
    there = mirrored(left)
    assert there.imu_seen[LIMBS.index("right_wrist")].all()
    assert not there.imu_seen[LIMBS.index("left_wrist")].any()
    back = mirrored(there)
    np.testing.assert_array_equal(back.world, left.world)
    np.testing.assert_array_equal(back.imu, left.imu)

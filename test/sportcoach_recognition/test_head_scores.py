"""Angles, stages and quality are scored against the truth, and told by a network that learned them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import set_files

from sportcoach_perception.angles import joint_angles
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets import irds, synthetic
from sportcoach_recognition.datasets.sequence import Sequence, mirrored, without_landmarks
from sportcoach_recognition.fitted import Fitted
from sportcoach_recognition.head_scores import Told, compare, scores
from sportcoach_recognition.models.heads import STAGES
from sportcoach_recognition.perturb import Perturbations
from sportcoach_recognition.tracks import track
from sportcoach_recognition.training import fit

SMALL = {"joint": 8, "heads": 2, "part": 8, "limb": 8, "body": 16}


def known(sequence: Sequence, off: float = 0.0) -> Sequence:
    """With true angles that are larger by `off` [rad] than those of the landmarks, in one stage, of good quality."""
    return replace(
        sequence,
        angles=(np.radians(joint_angles(sequence.world)) + off).astype(np.float32),
        stage=np.full(len(sequence.stamps), 2),
        quality=np.full(len(sequence.stamps), 0.9, np.float32),
    )


def worn(sequence: Sequence) -> Sequence:
    """With a sensor at every limb, that says nothing."""
    steps = np.arange(0, 3_000_000_000, 10_000_000)
    imu = np.ones((len(steps), len(LIMBS), 6), np.float32)
    return replace(sequence, imu_stamps=steps, imu=imu, imu_seen=np.ones((len(LIMBS), 2), np.bool_))


@pytest.fixture
def standing(tmp_path: Path) -> Sequence:
    set_files.irds(tmp_path, ["101_18_0_1_1_stand.txt"])
    return next(iter(irds.read(tmp_path)))


@pytest.mark.parametrize(("off", "score"), [(0.0, 1.0), (0.1, 0.9)])
def test_landmarks_are_scored_by_how_far_their_angles_are_off(standing: Sequence, off: float, score: float) -> None:
    compared = [compare(known(standing, off), Told(), 15.0, 64)]
    assert scores(compared) == {"landmark_angle_score": pytest.approx(score, abs=1e-6)}
    assert scores([]) == {}


def test_what_a_network_tells_is_taken_off_the_errors(standing: Sequence) -> None:
    sequence = known(standing, 0.1)
    steps = len(compare(sequence, Told(), 15.0, 64).landmarks)
    compared = compare(sequence, Told(angles=np.full((steps, sequence.angles.shape[1]), 0.08, np.float32)), 15.0, 64)
    assert scores([compared])["refined_angle_score"] == pytest.approx(0.98, abs=1e-6)
    only_one_refines = [compared, compare(sequence, Told(), 15.0, 64)]
    assert list(scores(only_one_refines)) == ["landmark_angle_score"]


def test_stages_count_alike_and_quality_by_its_error(standing: Sequence) -> None:
    frames = len(standing.stamps)
    stage = np.arange(frames) // (frames - 10)  # nearly all of the first
    quality = np.full(frames, np.nan, np.float32)
    good, bad = (replace(known(standing), stage=stage, quality=quality.copy()) for _ in range(2))
    good.quality[-5:], bad.quality[-5:] = 0.9, 0.3
    steps = len(compare(good, Told(), 15.0, 64).landmarks)
    always = np.eye(len(STAGES), dtype=np.float32)[np.zeros(steps, np.int64)]
    told = scores([compare(good, Told(always, None, 0.8), 15.0, 64), compare(bad, Told(always, None, 0.5), 15.0, 64)])
    assert told["stage_accuracy"] == 0.5
    assert told["quality_error"] == pytest.approx(0.15)
    assert told["quality_error_of_mean"] == pytest.approx(0.3)


def test_what_is_not_known_is_not_scored(standing: Sequence) -> None:
    told = Told(np.zeros((9, len(STAGES)), np.float32), None, 0.5)
    assert scores([compare(standing, told, 15.0, 64)]) == {}


def test_quality_is_that_of_the_window_that_was_seen(standing: Sequence) -> None:
    quality = np.linspace(0.0, 1.0, len(standing.stamps), dtype=np.float32)
    rising = replace(standing, quality=quality)
    (whole, end) = (compare(rising, Told(quality=0.5), 15.0, steps).quality for steps in (1000, 1))
    assert whole == (0.5, pytest.approx(0.5, abs=0.1))
    assert end == (0.5, pytest.approx(1.0, abs=0.1))


def test_a_head_that_there_is_not_is_named() -> None:
    with pytest.raises(UserError, match="no head for tempo: choose from stage, angles, quality"):
        FitConfig(heads=("tempo", "stage"))
    with pytest.raises(UserError, match=r"heads is a list: \[angles\]"):
        FitConfig(heads="angles")


def test_nothing_is_learned_about_angles_whose_truth_is_not_known(standing: Sequence) -> None:
    assert np.isnan(track(standing).angles).all()


def test_clips_in_which_nobody_is_seen_are_learned_from_all_the_same() -> None:
    sequences = [known(sequence, 0.4) for sequence in synthetic.read(12, seed=1)]
    unseen = without_landmarks(worn(sequences[0]))
    assert np.isnan(track(unseen).at(np.arange(3) * 1e8).angles).all()
    config = FitConfig(heads=("angles",), steps=10, batch=8, longest=16, network=SMALL)
    fitted = fit([*map(worn, sequences[1:]), unseen], [], ACTIONS, config, 0)
    assert fitted.heads_compared([unseen]) == []


def test_the_true_angles_go_into_the_mirror_with_the_landmarks() -> None:
    (sequence,) = synthetic.read(1, seed=3)
    there = mirrored(known(sequence))
    np.testing.assert_allclose(there.angles, np.radians(joint_angles(there.world)), atol=1e-5)


def test_a_network_that_learned_it_refines_the_angles_of_others_also_when_read_again(tmp_path: Path) -> None:
    sequences = [known(sequence, 0.4) for sequence in synthetic.read(24, seed=1)]
    config = FitConfig(
        heads=("angles", "stage", "quality"), steps=60, batch=8, longest=16,
        average=0.9, learning_rate=1e-2, heads_loss=5.0,
        perturbations=Perturbations(jitter=0.0, drift=0.0, yaw=0.0, tilt=0.0), network=SMALL,
    )  # fmt: skip
    fitted = fit(sequences[:20], [], ACTIONS, config, 0)
    found = scores(fitted.heads_compared(sequences[20:]))
    assert found["landmark_angle_score"] == pytest.approx(0.6, abs=1e-3)
    assert found["refined_angle_score"] > 0.8
    assert found["quality_error"] < 0.2
    assert found["stage_accuracy"] == 1.0, "there is one alone"
    fitted.save(tmp_path / "network.safetensors")
    again = Fitted.load(tmp_path / "network.safetensors")
    assert scores(again.heads_compared(sequences[20:])) == found
    first = sequences[0]
    unknown = replace(first, angles=first.angles[:0], stage=first.stage[:0], quality=first.quality[:0])
    assert fitted.heads_compared([unknown, without_landmarks(first)]) == []

"""Joint angles of landmarks are scored against the truth, and brought nearer to it by a network that learned how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import set_files

from sportcoach_perception.angles import joint_angles
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets import irds, synthetic
from sportcoach_recognition.datasets.sequence import Sequence, mirrored, without_landmarks
from sportcoach_recognition.fitted import Fitted
from sportcoach_recognition.perturb import Perturbations
from sportcoach_recognition.refinement import angle_scores, errors_of, track
from sportcoach_recognition.training import fit

SMALL = {"joint": 8, "heads": 2, "part": 8, "limb": 8, "body": 16}


def known(sequence: Sequence, off: float = 0.0) -> Sequence:
    """With true angles that are larger by `off` [rad] than those of the landmarks."""
    return replace(sequence, angles=(np.radians(joint_angles(sequence.world)) + off).astype(np.float32))


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
    errors = [errors_of(known(standing, off), None, 15.0)]
    assert angle_scores(errors) == {"landmark_angle_score": pytest.approx(score, abs=1e-6)}
    assert angle_scores([]) == {}


def test_what_a_network_tells_is_taken_off_the_errors(standing: Sequence) -> None:
    sequence = known(standing, 0.1)
    steps = len(errors_of(sequence, None, 15.0).landmarks)
    errors = errors_of(sequence, np.full((steps, sequence.angles.shape[1]), 0.08, np.float32), 15.0)
    assert angle_scores([errors])["refined_angle_score"] == pytest.approx(0.98, abs=1e-6)
    only_one_refines = [errors, errors_of(sequence, None, 15.0)]
    assert list(angle_scores(only_one_refines)) == ["landmark_angle_score"]


def test_nothing_is_learned_about_angles_whose_truth_is_not_known(standing: Sequence) -> None:
    assert np.isnan(track(standing).angles).all()


def test_clips_in_which_nobody_is_seen_are_learned_from_all_the_same() -> None:
    sequences = [known(sequence, 0.4) for sequence in synthetic.read(12, seed=1)]
    unseen = without_landmarks(worn(sequences[0]))
    assert np.isnan(track(unseen).at(np.arange(3) * 1e8).angles).all()
    config = FitConfig(refines=True, steps=10, batch=8, longest=16, network=SMALL)
    fitted = fit([*map(worn, sequences[1:]), unseen], [], ACTIONS, config, 0)
    assert fitted.angle_errors([unseen]) == []


def test_the_true_angles_go_into_the_mirror_with_the_landmarks() -> None:
    (sequence,) = synthetic.read(1, seed=3)
    there = mirrored(known(sequence))
    np.testing.assert_allclose(there.angles, np.radians(joint_angles(there.world)), atol=1e-5)


def test_a_network_that_learned_it_refines_the_angles_of_others_also_when_read_again(tmp_path: Path) -> None:
    sequences = [known(sequence, 0.4) for sequence in synthetic.read(24, seed=1)]
    config = FitConfig(
        refines=True, steps=60, batch=8, longest=16, average=0.9, learning_rate=1e-2, heads_loss=5.0,
        perturbations=Perturbations(jitter=0.0, drift=0.0, yaw=0.0, tilt=0.0), network=SMALL,
    )  # fmt: skip
    fitted = fit(sequences[:20], [], ACTIONS, config, 0)
    scores = angle_scores(fitted.angle_errors(sequences[20:]))
    assert scores["landmark_angle_score"] == pytest.approx(0.6, abs=1e-3)
    assert scores["refined_angle_score"] > 0.8
    fitted.save(tmp_path / "network.safetensors")
    again = Fitted.load(tmp_path / "network.safetensors")
    assert angle_scores(again.angle_errors(sequences[20:])) == scores
    unknown = replace(sequences[0], angles=sequences[0].angles[:0])
    assert fitted.angle_errors([unknown, without_landmarks(sequences[0])]) == []

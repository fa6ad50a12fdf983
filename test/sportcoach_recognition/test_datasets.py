"""The sets: each published layout becomes hip-centred metres with y down."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets import held, irds, penn_action, pushup_form, synthetic, utd_mhad, videos
from sportcoach_recognition.datasets.sequence import Sequence, even_stamps

SHARED = Path(__file__).parents[3] / "shared" / "data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the data sets (../shared/data) are not here")


def height(sequence: Sequence, landmark: str, frame: int = 0) -> float:
    """Metres above the hips."""
    return float(-sequence.world[frame, LANDMARK_INDEX[landmark], 1])


def check(sequences: list[Sequence]) -> None:
    assert sequences
    for sequence in sequences:
        assert sequence.label in ACTIONS
        assert sequence.world.shape == (len(sequence.stamps), 33, 3)
        assert sequence.world.dtype == np.float32
        assert np.isfinite(sequence.world).all()
        assert (np.diff(sequence.stamps) > 0).all()
        hips = sequence.world[:, [23, 24]].mean(1)[sequence.seen[:, 23] & sequence.seen[:, 24]]
        np.testing.assert_allclose(hips, 0.0, atol=1e-5)
    assert len({sequence.name for sequence in sequences}) == len(sequences)


@needs_data
def test_utd_mhad() -> None:
    sequences = list(utd_mhad.exercises(SHARED / "utd_mhad"))
    check(sequences)
    assert {s.label for s in sequences} == {"squat", "lunge", "other"}
    squat = next(s for s in sequences if s.label == "squat")
    assert squat.subject == "1"
    assert height(squat, "left_shoulder") > 0.3
    assert height(squat, "left_ankle") < -0.6
    assert max(height(squat, "left_ankle", frame) for frame in range(len(squat.world))) > -0.5
    assert squat.world[0, LANDMARK_INDEX["left_shoulder"], 0] > squat.world[0, LANDMARK_INDEX["right_shoulder"], 0]


@needs_data
def test_irds() -> None:
    sequences = list(irds.exercises(SHARED / "irds", every=100))
    check(sequences)
    assert height(sequences[0], "nose") > 0.5


@needs_data
def test_penn_action() -> None:
    sequences = list(penn_action.exercises(SHARED / "penn_action"))
    check(sequences)
    assert {s.label for s in sequences} == set(ACTIONS) - {"lunge"}
    assert not any(s.depth for s in sequences)
    jacks = [s for s in sequences if s.label == "jumping_jack"]
    assert 0.4 < np.median([height(s, "left_shoulder") for s in jacks]) < 0.7


@needs_data
def test_pushup_form() -> None:
    sequences = list(pushup_form.exercises(SHARED / "pushup_form"))
    check(sequences)
    assert {s.label for s in sequences} == {"push_up"}
    torsos = [np.linalg.norm(s.world[0, 11] - s.world[0, 23]) for s in sequences]
    assert 0.3 < np.median(torsos) < 0.7


def test_penn_action_in_its_layout(tmp_path: Path) -> None:
    x, y = np.tile(np.arange(13.0), (5, 1)), np.tile(np.arange(13.0) * 10, (5, 1))
    seen = np.ones((5, 13))
    seen[:, 7] = 0  # the left hip: put where the right one is
    for number, action in enumerate(("squat", "clean_and_jerk", "bowl"), start=1):
        clip = {"action": action, "x": x, "y": y, "visibility": seen, "train": 1}
        savemat(tmp_path / f"{number:04}.mat", clip)
    sequences = list(penn_action.exercises(tmp_path))
    check(sequences)
    assert [(s.name, s.label) for s in sequences] == [("0001", "squat"), ("0003", "other")]
    assert not sequences[0].seen[:, LANDMARK_INDEX["left_hip"]].any()
    np.testing.assert_array_equal(sequences[0].world[:, LANDMARK_INDEX["right_hip"]], 0.0)


def test_synthetic_movements_are_the_same_for_the_same_seed() -> None:
    first, again = (list(synthetic.read(60, seed=4)) for _ in range(2))
    check(first)
    assert all(np.array_equal(a.world, b.world) for a, b in zip(first, again, strict=True))
    assert {s.label for s in synthetic.read(400, seed=0)} == set(ACTIONS)


def test_every_synthetic_movement_moves_as_its_name_says() -> None:
    rng = np.random.default_rng(0)

    def lowest(name: str, landmark: str) -> float:
        world = synthetic.figure(synthetic.angles(synthetic.MOVEMENTS[name], rng, 100), rng)
        return float((-world[:, LANDMARK_INDEX[landmark], 1]).max())

    assert lowest("squat", "left_ankle") > lowest("stand", "left_ankle") + 0.2
    assert lowest("jumping_jack", "left_wrist") > 0.7
    assert lowest("push_up", "left_shoulder") < 0.4
    assert lowest("good_morning", "left_ankle") < -0.6


def test_held_poses_do_not_move_and_are_other() -> None:
    exercises = [s for s in synthetic.read(100, seed=1) if s.label != "other"]
    sequences = list(held.read(exercises, seed=2))
    check(sequences)
    assert {s.label for s in sequences} == {"other"}
    assert all((s.world == s.world[0]).all() for s in sequences)


def test_videos_are_labelled_by_name_or_table(tmp_path: Path) -> None:
    for name in ("squat_a.mp4", "pushup_b.mp4", "other_c.MOV"):
        (tmp_path / name).touch()
    assert sorted(videos.labels(tmp_path).values()) == ["other", "push_up", "squat"]
    (tmp_path / "labels.csv").write_text("file,label\nsquat_a.mp4,lunge\n")
    assert videos.labels(tmp_path) == {tmp_path / "squat_a.mp4": "lunge"}


def test_a_video_without_a_known_label_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "yoga.mp4").touch()
    with pytest.raises(UserError, match="yoga"):
        videos.labels(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        videos.labels(tmp_path / "nowhere")


def test_landmarks_come_from_the_cache(tmp_path: Path) -> None:
    stamps = even_stamps(3, 30.0)
    np.savez(
        tmp_path / "squat_a.pose.npz", stamp=stamps, detected=[True, False, True],
        image=np.full((3, 33, 2), 0.25, np.float32), aspect=np.full(3, 0.75, np.float32),
        world=np.zeros((3, 33, 3), np.float32), visibility=np.ones((3, 33), np.float32),
    )  # fmt: skip
    frames = videos.frames(tmp_path / "squat_a.mp4", Path("pose.task"), tmp_path)
    assert [(f.stamp, f.detected) for f in frames] == list(zip(stamps, [True, False, True], strict=True))
    assert all((f.image == 0.25).all() and f.aspect == 0.75 for f in frames)

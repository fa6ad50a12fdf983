"""Each set is read from its published layout, with its own classes, joints and sensors where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import set_files
from numpy.testing import assert_allclose
from scipy.io import savemat

from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARK_INDEX as AT
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.datasets import berkeley_mhad, irds, landmarks, penn_action, pushup_form, utd_mhad, videos
from sportcoach_recognition.datasets.sequence import Sequence


def check_upright(sequence: Sequence) -> None:
    """Facing the camera: own left to the right of the picture, y down, hips in the origin, about a metre tall."""
    world = sequence.world[0]
    assert world[AT["left_shoulder"], 0] > 0.1 > -0.1 > world[AT["right_shoulder"], 0]
    assert world[AT["left_wrist"], 0] > world[AT["right_wrist"], 0]
    assert world[AT["nose"], 1] < world[AT["left_shoulder"], 1] < -0.3
    assert world[AT["right_ankle"], 1] > world[AT["right_knee"], 1] > 0.2
    assert_allclose(world[[AT["left_hip"], AT["right_hip"]]].mean(0), 0.0, atol=1e-5)
    assert not sequence.seen[:, AT["left_eye"]].any()


def test_utd_mhad(tmp_path: Path) -> None:
    set_files.utd_mhad(tmp_path, [(1, 2, 1), (27, 8, 4)], frames=40, readings=100)
    swipe, squat = utd_mhad.read(tmp_path)
    assert [(s.label, s.subject, s.name) for s in (swipe, squat)] == [
        ("swipe_left", "2", "a1_s2_t1"), ("squat", "8", "a27_s8_t4"),
    ]  # fmt: skip
    check_upright(squat)
    assert_allclose(np.diff(swipe.stamps), 50_000_000)  # 40 frames over 100 readings at 50 Hz
    assert swipe.imu_seen.tolist() == squat.imu_seen.tolist() == [[limb == "right_wrist"] * 2 for limb in LIMBS]
    assert_allclose(swipe.imu[5, LIMBS.index("right_wrist")], [0.0, 9.80665, 0.0, 0.0, 0.0, np.pi], rtol=1e-5)


def test_utd_mhad_skeletons_alone(tmp_path: Path) -> None:
    set_files.utd_mhad(tmp_path, [(22, 1, 1)])
    (tmp_path / "Inertial" / "a22_s1_t1_inertial.mat").unlink()
    with pytest.raises(UserError, match=r"a22_s1_t1_inertial.* is missing"):
        list(utd_mhad.read(tmp_path))
    (tmp_path / "Inertial").rmdir()
    (jog,) = utd_mhad.read(tmp_path)
    assert jog.label == "jog"
    assert len(jog.imu_stamps) == 0


def test_no_thigh_sensor_passes_for_a_wrist_when_the_graphs_model_is_trained(tmp_path: Path) -> None:
    set_files.utd_mhad(tmp_path, [(1, 1, 1), (22, 1, 1), (24, 1, 1)])
    wave, jog = utd_mhad.exercises(tmp_path)  # sit to stand is left out
    assert (wave.label, jog.label) == ("other", "other")
    assert wave.imu_seen.any()
    assert not jog.imu_seen.any()


def test_irds(tmp_path: Path) -> None:
    set_files.irds(tmp_path, ["101_18_0_1_1_stand.txt", "203_18_8_2_3_wheelchair.txt", "203_18_6_1_2_chair.txt"])
    first, second, third = irds.read(tmp_path)
    assert [s.label for s in (first, second, third)] == [
        "right_elbow_flexion", "shoulder_forward_elevation", "left_side_tap",
    ]  # fmt: skip
    assert [irds.correctness(s) for s in (first, second, third)] == ["correct", "incorrect", "poor"]
    assert [s.subject for s in (first, second, third)] == ["101", "203", "203"]
    check_upright(first)


def test_irds_in_the_mirror_is_the_gesture_of_the_other_side(tmp_path: Path) -> None:
    set_files.irds(tmp_path, ["101_18_0_1_1_stand.txt"])
    (right,) = irds.read(tmp_path)
    left = irds.in_the_mirror(right)
    assert (left.label, left.name) == ("left_elbow_flexion", "101_18_1_1_1_stand")
    assert irds.in_the_mirror(replace(right, label="correct")).label == "correct"
    back = irds.in_the_mirror(left)
    assert (back.label, back.name) == (right.label, right.name)
    np.testing.assert_array_equal(back.world, right.world)


def test_berkeley_mhad_brings_its_sensors_to_common_stamps(tmp_path: Path) -> None:
    set_files.berkeley_mhad(tmp_path, [(3, 2, 5)], seconds=4.0)
    (jacks,) = berkeley_mhad.read(tmp_path)
    assert (jacks.label, jacks.subject, jacks.name) == ("jumping_jacks", "3", "s03_a02_r05")
    assert len(jacks.stamps) == 0
    assert jacks.imu_seen.tolist() == [[True, False]] * 4
    left, right, ankle = (jacks.imu[:, LIMBS.index(limb)] for limb in ("left_wrist", "right_wrist", "left_ankle"))
    assert_allclose(left, right, atol=0.2)  # the same swing, though read at other times
    assert_allclose(np.abs(left[:, 0]).max(), 0.6 * 9.80665, rtol=0.02)
    assert_allclose(ankle[:, :3], [[0.0, 9.80665, 0.0]] * len(ankle), rtol=1e-5)
    assert not jacks.imu[..., 3:].any()


def test_penn_action(tmp_path: Path) -> None:
    set_files.penn_action(tmp_path, [("squat", 1), ("bowl", -1)])
    squat, bowl = penn_action.read(tmp_path)
    assert [(s.label, s.part, s.depth) for s in (squat, bowl)] == [("squat", "train", False), ("bowl", "test", False)]
    check_upright(squat)
    assert_allclose(squat.world[0, AT["left_knee"], 1], 0.4, atol=0.1)  # pixels became metres


@pytest.mark.parametrize("hidden", [(7, 8), tuple(range(13)), (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)])
def test_penn_action_clips_without_hips_or_bones_are_kept(tmp_path: Path, hidden: tuple[int, ...]) -> None:
    set_files.penn_action(tmp_path, [("pushup", 1)], hidden=hidden)
    (clip,) = penn_action.read(tmp_path)
    assert np.isfinite(clip.world).all()
    assert np.abs(clip.world).max() < 2.0
    assert clip.seen.any()


def test_pushup_form(tmp_path: Path) -> None:
    set_files.pushup_form(tmp_path, "correct", "correct1")
    set_files.pushup_form(tmp_path, "wrong", "wrong7", rate=29.97)
    good, bad = pushup_form.read(tmp_path)
    assert [(s.label, s.subject, s.name) for s in (good, bad)] == [
        ("correct", "640x360@25", "correct/correct1"), ("wrong", "640x360@30", "wrong/wrong7"),
    ]  # fmt: skip
    assert len(good.stamps) == 19  # nobody in the first frame
    assert good.stamps[0] == 40_000_000


def test_videos_of_kinetics(tmp_path: Path) -> None:
    (tmp_path / "squat").mkdir()
    (tmp_path / "squat" / "abc_000012_000022.mp4").touch()
    rows = ["squat,abc,12,22,train", "lunge,gone,0,10,validate"]
    (tmp_path / "labels.csv").write_text("\n".join(["label,youtube_id,time_start,time_end,split", *rows]))
    (video,) = videos.index(tmp_path)
    assert (video.path.name, video.label, video.subject, video.part) == (
        "abc_000012_000022.mp4", "squat", "abc", "train",
    )  # fmt: skip


def test_videos_in_folders_are_labelled_by_them(tmp_path: Path) -> None:
    (tmp_path / "tai chi").mkdir()
    (tmp_path / "tai chi" / "a.mp4").touch()
    assert [video.label for video in videos.index(tmp_path)] == ["tai chi"]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        ("name,label\na,b\n", "needs the columns"),
        ("file,label\nmissing.mp4,squat\n", "missing.mp4 is named"),
        ("label,youtube_id,time_start,time_end\nsquat,a,x,2\n", "must be seconds"),
        ("label,youtube_id,time_start,time_end\nsquat,a,1,2\n", "none of the videos"),
    ],
)
def test_a_table_that_is_not_right_is_refused(tmp_path: Path, table: str, complaint: str) -> None:
    (tmp_path / "labels.csv").write_text(table)
    with pytest.raises(UserError, match=complaint):
        videos.index(tmp_path)


def test_landmarks_of_another_video_of_the_same_name_do_not_count(tmp_path: Path) -> None:
    video, model = tmp_path / "a.mp4", Path("pose.task")
    np.savez(landmarks.store(video, model, tmp_path), size=3, aspect=1.5)
    assert landmarks.kept(video, model, tmp_path)  # the video itself may be gone
    video.write_bytes(b"abc")
    assert landmarks.kept(video, model, tmp_path)
    video.write_bytes(b"abcd")
    assert not landmarks.kept(video, model, tmp_path)


def test_landmarks_that_were_kept_without_the_picture_do_not_count(tmp_path: Path) -> None:
    video, model = tmp_path / "a.mp4", Path("pose.task")
    np.savez(landmarks.store(video, model, tmp_path), size=3)
    assert not landmarks.kept(video, model, tmp_path)


Read = Callable[[Path], Iterable[Sequence]]


@pytest.mark.parametrize(
    "read", [utd_mhad.read, irds.read, berkeley_mhad.read, penn_action.read, pushup_form.read, videos.index]
)
def test_a_missing_or_empty_folder_is_named(tmp_path: Path, read: Read) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(UserError, match=str(tmp_path)):
            list(read(folder))


def spoil_utd_shape(root: Path) -> Path:
    set_files.utd_mhad(root, [(1, 1, 1)])
    path = root / "Inertial" / "a1_s1_t1_inertial.mat"
    savemat(path, {"d_iner": np.zeros((5, 3))})
    return path


def spoil_utd_name(root: Path) -> Path:
    set_files.utd_mhad(root, [(1, 1, 1)])
    path = root / "Skeleton" / "a1_s1_t1_skeleton.mat"
    savemat(path, {"skeleton": np.zeros((20, 3, 5))})
    return path


def spoil_utd_file(root: Path) -> Path:
    set_files.utd_mhad(root, [(1, 1, 1)])
    path = root / "Skeleton" / "a1_s1_t1_skeleton.mat"
    path.write_bytes(path.read_bytes()[:200])
    return path


def spoil_irds_number(root: Path) -> Path:
    set_files.irds(root, ["101_18_0_1_1_stand.txt"])
    path = root / "101_18_0_1_1_stand.txt"
    path.write_text(path.read_text().replace("0.750000", "nan", 1))
    return path


def spoil_irds_columns(root: Path) -> Path:
    set_files.irds(root, [])
    path = root / "101_18_0_1_1_stand.txt"
    path.write_text("1,2,3\n")
    return path


def spoil_irds_name(root: Path) -> Path:
    set_files.irds(root, ["101_18_9_1_1_stand.txt"])
    return root / "101_18_9_1_1_stand.txt"


def spoil_berkeley_text(root: Path) -> Path:
    set_files.berkeley_mhad(root, [(1, 1, 1)])
    path = root / "Shimmer05" / "acc_h05_s01_a01_r01.txt"
    path.write_text("not numbers\n")
    return path


def spoil_berkeley_missing(root: Path) -> Path:
    set_files.berkeley_mhad(root, [(1, 1, 1)])
    path = root / "Shimmer06" / "acc_h06_s01_a01_r01.txt"
    path.unlink()
    return path


def spoil_penn_action(root: Path) -> Path:
    set_files.penn_action(root, [("yoga", 1)])
    return root / "labels" / "0001.mat"


def spoil_pushup_shape(root: Path) -> Path:
    set_files.pushup_form(root, "wrong", "wrong1")
    path = root / "wrong" / "wrong1.npz"
    np.savez(path, landmarks=np.zeros((5, 17, 3)), fps=30, width=640, height=480)
    return path


def spoil_pushup_file(root: Path) -> Path:
    set_files.pushup_form(root, "wrong", "wrong1")
    path = root / "wrong" / "wrong1.npz"
    path.write_bytes(b"PK no zip")
    return path


@pytest.mark.parametrize(
    ("read", "spoil"),
    [
        (utd_mhad.read, spoil_utd_shape),
        (utd_mhad.read, spoil_utd_name),
        (utd_mhad.read, spoil_utd_file),
        (irds.read, spoil_irds_number),
        (irds.read, spoil_irds_columns),
        (irds.read, spoil_irds_name),
        (berkeley_mhad.read, spoil_berkeley_text),
        (berkeley_mhad.read, spoil_berkeley_missing),
        (penn_action.read, spoil_penn_action),
        (pushup_form.read, spoil_pushup_shape),
        (pushup_form.read, spoil_pushup_file),
    ],
)
def test_a_file_that_is_not_right_is_named(tmp_path: Path, read: Read, spoil: Callable[[Path], Path]) -> None:
    path = spoil(tmp_path)
    with pytest.raises(UserError) as raised:
        list(read(tmp_path))
    assert path.name in str(raised.value)
    assert "\n" not in str(raised.value)

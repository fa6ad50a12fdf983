"""A collection is what its settings say, to the byte, however it was made; and it is read back as it was recorded."""

from __future__ import annotations

import csv
import fcntl
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from sportcoach.cli import main
from sportcoach_perception.angles import ANGLE_INDEX, joint_angles
from sportcoach_perception.errors import UserError
from sportcoach_perception.pose import PoseEstimator
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim import render
from sportcoach_sim.dataset.build import build
from sportcoach_sim.dataset.clip import STAGES, Clip, Landmarks
from sportcoach_sim.dataset.recipe import ACTIONS, Settings, recipes
from sportcoach_sim.dataset.recording import record
from sportcoach_sim.dataset.shards import load, read, write
from sportcoach_sim.movement import movement
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.world import PictureFaults

MODEL = Path(__file__).parents[2] / "models" / "pose_landmarker_full.task"
SMALL = Settings(subjects=1, clips=1, rendered=0.0, seed=3)
SECOND = 1_000_000_000


def simulate(root: Path, *words: str) -> int:
    few = ("--subjects", "1", "--clips", "1", "--rendered", "0", "--seed", "3", "--workers", "1")
    return main(["dataset", "simulate", "--out", str(root), *few, *words])


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One athlete, a clip of every action."""
    root = tmp_path_factory.mktemp("collection") / "made"
    assert simulate(root) == 0
    return root


@pytest.fixture(scope="module")
def clips(collection: Path) -> dict[str, Clip]:
    return {clip.action: clip for clip in read(collection)}


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.npz")}


class StoppedError(Exception):
    pass


def stop_after(clips: int) -> Callable[[int], None]:
    def progress(done: int) -> None:
        if done >= clips:
            raise StoppedError

    return progress


def test_the_bytes_depend_neither_on_workers_nor_on_interruptions(collection: Path, tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        build(tmp_path, SMALL, None, progress=stop_after(2))
    finished = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    assert len(finished) == 2
    (tmp_path / "train" / "s000_lunge.tmp").write_bytes(b"what a killed run leaves")
    assert len(build(tmp_path, SMALL, None, workers=2)) == 3
    assert {path: path.stat().st_mtime_ns for path in finished} == finished, "not made again"
    assert contents(tmp_path) == contents(collection)
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_finished_collection_is_left_as_it_is(collection: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in collection.rglob("*") if path.is_file()}
    assert simulate(collection) == 0
    assert "5 clips, 0 of them made now" in capsys.readouterr().out
    assert {path: path.read_bytes() for path in collection.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--seed", "4"), "made with other seed: name another folder"),
        (("--clips", "2"), "made with other clips"),
        (("--subjects", "0"), "subjects is 0"),
        (("--rendered", "1.5"), "rendered is 1.5"),
        (("--workers", "0"), "--workers is 0"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    collection: Path, words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(collection)
    assert simulate(collection, *words) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert line.startswith("sportcoach: ") and message in line
    assert contents(collection) == before


def test_a_folder_of_other_things_or_of_another_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(UserError, match="other things"):
        build(tmp_path, SMALL, None)
    root = tmp_path / "new"
    with pytest.raises(StoppedError):
        build(root, SMALL, None, progress=stop_after(0))
    with (root / "dataset.json").open() as held, pytest.raises(UserError, match="another run"):
        fcntl.flock(held, fcntl.LOCK_EX)
        build(root, SMALL, None)


def test_without_opengl_there_is_one_line_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(backend: str) -> object:
        raise ImportError(backend)

    monkeypatch.setattr(render, "_context", missing)
    monkeypatch.setattr("sportcoach_perception.pose_model.path", lambda complexity: Path("unused.task"))
    assert simulate(tmp_path / "new", "--rendered", "1") == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "libegl1" in line
    assert not (tmp_path / "new").exists()


def test_the_truth_of_a_clip_holds_together(clips: dict[str, Clip]) -> None:
    assert set(clips) == set(ACTIONS)
    for clip in clips.values():
        assert 8 * SECOND < clip.stamps[-1] < 25 * SECOND
        assert clip.truth.world.shape == (len(clip.stamps), 33, 3) and clip.mediapipe is None
        np.testing.assert_allclose(joint_angles(clip.truth.world), clip.angles, atol=1e-3)
        assert clip.truth.detected.all() and movement(clip.movement).action == clip.action
        found = clip.repetitions
        assert len(found.begin) == clip.repetition.max() >= 3
        assert (found.begin < found.turn).all() and (found.turn < found.end).all()
        assert (found.end[:-1] <= found.begin[1:]).all()
        assert clip.progress[found.turn] == pytest.approx(1.0, abs=0.02)
        for number, (begin, end) in enumerate(zip(found.begin, found.end, strict=True), 1):
            assert (clip.repetition[begin:end] == number).all()
            assert {STAGES[stage] for stage in clip.stage[begin:end]} >= {"begin", "execute", "end"}


def test_the_sensors_are_as_unreliable_as_their_parameters_say(clips: dict[str, Clip]) -> None:
    imu, links = clips["squat"].imu, clips["squat"].parameters["links"]
    assert (np.diff(imu.arrival) >= 0).all() and (imu.arrival >= imu.time).all()
    for number, limb in enumerate(LIMBS):
        of = imu.limb == number
        lateness = (imu.stamp[of] - imu.time[of]) * 1e-9
        assert lateness.mean() == pytest.approx(links[limb]["offset"], abs=1e-3 + 20 * abs(links[limb]["drift"]) * 1e-6)
        assert lateness.std() < 2.0 * links[limb]["jitter"] + 1e-3
        assert np.linalg.norm(imu.signal[of, :3], axis=1).mean() == pytest.approx(9.8, abs=1.5)
        assert np.linalg.norm(clips["squat"].parameters["mounts"][limb]) == pytest.approx(1.0)


def test_faults_are_in_the_repetitions_that_show_them() -> None:
    (recipe,) = recipes(SMALL, 0, "squat")
    planned = PlannedSet("squat", 3, {"shallow_depth": 40.0}, rest=0.0, shares=(1.0, 0.0, 0.5))
    clip = record(replace(recipe, planned=planned), None)
    assert clip.repetitions.faults[:, clip.faults.index("shallow_depth")].tolist() == [40.0, 0.0, 20.0]
    knee = clip.angles[clip.repetitions.turn, ANGLE_INDEX["left_knee"]]  # 180 when straight
    assert knee[0] > knee[2] + 8.0 > knee[1] + 16.0


@pytest.mark.usefixtures("opengl")
@pytest.mark.skipif(not MODEL.exists(), reason="'make setup' makes the pose model")
def test_a_rendered_clip_has_what_mediapipe_saw_and_the_same_truth(tmp_path: Path) -> None:
    (recipe,) = recipes(SMALL, 0, "squat")
    recipe = replace(
        recipe,
        planned=PlannedSet("squat", 1, rest=0.0),
        world=replace(recipe.world, picture=PictureFaults()),
    )
    with PoseEstimator(MODEL) as estimator:
        seen = record(recipe, estimator.estimate)
    write(tmp_path / "s.npz", [seen, record(replace(recipe, name="undrawn"), None)])
    drawn, undrawn = load(tmp_path / "s.npz")
    assert isinstance(drawn.mediapipe, Landmarks) and undrawn.mediapipe is None
    assert drawn.mediapipe.detected.mean() > 0.9
    offset = np.abs(drawn.mediapipe.image - drawn.truth.image)[:, [11, 12, 23, 24]]
    assert np.median(offset) < 0.05
    np.testing.assert_array_equal(drawn.truth.world, undrawn.truth.world)
    np.testing.assert_array_equal(drawn.imu.signal, undrawn.imu.signal)


def test_what_is_read_is_what_was_recorded(collection: Path, clips: dict[str, Clip]) -> None:
    (recipe,) = recipes(SMALL, 0, "lunge")
    expected, found = record(recipe, None), clips["lunge"]
    assert (found.name, found.split, found.faults) == ("s000_lunge_00", "train", expected.faults)
    assert found.parameters == json.loads(json.dumps(expected.parameters))
    for group in ("truth", "imu", "repetitions"):
        for field in fields(getattr(expected, group)):
            a, b = getattr(getattr(expected, group), field.name), getattr(getattr(found, group), field.name)
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)
    assert [clip.action for clip in read(collection, "train")] == sorted(ACTIONS)
    assert list(read(collection, "test")) == []


def test_a_damaged_shard_and_a_folder_without_a_collection_are_named(collection: Path, tmp_path: Path) -> None:
    shard = tmp_path / "s000_squat.npz"
    shard.write_bytes((collection / "train" / "s000_squat.npz").read_bytes()[:-1000])
    with pytest.raises(UserError, match=r"s000_squat\.npz is damaged"):
        list(load(shard))
    with pytest.raises(UserError, match="no simulated collection"):
        list(read(tmp_path))


def test_card_and_index_say_what_is_there(collection: Path, clips: dict[str, Clip]) -> None:
    with (collection / "clips.csv").open(encoding="utf-8") as file:
        rows = {row["clip"]: row for row in csv.DictReader(file)}
    assert set(rows) == {clip.name for clip in clips.values()}
    squat = clips["squat"]
    assert int(rows[squat.name]["repetitions"]) == len(squat.repetitions.begin)
    card = (collection / "README.md").read_text(encoding="utf-8")
    assert "sportcoach dataset simulate --subjects 1 --clips 1 --rendered 0 --seed 3 --out DIR" in card
    assert "| train | 1 | 5 | 0 |" in card
    assert "knees inward" in card and "Apache-2.0" in card


def test_athletes_are_in_one_split_each_in_shares_of_70_20_10() -> None:
    splits = [Settings(subjects=60).split(subject) for subject in range(60)]
    assert [splits.count(name) for name in ("train", "validation", "test")] == [42, 12, 6]


def test_what_is_drawn_is_varied_and_does_not_depend_on_the_size_of_the_collection() -> None:
    settings = Settings(subjects=8, clips=10, seed=5)
    drawn = [recipe for subject in range(8) for action in ACTIONS for recipe in recipes(settings, subject, action)]
    assert len({recipe.name for recipe in drawn}) == len({recipe.seed for recipe in drawn}) == 400
    assert len({recipe.planned.movement for recipe in drawn if recipe.action == "other"}) == 6
    assert all(recipe.scene.stool == (recipe.planned.movement == "sit_down") for recipe in drawn)
    assert sum(recipe.rendered for recipe in drawn) == pytest.approx(100, abs=3)
    assert np.ptp([recipe.scene.camera.azimuth for recipe in drawn]) > 150.0
    assert np.ptp([recipe.athlete.tempo for recipe in drawn]) > 0.3

    exercises = [recipe.planned for recipe in drawn if recipe.action != "other"]
    assert all(len(planned.shares) in (0, planned.repetitions) for planned in exercises)
    faulty = [share > 0.0 for planned in exercises for share in planned.shares]
    assert 0.4 < 1.0 - sum(faulty) / sum(planned.repetitions for planned in exercises) < 0.6
    sizes = [
        share * magnitude / movement(planned.movement).faults[name].range[0]
        for planned in exercises
        for name, magnitude in planned.faults.items()
        for share in planned.shares
        if share > 0.0
    ]
    assert min(sizes) < 0.4 and max(sizes) > 1.5, "too small to mention, and plain to see"

    (alone,) = [r for r in recipes(Settings(subjects=3, clips=4, seed=5), 2, "lunge") if r.name == "s002_lunge_03"]
    (among,) = [r for r in drawn if r.name == alone.name]
    assert replace(alone, split="", rendered=False) == replace(among, split="", rendered=False)


def test_clips_are_as_long_as_was_asked_but_have_three_repetitions() -> None:
    brief, usual, long = (
        [recipe.planned.repetitions for recipe in recipes(Settings(1, 6, seed=5, seconds=seconds), 0, "squat")]
        for seconds in ((1.0, 2.0), None, (40.0, 50.0))
    )
    assert brief == [3] * 6
    assert all(3 <= some < many for some, many in zip(usual, long, strict=True))
    for bad in ((0.0, 1.0), (2.0, 1.0), (1.0, float("inf"))):
        with pytest.raises(UserError, match="seconds are none"):
            Settings(seconds=bad)


def test_an_occlusion_that_is_asked_for_changes_the_pictures_alone() -> None:
    usual, hidden = (list(recipes(Settings(1, 6, seed=5, occlusion=share), 0, "squat")) for share in (None, 0.3))
    for one, other in zip(usual, hidden, strict=True):
        assert other.world.picture == PictureFaults(occlusion=0.3)
        assert replace(other, world=one.world) == one
        assert other.world.links == one.world.links
    with pytest.raises(UserError, match="share of the picture"):
        Settings(occlusion=1.0)

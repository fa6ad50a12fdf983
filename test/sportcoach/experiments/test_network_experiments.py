"""The tables and figures with networks, from end to end on a few tiny movements: every number comes from a trial."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import set_files

from sportcoach.cli import main
from sportcoach.experiments import ablations, answer_time, material, placement, trials
from sportcoach.experiments.outcome import Options
from sportcoach.experiments.scale import Scale
from sportcoach.experiments.significance import tested as welch
from sportcoach.experiments.summary import Mean, over_seeds
from sportcoach.experiments.trials import Setup, Trial, Trialled
from sportcoach_perception.angles import ANGLES, joint_angles
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_sim.dataset import shards
from sportcoach_sim.dataset.clip import Clip, Landmarks, Readings, Repetitions

SCALE = """
note: tiny
seeds: 2
folds: 1
steps: 10
athlete_steps: 10
batch: 2
networks:
  tcn: {channels: 4}
  tcn_lstm: {channels: 4}
  tcn_gat: {channels: 4, heads: 2}
  stream_gat: {joint: 4, part: 4, limb: 4, body: 4, dilations: [1]}
occlusions: [0.0, 0.45]
windows: [32, 64]
coached_sets: 1
"""
FRAMES = 70


def clip(subject: int, action: str) -> Clip:
    """A simulated athlete that jitters where it stands; MediaPipe sees it one frame in ten."""
    rng = np.random.default_rng((subject, ACTIONS.index(action)))
    world = rng.normal(0.0, 0.02, (FRAMES, 33, 3)) + np.linspace(-1.0, 1.0, 99).reshape(33, 3)
    seen, ones = np.ones(FRAMES, np.bool_), np.ones((FRAMES, 33), np.float32)
    landmarks = Landmarks(seen, np.zeros((FRAMES, 33, 2), np.float32), world.astype(np.float32), ones)
    time = np.repeat(np.arange(0, FRAMES * 33, 10) * 1_000_000, len(LIMBS))
    limb = np.tile(np.arange(len(LIMBS), dtype=np.int8), len(time) // len(LIMBS))
    signal = rng.normal(0.0, 1.0, (len(time), 6)).astype(np.float32)
    none = np.zeros(0, np.int32)
    return Clip(
        name=f"s{subject}_{action}", split="train", subject=f"s{subject}", action=action, movement=action, faults=(),
        parameters={}, stamps=np.arange(FRAMES) * 33_000_000,
        angles=(joint_angles(world) + 5.0).astype(np.float32), stage=np.zeros(FRAMES, np.int8),
        progress=np.zeros(FRAMES, np.float32), repetition=np.zeros(FRAMES, np.int16),
        repetitions=Repetitions(none, none, none, np.zeros((0, 0), np.float32)),
        truth=landmarks, mediapipe=landmarks, imu=Readings(limb, time, time, time, signal),
    )  # fmt: skip


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Options of a run on three simulated athletes and two real people, of whom two and one are learned from."""
    folder = tmp_path_factory.mktemp("experiments")
    set_files.utd_mhad(folder / "data" / "utd_mhad", [(a, s, 1) for a in (1, 2) for s in (1, 3)], frames=20)
    for subject in range(3):
        shards.write(folder / "collection" / "train" / f"s{subject}.npz", [clip(subject, a) for a in ACTIONS])
    (folder / "collection" / shards.SETTINGS).write_text("{}")
    (folder / "tiny.yaml").write_text(SCALE)
    places = {"--data": "data", "--collection": "collection", "--scale": "tiny.yaml", "--out": "out"}
    return ["--json", *(word for option, name in places.items() for word in (option, str(folder / name)))]


def coached(setup: Setup, channels: str, number: int, seed: int) -> Mapping[str, Any]:
    """In place of the closed loop, which takes its time."""
    if number < 0:
        raise UserError(f"no athlete {number}")
    return {"told": 1, "late": None if channels == "vibration" else 2.0, "left": 0.25}


def occluded(setup: Setup, share: float) -> list[Sequence]:
    """In place of pictures, which take their time."""
    return list(material.fold(setup, material.SIMULATED, 0).test)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ablations, "coached", coached)
    monkeypatch.setattr(material, "occluded", occluded)
    monkeypatch.setattr(answer_time, "REPEATS", 1)


@pytest.mark.parametrize("name", ["table5", "table4", "table3", "fig4", "fig5", "fig6"])
def test_each_writes_numbers_plot_and_sentence(capsys: pytest.CaptureFixture[str], words: list[str], name: str) -> None:
    assert main(["experiment", name, *words]) == 0
    told = json.loads(capsys.readouterr().out)
    out = Path(words[-1])
    assert told == json.loads((out / f"{name}.json").read_text())
    assert len((out / f"{name}.csv").read_text().splitlines()) == len(told["rows"]) + 1
    assert "<svg" in (out / f"{name}.svg").read_text()
    assert "paper" in told["sentence"]
    assert not re.search(r"nan|None", told["sentence"])


def test_the_numbers_of_a_figure_are_those_of_its_trials(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["experiment", "fig6", *words]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    kept = [json.loads(path.read_text()) for path in (Path(words[-1]) / trials.FOLDER).glob("occlusion.*.json")]
    for row in rows:
        own = [entry["measures"] for entry in kept if entry["factors"]["share"] == row["hidden"]]
        assert len(own) == 2
        for name, key in {"camera": "skeleton_accuracy", "both": "accuracy"}.items():
            assert row[name] == pytest.approx(np.mean([measures[key] for measures in own]), abs=1e-3)


def test_what_is_there_is_not_trained_again(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert main(["experiment", "fig5", *words]) == 0
    first = capsys.readouterr()
    assert main(["experiment", "fig5", *words]) == 0
    again = capsys.readouterr()
    assert "trial" not in again.err
    assert json.loads(again.out)["rows"] == json.loads(first.out)["rows"]


def test_those_who_need_the_same_athletes_at_the_same_time_make_them_once(tmp_path: Path) -> None:
    scale = tmp_path / "one.yaml"
    scale.write_text("note: one athlete\nathletes: 1\nclips: 1\nrendered: 0.0\n")
    setup = Setup.of(Options(tmp_path / "out", tmp_path, 0, 0, False, lambda line: None, scale=scale))
    with ThreadPoolExecutor(2) as pool:
        roots = list(pool.map(material.collection, [setup] * 2))
    assert roots[0] == roots[1]
    assert len(list(shards.read(roots[0]))) == len(ACTIONS)


def test_a_damaged_trial_is_named(tmp_path: Path) -> None:
    options = Options(tmp_path, tmp_path, 0, 0, True, lambda line: None)
    trial = Trial(coached, {"channels": "both", "number": 0, "seed": 0})
    trials.measured(options, [trial])
    path = trials.path_of(Setup.of(options), trial)
    path.write_text("{")
    with pytest.raises(UserError, match="damaged: remove it"):
        trials.measured(options, [trial])


def test_a_killed_run_goes_on_with_the_next_trial(tmp_path: Path) -> None:
    lines: list[str] = []
    options = Options(tmp_path, tmp_path, 0, 0, True, lines.append)
    zero, one, two, none = (Trial(coached, {"channels": "voice", "number": n, "seed": 0}) for n in (0, 1, 2, -1))
    with pytest.raises(UserError, match="no athlete -1"):
        trials.measured(options, [zero, one, none])
    lines.clear()
    rows, _ = trials.measured(options, [zero, one, zero, two])
    assert [row.factors["number"] for row in rows] == [0, 1, 0, 2]
    assert lines[0] == "2 of 3 trials are there"
    assert len(lines) == 2


def test_a_trial_depends_on_what_it_names_of_the_scale_and_on_the_athletes(tmp_path: Path) -> None:
    usual = Setup(tmp_path, tmp_path, Scale())
    longer, others = Setup(tmp_path, tmp_path, Scale(athlete_steps=999)), Setup(tmp_path, tmp_path, Scale(), seed=1)
    people, athletes = (
        Trial(coached, {"number": 1}, material.SIZES[name]) for name in (material.PEOPLE, material.SIMULATED)
    )
    assert len({trials.path_of(setup, people) for setup in (usual, longer, others)}) == 1
    assert len({trials.path_of(setup, athletes) for setup in (usual, longer, others)}) == 3


def test_data_that_are_not_there_are_named(tmp_path: Path) -> None:
    setup = Setup.of(Options(tmp_path, tmp_path / "nowhere", 0, 0, True, lambda line: None))
    with pytest.raises(UserError, match="--data"):
        material.fold(setup, material.PEOPLE, 0)


def test_so_many_sets_are_asked_for_with_an_athlete_for_every_five(tmp_path: Path) -> None:
    scales = [Scale.of(Options(tmp_path, tmp_path, 0, sets, True, lambda line: None)) for sets in (3, 50)]
    assert [(scale.judged_sets, scale.coached_athletes) for scale in scales] == [(3, 1), (50, 10)]


def test_the_shipped_scales_can_be_read_and_unknown_sizes_are_refused(tmp_path: Path) -> None:
    for path in config_path("experiments").glob("*.yaml"):
        assert Scale.read(path).seeds >= 3
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("subjects: 3\n")
    with pytest.raises(UserError, match="subjects"):
        Scale.read(wrong)


def test_seeds_count_alike_and_divisions_by_what_they_tested() -> None:
    rows = [
        Trialled({"seed": seed, "fold": fold}, {"accuracy": accuracy, "tested": tested})
        for seed, fold, accuracy, tested in ((0, 0, 1.0, 30), (0, 1, 0.0, 10), (1, 0, 0.5, 30), (1, 1, 0.5, 10))
    ]
    assert over_seeds(rows, "accuracy").values == (0.75, 0.5)


def test_means_without_spread_are_told_apart_without_a_test() -> None:
    assert welch(Mean((0.9, 0.9)), Mean((0.9, 0.9))).p == 1.0
    assert welch(Mean((0.9, 0.9)), Mean((0.8, 0.8))).p == 0.0
    assert 0.0 < welch(Mean((0.9, 0.8)), Mean((0.8, 0.7))).p < 1.0


def test_a_virtual_sensor_at_rest_feels_gravity_along_its_hanging_segment() -> None:
    world = np.zeros((20, 33, 3))
    world[:, 25] = [0.0, 0.4, 0.0]  # the left knee under the left hip; y is down
    signal = placement.virtual(world, 1 / 30, "left_hip", "left_knee")
    np.testing.assert_allclose(signal, np.tile([0.0, -9.80665, 0.0, 0.0, 0.0, 0.0], (20, 1)), atol=1e-9)


def test_a_virtual_sensor_turns_as_fast_as_its_segment() -> None:
    angle = 2.0 * np.arange(30) / 30  # 2 rad/s about x
    world = np.zeros((30, 33, 3))
    world[:, 25] = np.stack([np.zeros(30), np.cos(angle), np.sin(angle)], axis=1)
    gyro = placement.virtual(world, 1 / 30, "left_hip", "left_knee")[5:-5, 3:]
    np.testing.assert_allclose(np.linalg.norm(gyro, axis=1), 2.0, rtol=1e-3)


def test_windows_cover_a_clip_without_overlap_whether_or_not_somebody_is_seen() -> None:
    sequence = material.simulated.sequence(clip(0, "squat"))
    pieces = list(material.windows([sequence], 32))
    assert [len(piece.stamps) for piece in pieces] == [33, 32]
    blind = material.between(sequence, 0, 0)
    pieces = list(material.windows([material.replace(sequence, stamps=blind.stamps, world=blind.world)], 32))
    assert len(pieces) == 2
    assert all(len(piece.imu_stamps) > 100 for piece in pieces)


@pytest.mark.parametrize("worn", placement.PLACES)
def test_sensors_that_are_not_worn_tell_nothing(worn: str) -> None:
    simulated = clip(0, "squat")
    sequence = placement.wear(placement.with_virtual(material.simulated.sequence(simulated), simulated), worn)
    places = placement.PLACES[worn]
    assert sequence.imu_seen.any(1).nonzero()[0].tolist() == list(places)
    others = [place for place in range(sequence.imu.shape[1]) if place not in places]
    assert not sequence.imu[:, others].any()
    assert len(sequence.angles[0]) == len(ANGLES)

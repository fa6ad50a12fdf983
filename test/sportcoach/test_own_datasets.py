"""What sportcoach itself records and simulates is read as sequences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bag_messages import STAMP, Messages
from numpy.testing import assert_allclose

from sportcoach.bag_writer import BagWriter
from sportcoach.datasets import bags, catalogue, simulated
from sportcoach_perception.errors import UserError
from sportcoach_perception.skeleton import LANDMARK_INDEX
from sportcoach_recognition.models import heads
from sportcoach_sim.dataset import clip as clips
from sportcoach_sim.dataset import shards
from sportcoach_sim.dataset.clip import Clip, Landmarks, Readings, Repetitions
from sportcoach_sim.movement import movement
from sportcoach_sim.scene import ASPECT

PERIOD = 50_000_000
"""Between two frames of the bags [ns]."""


def write_bag(folder: Path, frames: int, actions: list[str], topic: str = "/fused") -> None:
    """Frames with somebody in view from the third on; the right wrist's IMU counts up, but for every tenth frame."""
    messages = Messages()
    fused, truth = dict(messages.perception())["fused"], dict(messages.truth())["truth"]
    with BagWriter(folder) as bag:

        def write(name: str, index: int, **fields: object) -> None:
            stamp = STAMP + index * PERIOD
            header = replace(messages.header(), stamp=messages.time(stamp))
            message = replace(fused if name == topic else truth, header=header, **fields)
            bag.write(name, message.__msgtype__, stamp, messages.store.serialize_cdr(message, message.__msgtype__))

        for index in range(frames):
            imu, valid = np.zeros(24, np.float32), np.array([False, index % 10 != 5, False, False])
            imu[6:12] = index * valid[1]
            write(topic, index, detected=index >= 2, imu=imu, imu_valid=valid)
            if actions:
                write("/truth", index, action=actions[index * len(actions) // frames])


def test_a_bag_of_a_simulated_athlete_is_labelled_by_the_truth(tmp_path: Path) -> None:
    write_bag(tmp_path / "one" / "bag", 160, ["squat"] * 3 + ["other"] + ["lunge"] * 4)
    squat, lunge = bags.read(tmp_path)  # other lasts less than a second
    assert [(s.label, s.subject, s.name) for s in (squat, lunge)] == [
        ("squat", "one/bag", "one/bag#1"), ("lunge", "one/bag", "one/bag#3"),
    ]  # fmt: skip
    assert squat.stamps[0] == STAMP + 2 * PERIOD
    assert len(squat.stamps) == 58
    assert squat.world.shape == (58, 33, 3)


def test_readings_that_were_not_valid_are_bridged(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", 40, ["squat"], "/station1/fused")
    (squat,) = bags.read(tmp_path)
    assert squat.imu_seen.tolist() == [[False] * 2, [True] * 2, [False] * 2, [False] * 2]
    assert_allclose(squat.imu[:, 1, 0], np.arange(2, 40), rtol=1e-6)
    assert not squat.imu[:, 0].any()


def test_a_table_labels_parts_of_bags(tmp_path: Path) -> None:
    write_bag(tmp_path / "a", 100, [])
    write_bag(tmp_path / "b", 40, [])
    rows = ["a,plank,0,2,ann", "a,squat,2,,ann"]
    (tmp_path / "labels.csv").write_text("\n".join(["bag,label,begin,end,subject", *rows]))
    plank, squat = bags.read(tmp_path)  # b is not in the table
    assert [(s.label, s.subject, len(s.stamps)) for s in (plank, squat)] == [("plank", "ann", 40), ("squat", "ann", 58)]


def test_bags_that_nobody_labelled_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no bag in"):
        list(bags.read(tmp_path))
    write_bag(tmp_path / "a", 40, [])
    with pytest.raises(UserError, match=r"label it in .*labels.csv"):
        list(bags.read(tmp_path))
    (tmp_path / "labels.csv").write_text("bag,label\nb,squat\n")
    with pytest.raises(UserError, match="names b, which is not a bag"):
        list(bags.read(tmp_path))


def clip(split: str, rendered: bool) -> Clip:
    """Ten pictures at 20 Hz; the left ankle's accelerometer reads the time in seconds, every 20 ms."""
    shape = (10, 33)
    truth = Landmarks(np.ones(10, np.bool_), np.zeros((*shape, 2)), np.ones((*shape, 3)), np.ones(shape))
    seen = replace(truth, world=np.full((*shape, 3), 2.0), detected=np.arange(10) > 0)
    times = np.arange(0, 500_000_001, 20_000_000)
    signal = np.zeros((len(times), 6), np.float32)
    signal[:, 0] = times / 1e9
    late = times + 3_000_000
    none = np.zeros(0, np.int32)
    return Clip(
        name=f"{split}-{rendered}", split=split, subject=f"athlete-{split}", action="squat", movement="squat",
        faults=(), parameters={}, stamps=np.arange(10) * PERIOD, angles=np.zeros((10, 19), np.float32),
        stage=np.zeros(10, np.int8), progress=np.zeros(10, np.float32), repetition=np.zeros(10, np.int16),
        repetitions=Repetitions(none, none, none, np.zeros((0, 0), np.float32)), truth=truth,
        mediapipe=seen if rendered else None,
        imu=Readings(np.full(len(times), 2, np.int8), times, late, late, signal),
    )  # fmt: skip


def test_the_simulated_collection_is_tested_through_mediapipe_alone(tmp_path: Path) -> None:
    clips = [clip("train", False), clip("train", True), clip("test", False), clip("test", True)]
    for split in ("train", "test"):
        shards.write(tmp_path / split / f"{split}.npz", [c for c in clips if c.split == split])
    (tmp_path / shards.SETTINGS).write_text("{}")
    read = {s.name: s for s in simulated.read(tmp_path)}
    assert set(read) == {"train-False", "train-True", "test-True"}
    assert [(s.part, s.subject, s.label) for s in read.values() if s.part == "test"] == [
        ("test", "athlete-test", "squat")
    ]
    assert read["train-False"].world.max() == 1.0  # the exact landmarks
    assert (read["train-True"].world.max(), len(read["train-True"].stamps)) == (2.0, 9)
    assert [len(read[f"train-{seen}"].angles) for seen in (False, True)] == [0, 9]


def test_simulated_landmarks_can_be_those_of_the_picture() -> None:
    drawn = clip("train", True)
    assert drawn.mediapipe is not None
    hips = [LANDMARK_INDEX["left_hip"], LANDMARK_INDEX["right_hip"]]
    space = np.random.default_rng(1).normal(size=(10, 33, 3)).astype(np.float32)
    space -= space[:, hips].mean(axis=1, keepdims=True)
    image = 0.5 + 0.1 * space[..., :2] * (1.0, -1.0) / (ASPECT, 1.0)  # upside down
    upright = 0.5 + 0.1 * space[..., :2] / (ASPECT, 1.0)
    for shown, same in ((upright, True), (image, False)):
        seen = replace(drawn, mediapipe=replace(drawn.mediapipe, world=space, image=shown.astype(np.float32)))
        pictured, spatial = (simulated.sequence(seen, pictured=pictured).world for pictured in (True, False))
        assert np.allclose(pictured, spatial, atol=1e-4) == same
        assert_allclose(pictured[..., 2], spatial[..., 2])


def test_evaluate_takes_the_simulated_landmarks_as_the_graph_does(tmp_path: Path) -> None:
    drawn = clip("train", True)
    assert drawn.mediapipe is not None
    image = np.random.default_rng(1).uniform(size=(10, 33, 2)).astype(np.float32)
    drawn = replace(drawn, mediapipe=replace(drawn.mediapipe, image=image))
    shards.write(tmp_path / "train" / "train.npz", [drawn])
    (tmp_path / shards.SETTINGS).write_text("{}")
    (read,) = catalogue.read("simulated", tmp_path)
    np.testing.assert_array_equal(read.world, simulated.sequence(drawn, pictured=True).world)
    assert not np.array_equal(read.world, simulated.sequence(drawn).world)


def test_a_missing_collection_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no simulated collection"):
        simulated.read(tmp_path)


def test_the_simulated_sensors_are_brought_to_even_stamps() -> None:
    sequence = simulated.sequence(clip("train", True))
    assert_allclose(np.diff(sequence.imu_stamps), 10_000_000)
    assert_allclose(sequence.imu[:, 2, 0], sequence.imu_stamps / 1e9, atol=1e-6)
    assert sequence.imu_seen.tolist() == [[False] * 2, [False] * 2, [True] * 2, [False] * 2]


def test_stages_are_those_that_heads_tell() -> None:
    assert clips.STAGES == heads.STAGES


def test_quality_is_what_the_worst_fault_of_a_repetition_leaves() -> None:
    largest = movement("squat").faults["knee_valgus"].range[1]
    done = Repetitions(
        np.array([1, 5], np.int32), np.array([2, 6], np.int32), np.array([4, 8], np.int32),
        np.array([[0.0], [0.25 * largest]], np.float32),
    )  # fmt: skip
    squats = replace(clip("train", True), action="squat", movement="squat", faults=("knee_valgus",), repetitions=done)
    nan = np.nan
    assert_allclose(simulated.sequence(squats).quality, [1, 1, 1, nan, 0.75, 0.75, 0.75, nan, nan])
    assert np.isnan(simulated.sequence(replace(squats, action="other")).quality).all()

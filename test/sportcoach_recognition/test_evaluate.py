"""Protocols put their question; what was answered is summed up over all folds."""

from __future__ import annotations

import json
from collections.abc import Sequence as Rows
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import set_files

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_recognition import divisions, evaluate, metrics, protocols
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets import berkeley_mhad, irds, utd_mhad
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.divisions import Division, Fold
from sportcoach_recognition.head_scores import ToldAndTrue

CLASSES = ("bend", "punch")


class Nearest:
    """Knows a class by how hard the left wrist swings."""

    def __init__(self, train: list[Sequence]) -> None:
        self.swings = {name: np.mean([self._swing(s) for s in train if s.label == name]) for name in CLASSES}

    @staticmethod
    def _swing(sequence: Sequence) -> float:
        return float(sequence.imu[:, 0, 0].std())

    def predict(self, sequences: Rows[Sequence]) -> Floats:
        distances = [[abs(self._swing(s) - self.swings[name]) for name in CLASSES] for s in sequences]
        return (np.array(distances) == np.min(distances, axis=1, keepdims=True)).astype(np.float32)

    def heads_compared(self, sequences: Rows[Sequence]) -> list[ToldAndTrue]:
        return []


@pytest.fixture
def berkeley(tmp_path: Path) -> list[Sequence]:
    set_files.berkeley_mhad(tmp_path, [(subject, action, 1) for subject in (1, 2, 3) for action in (3, 4)])
    return list(berkeley_mhad.read(tmp_path))


def test_every_fold_is_trained_and_tested_and_all_are_summed_up(berkeley: list[Sequence]) -> None:
    mislabelled = [replace(s, label="punch") if s.name == "s01_a03_r01" else s for s in berkeley]
    division = divisions.leave_one_out(mislabelled)
    answers = evaluate.run(division, CLASSES, lambda fold: Nearest(evaluate.fit_parts(fold)[0]))
    matrix = evaluate.matrix(answers, CLASSES)
    assert matrix.tolist() == [[2, 0], [1, 3]]
    details = json.loads(json.dumps(evaluate.details(answers, CLASSES), allow_nan=False))
    assert details["confusion"] == matrix.tolist()
    assert [c["recall"] for c in details["classes"]] == [1.0, 0.75]
    assert [f["accuracy"] for f in details["folds"]] == [0.5, 1.0, 1.0]
    assert [(f["training_sequences"], f["test_sequences"]) for f in details["folds"]] == [(4, 2)] * 3


def test_a_class_without_a_test_has_no_recall_in_json(berkeley: list[Sequence]) -> None:
    fold = Fold("bend alone", berkeley, [s for s in berkeley if s.label == "bend"])
    answers = evaluate.run(Division((fold,), ""), CLASSES, lambda fold: Nearest(fold.train))
    assert [c["recall"] for c in evaluate.details(answers, CLASSES)["classes"]] == [1.0, None]
    assert metrics.accuracy(evaluate.matrix(answers, CLASSES)) == 1.0


def test_the_sets_own_validation_part_is_not_learned_from(berkeley: list[Sequence]) -> None:
    parted = [replace(s, part="validation" if s.subject == "2" else "train") for s in berkeley]
    train, validation = evaluate.fit_parts(Fold("other folder", parted, parted))
    assert {s.subject for s in train} == {"1", "3"}
    assert {s.subject for s in validation} == {"2"}


def test_what_cannot_be_learned_or_tested_is_said_before_the_training(berkeley: list[Sequence]) -> None:
    bends = [s for s in berkeley if s.label == "bend"]
    with pytest.raises(UserError, match="nothing to learn punch from"):
        evaluate.fit_parts(Fold("other folder", bends, berkeley))
    with pytest.raises(UserError, match="nothing to test"):
        evaluate.run(Division((Fold("other folder", bends, []),), ""), CLASSES, lambda fold: Nearest(fold.train))


def test_correctness_leaves_out_what_is_too_poor_to_be_judged(tmp_path: Path) -> None:
    set_files.irds(tmp_path, [f"10{n}_18_0_1_{correctness}_stand.txt" for n, correctness in enumerate((1, 2, 3))])
    sequences = list(irds.read(tmp_path))
    correctness, gesture = (protocols.protocol("irds", name) for name in ("correctness", "gesture"))
    assert [s.label for s in correctness.asked(sequences)] == ["correct", "incorrect"]
    assert [s.label for s in gesture.asked(sequences)] == ["right_elbow_flexion"] * 3


def test_what_is_known_of_the_mirror_is_trained_on_too(tmp_path: Path, berkeley: list[Sequence]) -> None:
    set_files.irds(tmp_path, ["101_18_0_1_1_stand.txt"])
    gesture, correctness = (protocols.protocol("irds", name) for name in ("gesture", "correctness"))
    trained = [p.trained_on(p.asked(list(irds.read(tmp_path)))) for p in (gesture, correctness)]
    assert [s.label for s in trained[0]] == ["right_elbow_flexion", "left_elbow_flexion"]
    assert [s.label for s in trained[1]] == ["correct", "correct"]
    assert protocols.protocol("berkeley-mhad", "").trained_on(berkeley) == berkeley


def test_a_modality_is_all_that_is_seen(tmp_path: Path, berkeley: list[Sequence]) -> None:
    set_files.utd_mhad(tmp_path / "utd", [(1, 1, 1)])
    trial = list(utd_mhad.read(tmp_path / "utd"))
    (fused,), (skeleton,), (inertial,) = (protocols.through(m, trial) for m in ("fused", "skeleton", "inertial"))
    assert len(fused.stamps) == len(skeleton.stamps) == 40
    assert len(fused.imu_stamps) == len(inertial.imu_stamps) == 100
    assert len(skeleton.imu_stamps) == len(inertial.stamps) == 0
    with pytest.raises(UserError, match="no skeleton data"):
        protocols.through("skeleton", berkeley)


def test_an_unknown_protocol_is_told_from_those_there_are() -> None:
    with pytest.raises(UserError, match="it has correctness, gesture"):
        protocols.protocol("irds", "cross-subject")


@pytest.mark.parametrize("dataset", protocols.PROTOCOLS)
def test_every_protocol_has_valid_settings(dataset: str) -> None:
    folder = Path(__file__).parents[2] / "config" / "train" / "evaluate"
    for protocol in protocols.PROTOCOLS[dataset].values():
        FitConfig.read(folder / f"{protocol.settings}.yaml")
        assert not protocol.classes or len(set(protocol.classes)) == len(protocol.classes)

"""`sportcoach evaluate` and `sportcoach dataset` from end to end, on a tiny set in its published layout."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import set_files

from sportcoach.cli import main
from sportcoach.commands import dataset_options
from sportcoach_recognition.protocols import PROTOCOLS

TRIALS = [(subject, action, 1) for subject in (1, 2, 3) for action in range(1, 12)]


@pytest.fixture
def berkeley(tmp_path: Path) -> Path:
    set_files.berkeley_mhad(tmp_path / "set", TRIALS, seconds=1.5)
    return tmp_path / "set"


@pytest.fixture
def quick(tmp_path: Path) -> str:
    """Settings of a training that takes a moment and learns nothing."""
    path = tmp_path / "quick.yaml"
    path.write_text("steps: 10\nbatch: 4\nnetwork: {window: 16, limb: 4, body: 8, part: 6, joint: 6}\n")
    return str(path)


def evaluate(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> dict[str, Any]:
    assert main(["evaluate", "berkeley-mhad", "--root", str(root), "--json", *words]) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_the_standard_protocol_trains_tests_and_says_how(
    capsys: pytest.CaptureFixture[str], berkeley: Path, quick: str
) -> None:
    result = evaluate(capsys, berkeley, "--config", quick)
    assert result["name"] == "evaluate-berkeley-mhad-cross-subject-fused"
    assert "8, 9, 10, 11, 12" in result["division"]  # none of them is here
    figures = {figure["name"]: figure for figure in result["figures"]}
    assert figures["test_sequences"]["value"] == len(TRIALS)
    assert figures["accuracy"]["target"] == 0.98
    assert sum(map(sum, result["confusion"])) == len(TRIALS)
    assert [fold["tested"] for fold in result["folds"]] == ["1", "2", "3"]


def test_what_was_trained_is_kept_and_tested_again_on_another_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, berkeley: Path, quick: str
) -> None:
    out = tmp_path / "out"
    first = evaluate(capsys, berkeley, "--config", quick, "--test-subjects", "s03", "--out", str(out))
    set_files.berkeley_mhad(tmp_path / "other", [t for t in TRIALS if t[0] == 3], seconds=1.5)
    network = str(out / "fold1" / "model.safetensors")
    again = evaluate(capsys, berkeley, "--checkpoint", network, "--test-root", str(tmp_path / "other"))
    assert again["confusion"] == first["confusion"]
    with (out / "answers.csv").open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["subject"] for row in rows} == {"3"}
    right = sum(row["label"] == row["answer"] for row in rows)
    assert right == sum(first["confusion"][i][i] for i in range(11))


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--protocol", "split"), "no protocol split"),
        (("--modality", "skeleton"), "no skeleton data"),
        (("--test-subjects", "9"), "no subject 9; there are 1, 2, 3"),
        (("--test-subjects", "1", "--test-root", "."), "not by both"),
        (("--config", "nowhere.yaml"), "nowhere.yaml"),
        (("--checkpoint", "nowhere.safetensors"), "nowhere.safetensors"),
        (("--root", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], berkeley: Path, words: tuple[str, ...], complaint: str
) -> None:
    assert main(["evaluate", "berkeley-mhad", "--root", str(berkeley), "--json", *words]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert complaint in captured.err.splitlines()[-1]
    assert "Traceback" not in captured.err


def test_info_counts_what_is_there(capsys: pytest.CaptureFixture[str], berkeley: Path) -> None:
    command = ["dataset", "info", "berkeley-mhad", "--root", str(berkeley)]
    assert main([*command, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["sequences"] == len(TRIALS)
    assert found["subjects"] == {"1": 11, "2": 11, "3": 11}
    assert found["classes"]["punch"] == 3
    assert found["imu_readings_per_second"] == 30.0
    assert found["sensors"] == [
        f"{limb} accelerometer" for limb in ("left_wrist", "right_wrist", "left_ankle", "right_ankle")
    ]
    assert found["landmarks"] == []
    assert main(command) == 0
    assert "jumping_jacks" in capsys.readouterr().out


def test_a_broken_video_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "squat_a.mp4").write_bytes(b"no video")
    cache = tmp_path / "cache"
    assert main(["dataset", "landmarks", str(tmp_path), "--cache", str(cache)]) == 2
    captured = capsys.readouterr()
    assert "squat_a.mp4 is not a video" in captured.err
    assert "0 of 1 videos" in captured.out


def test_the_command_line_knows_every_set() -> None:
    assert set(dataset_options.DATASETS) == set(PROTOCOLS)

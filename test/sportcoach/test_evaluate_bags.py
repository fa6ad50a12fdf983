"""`sportcoach evaluate bags DIR` from end to end: deterministic, in processes, resumable, against a baseline."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sportcoach.bag_evaluation import jobs, runners
from sportcoach.cli import main

bag_speed = pytest.importorskip("sportcoach.bag_speed", reason="needs mujoco")


@pytest.fixture(scope="module")
def bags(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Squats with the truth, whole and cut off; jumping jacks with a row in the table; a recording of somebody else."""
    root: Path = tmp_path_factory.mktemp("evaluation")
    squats, jacks = bag_speed.squats_and_jacks(1)
    bag_speed.time_writing(bag_speed.simulate((squats,), draw=False, truth=True), root / "squats")
    bag_speed.time_writing(bag_speed.simulate((jacks,), draw=False), root / "jacks")
    bag_speed.time_writing(bag_speed.simulate((jacks,), draw=False)[:50], root / "unlabelled")
    cut = root / "cut.mcap"
    shutil.copy(next((root / "squats").glob("*.mcap")), cut)
    os.truncate(cut, round(cut.stat().st_size * 0.8))
    (root / "labels.csv").write_text("bag,label,begin,end,repetitions,faults\njacks,jumping_jack,1.5,,1,\n")
    return root


def evaluate(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> tuple[int, dict[str, Any], str]:
    code = main(["evaluate", "bags", str(root), "--json", *words])
    out, err = capsys.readouterr()
    return code, dict(json.loads(out)), err


def lasting(evaluation: dict[str, Any]) -> list[tuple[str, Any]]:
    """What does not depend on the machine."""
    return [(bag["bag"], bag["counts"]) for bag in evaluation["bags"]]


def test_bags_are_judged_kept_and_compared(
    capsys: pytest.CaptureFixture[str], bags: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, first, err = evaluate(capsys, bags, "--workers", "1", "--out", str(tmp_path))
    assert code == 0
    assert [bag["bag"] for bag in first["bags"]] == ["cut.mcap", "jacks", "squats"]
    assert [bag["bag"] for bag in first["left_out"]] == ["unlabelled"]
    assert "cut.mcap is damaged" in err and "unlabelled has neither" in err
    figures = {bag["bag"]: {f["name"]: f["value"] for f in bag["figures"]} for bag in first["bags"]}
    assert figures["squats"]["accuracy"] > 0.9
    assert figures["squats"]["angle_score"] == pytest.approx(1.0, abs=1e-4)  # the skeletons are the truth
    assert figures["squats"]["repetition_error"] == figures["jacks"]["repetition_error"] == 0.0
    assert figures["jacks"]["false_trigger_rate"] == 0.0

    monkeypatch.setattr(jobs, "run", None)  # all is kept: nothing runs again
    assert lasting(evaluate(capsys, bags, "--out", str(tmp_path))[1]) == lasting(first)

    stored = tmp_path / "baseline.json"
    first["figures"][0]["value"] += 0.2
    stored.write_text(json.dumps(first))
    code, _, err = evaluate(capsys, bags, "--out", str(tmp_path), "--baseline", str(stored))
    assert code == 3
    assert "accuracy" in err and "worse" in err


def test_processes_give_what_one_gives(bags: Path) -> None:
    label = (jobs.Label("jumping_jack"),)
    work = [
        jobs.Job(name, str(bags / name), label, jobs.PipelineOptions(), {}, False) for name in ("jacks", "unlabelled")
    ]
    spread = {result["bag"]: result.get("score") for result in runners.on_cores(work, workers=2)}
    assert spread == {job.name: jobs.run(job)["score"] for job in work}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--protocol", "cross-subject"], "--protocol goes with --root"),
        (["--baseline", "missing.json"], "missing.json is no output of"),
    ],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], complaint: str
) -> None:
    assert main(["evaluate", "bags", str(tmp_path), *words]) == 2
    assert complaint in capsys.readouterr().err

"""A recorded session, replayed through the graph and analyzed offline, gives what it gave when it was live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from graph_runs import node_processes, sportcoach

from sportcoach.bag import read_messages
from sportcoach_perception.errors import UserError

pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
render = pytest.importorskip("sportcoach_sim.render", reason="needs mujoco")
pytestmark = pytest.mark.graph

TRIAL = """
camera: {azimuth: 15}
plan:
  - {movement: squat, repetitions: 2, faults: {knee_valgus: 22}, rest: 0.7}
"""


def session_of(folder: Path) -> dict[str, Any]:
    session: dict[str, Any] = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    return session


def test_online_replayed_and_offline_give_the_same(tmp_path: Path, ros_domain_id: int) -> None:
    try:
        render.check_drawing()
    except UserError as error:
        pytest.skip(str(error))
    (tmp_path / "trial.yaml").write_text(TRIAL, encoding="utf-8")
    live = sportcoach(
        *("run", "--source", "sim", "--trial", "trial.yaml", "--no-images", "--no-voice", "--out", "live"),
        folder=tmp_path,
    )
    assert live.returncode == 0, live.stdout + live.stderr
    replayed = sportcoach(
        *("run", "--source", "bag", "live/bag", "--no-voice", "--rate", "2", "--out", "replayed"), folder=tmp_path
    )
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    analyzed = sportcoach("analyze", "live/bag", "--out", "analyzed", folder=tmp_path)
    assert analyzed.returncode == 0, analyzed.stdout + analyzed.stderr
    assert node_processes(ros_domain_id) == []

    said = [message for topic, _, message in read_messages(tmp_path / "live" / "bag") if topic == "/diagnostics"]
    parts = {status.name.rpartition(": ")[2] for message in said for status in message.status}
    assert parts >= {"pictures", "pose", "skeleton", "recognition", "coaching"}

    before = session_of(tmp_path / "live")
    assert before["reps"] and before["cues"]
    for folder in ("replayed", "analyzed"):
        after = session_of(tmp_path / folder)
        assert after["frames"] == after["frames_processed"] == before["frames_processed"], folder
        for what in ("start_stamp_ns", "actions", "reps", "cues"):  # to the millisecond, and to the digit
            assert after[what] == before[what], (folder, what)

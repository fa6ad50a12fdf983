"""The closed loop as processes, in simulated time: the athlete is seen, told, hears, and does better."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from graph_runs import node_processes, sportcoach

from sportcoach.bag import read_messages
from sportcoach_perception.errors import UserError
from sportcoach_perception.messages import stamp_of

pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
render = pytest.importorskip("sportcoach_sim.render", reason="needs mujoco")
pytestmark = pytest.mark.graph

SECOND = 1_000_000_000
RATE = 1.0
"""As in life; on a busy machine simulated time waits."""

WAIT = 480.0
"""For the end [s]; half a minute where nothing else runs."""

TRIAL = """
camera: {azimuth: 15}
subject: {compliance: 0.9, reaction_time: 0.6}
plan:
  - {movement: squat, repetitions: 4, faults: {knee_valgus: 22}, rest: 2.5}
"""


def test_a_fault_is_named_felt_and_corrected(tmp_path: Path, ros_domain_id: int) -> None:
    try:
        render.check_drawing()
    except UserError as error:
        pytest.skip(str(error))
    (tmp_path / "trial.yaml").write_text(TRIAL, encoding="utf-8")
    options = ("--trial", "trial.yaml", "--use-sim-time", "--rate", str(RATE), "--out", "live", "--no-images")
    began = time.monotonic()
    run = sportcoach("run", "--source", "sim", *options, folder=tmp_path, wait=WAIT)
    assert run.returncode == 0, run.stdout + run.stderr
    assert node_processes(ros_domain_id) == []
    session = json.loads((tmp_path / "live" / "session.json").read_text(encoding="utf-8"))
    assert session["frames_processed"] == session["frames"]
    assert time.monotonic() - began >= session["frames"] / 30 / RATE
    assert session["actions"][-1]["label"] == "squat" and abs(len(session["reps"]) - 4) <= 1
    assert session["cues"][0]["fault"] == "knee_valgus"

    messages: dict[str, list[object]] = {}
    for topic, received, message in read_messages(tmp_path / "live" / "bag"):
        messages.setdefault(topic, []).append(message)
        if topic in ("/truth", "/skeleton", "/deviation"):  # the recorder may take one before the clock that came along
            assert SECOND <= stamp_of(message.header.stamp) <= received + SECOND // 10, topic
    assert stamp_of(messages["/truth"][0].header.stamp) == SECOND, "time begins, but not at 0"  # type: ignore[attr-defined]
    assert all(any(m.imu_valid) for m in messages["/fused"][30:-30])  # type: ignore[attr-defined]
    assert "inward" in messages["/voice"][0].text  # type: ignore[attr-defined]
    assert messages["/haptic"][0].actuator.endswith("_ankle")  # type: ignore[attr-defined]
    assert messages["/joy_feedback"]
    magnitudes = [sum(m.magnitudes) for m in messages["/truth"]]  # type: ignore[attr-defined]
    assert max(magnitudes) == 22.0 and magnitudes[-1] < 3.0

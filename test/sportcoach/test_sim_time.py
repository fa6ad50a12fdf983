"""Simulated time: the athlete makes it, at the pace that is asked for, and the whole graph lives by it."""

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
RATE, DURATION = 0.2, 3.0


def test_all_nodes_live_by_the_athletes_clock(tmp_path: Path, ros_domain_id: int) -> None:
    try:
        render.check_drawing()
    except UserError as error:
        pytest.skip(str(error))
    options = ("--use-sim-time", "--rate", str(RATE), "--duration", str(DURATION), "--out", "live", "--no-images")
    began = time.monotonic()
    run = sportcoach("run", "--source", "sim", *options, folder=tmp_path, wait=180.0)
    assert run.returncode == 0, run.stdout + run.stderr
    assert time.monotonic() - began >= DURATION / RATE
    assert node_processes(ros_domain_id) == []
    session = json.loads((tmp_path / "live" / "session.json").read_text(encoding="utf-8"))
    assert session["frames_processed"] == session["frames"] == round(30 * DURATION)

    received: dict[str, list[tuple[int, int]]] = {}
    for topic, arrival, message in read_messages(tmp_path / "live" / "bag"):
        received.setdefault(topic, []).append((arrival, stamp_of(message.header.stamp)))
    assert received["/truth"][0][1] == SECOND, "time begins, but not at 0"
    for topic in ("/truth", "/skeleton", "/deviation"):
        for arrival, stamp in received[topic]:
            # The recorder may take a message before the clock that came with it.
            assert SECOND <= stamp <= arrival + SECOND // 10 <= (2.0 + DURATION) * SECOND, topic

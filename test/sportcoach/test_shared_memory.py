"""What killed processes left in shared memory is removed, and nothing that somebody uses."""

from __future__ import annotations

import fcntl
import mmap
import os
import signal
import time
from pathlib import Path

import pytest
from graph_runs import shared_memory

from sportcoach.graph import NodeSpec
from sportcoach.shared_memory import remove_left
from sportcoach.supervisor import Supervisor

SEGMENT = "fastdds_0123456789abcdef"
PORT = "fastdds_port21411"


def participant(folder: Path, locks: bool = True) -> list[str]:
    names = [SEGMENT, PORT, f"sem.{PORT}_mutex", *((f"{SEGMENT}_el", f"{PORT}_el") if locks else ())]
    for name in names:
        (folder / name).write_bytes(bytes(64))
    return sorted(names)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("locks", [True, False])
def test_what_nobody_locks_or_maps_is_removed(locks: bool, tmp_path: Path) -> None:
    names = participant(tmp_path, locks)
    assert remove_left(tmp_path) == names
    assert left(tmp_path) == []


def test_what_is_locked_stays(tmp_path: Path) -> None:
    names = participant(tmp_path)
    with (tmp_path / f"{SEGMENT}_el").open() as segment, (tmp_path / f"{PORT}_el").open() as port:
        fcntl.flock(segment, fcntl.LOCK_EX)
        fcntl.flock(port, fcntl.LOCK_EX)
        assert remove_left(tmp_path) == []
    assert left(tmp_path) == names


@pytest.mark.parametrize("file", [PORT, f"sem.{PORT}_mutex"])
def test_what_a_process_has_mapped_stays(file: str, tmp_path: Path) -> None:
    names = participant(tmp_path)
    with (tmp_path / file).open("r+b") as opened, mmap.mmap(opened.fileno(), 0):
        remove_left(tmp_path)
        assert left(tmp_path) == [name for name in names if PORT in name]
    remove_left(tmp_path)
    assert left(tmp_path) == []


@pytest.mark.parametrize("name", ["fastdds_notes", "my_fastdds_port7411", "fastdds_port7411.txt", "sem.other_mutex"])
def test_other_files_stay(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert remove_left(tmp_path) == []
    assert left(tmp_path) == [name]


@pytest.mark.graph
def test_a_graph_leaves_nothing_of_a_node_that_was_killed(ros_domain_id: int) -> None:
    pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
    spec = NodeSpec("sportcoach", "sportcoach_feedback.haptic_node", "haptic_node", "haptic_node", "", {})
    with Supervisor([spec], on_line=lambda name, line: None) as supervisor:
        deadline = time.monotonic() + 60.0
        while not shared_memory(ros_domain_id):
            assert time.monotonic() < deadline and supervisor.poll() == []
            time.sleep(0.05)
        os.kill(supervisor.pids()["haptic_node"], signal.SIGKILL)
    assert shared_memory(ros_domain_id) == []

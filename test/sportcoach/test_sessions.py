"""Sessions of named athletes are kept, listed, exported and deleted; nothing is kept of anybody else."""

from __future__ import annotations

import csv
import json
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportcoach.cli import main
from sportcoach.output import write_session
from sportcoach.results import FrameResult
from sportcoach.session import SessionLog
from sportcoach.session_store import SessionStore
from sportcoach_feedback.coaching import Coaching, Deviation, Fault, JointDeviation, Repetition, Stage
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Skeleton
from sportcoach_recognition.action import Action

S = 1_000_000_000


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SessionStore:
    monkeypatch.setenv("SPORTCOACH_SESSIONS", str(tmp_path / "data" / "sessions.db"))
    return SessionStore()


def save(folder: Path, athlete: str, quality: float = 0.8, fault: str = "shallow_depth") -> None:
    """A session of two squats, the knees from 170 to 90 degrees and back in each."""
    log = SessionLog("clip.mp4", athlete)
    for index in range(81):
        stamp, angle = index * S // 10, 130.0 + 40.0 * np.cos(index / 40 * 2 * np.pi)
        joint = JointDeviation("left_knee", angle, 100.0, 0.0, 1.0, True)
        done = index in (40, 80)
        faults = (Fault(fault, "left_knee", 12.0, 1.0),) if fault and index == 40 else ()
        rep = Repetition(stamp, "squat", stamp - 4 * S, stamp, index // 40, quality, faults)
        coaching = Coaching(
            Stage(stamp, "squat", "idle", 0.0, 0.0, 0.0, 0, 0.0),
            Deviation(stamp, "squat", (joint,), 1.0, ()),
            (rep,) if done else (),
            None,
        )
        log.add(
            FrameResult(Skeleton(stamp, True), Action(stamp, "squat", np.zeros(5, np.float32), 1.0, ""), coaching, 0.0)
        )
    write_session(log, log.summary(), folder)


def test_sessions_of_a_named_athlete_are_listed_in_order(store: SessionStore, tmp_path: Path) -> None:
    save(tmp_path / "one", "a1", quality=0.6)
    save(tmp_path / "two", "a1", quality=0.9, fault="")
    save(tmp_path / "three", "b2")
    first, second = store.sessions("a1")
    assert (first.quality, second.quality) == (0.6, 0.9)
    assert (first.repetitions, first.faults, second.faults) == (2, {"shallow_depth": 1}, {})
    assert first.range_deg == pytest.approx(80.0, abs=1.0)
    assert first.tempo_s == pytest.approx(4.0)
    assert {row.athlete for row in store.sessions()} == {"a1", "b2"}
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_nothing_is_kept_of_somebody_unnamed(store: SessionStore, tmp_path: Path) -> None:
    save(tmp_path / "one", "")
    assert not store.path.exists() and store.sessions() == []


def test_a_session_that_is_analyzed_again_replaces_itself(store: SessionStore, tmp_path: Path) -> None:
    save(tmp_path / "one", "a1", quality=0.6)
    save(tmp_path / "one", "a1", quality=0.7)
    assert [row.quality for row in store.sessions()] == [0.7]


def test_deleting_an_athlete_takes_our_files_and_nobody_elses(store: SessionStore, tmp_path: Path) -> None:
    for name, athlete in (("one", "a1"), ("two", "a1"), ("three", "b2")):
        save(tmp_path / name, athlete)
    (tmp_path / "one" / "bag").mkdir()
    (tmp_path / "two" / "notes.txt").write_text("mine")
    assert main(["sessions", "delete", "a1", "--yes"]) == 0
    assert not (tmp_path / "one").exists()
    assert [file.name for file in (tmp_path / "two").iterdir()] == ["notes.txt"]
    assert (tmp_path / "three" / "session.json").exists()
    assert {row.athlete for row in store.sessions()} == {"b2"}
    assert b"a1" not in store.path.read_bytes()


def test_without_a_yes_nothing_is_deleted(store: SessionStore, tmp_path: Path, capsys: Any) -> None:
    save(tmp_path / "one", "a1")
    assert main(["sessions", "delete", "a1"]) == 2
    assert "nothing was deleted" in capsys.readouterr().err
    assert len(store.sessions()) == 1


def test_sessions_are_exported_in_three_forms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, quality in (("one", 0.6), ("two", 0.9)):
        save(tmp_path / name, "a1", quality)
    for suffix in ("csv", "json", "html"):
        assert main(["sessions", "export", "a1", "--out", str(tmp_path / f"a1.{suffix}")]) == 0
    rows = list(csv.DictReader((tmp_path / "a1.csv").open()))
    assert [(row["quality"], row["faults"]) for row in rows] == [("0.6", "shallow_depth:1"), ("0.9", "shallow_depth:1")]
    assert json.loads((tmp_path / "a1.json").read_text())[1]["quality"] == 0.9
    page = (tmp_path / "a1.html").read_text()
    assert "Quality <b>90 of 100</b> 60 of 100 at first" in page and page.count("<circle") == 6
    assert main(["sessions", "export", "a1", "--out", str(tmp_path / "a1.xls")]) == 2
    assert main(["sessions", "export", "nobody", "--out", str(tmp_path / "x.csv")]) == 2
    capsys.readouterr()
    assert main(["sessions", "list", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 2


def test_a_file_that_is_no_list_is_one_line(store: SessionStore) -> None:
    store.path.parent.mkdir()
    store.path.write_bytes(b"not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(UserError, match="cannot be used"):
        store.sessions()

"""sportcoach analyze over several files: nothing is lost, one bad file or folder does not stop the others."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from sportcoach.commands import analyze
from sportcoach.commands.options import CHAIN
from sportcoach.offline import Analysis
from sportcoach.session import SessionLog


@pytest.fixture(autouse=True)
def no_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is analyzed is tested elsewhere; here nobody is seen in any file."""

    def empty(path: Path, *_: Any) -> Analysis:
        log = SessionLog(str(path))
        return Analysis(log, log.summary(), "")

    monkeypatch.setattr(analyze, "analyze", empty)


def run(*files: str, out: Path | None, as_json: bool = False) -> int:
    options = dict.fromkeys(CHAIN, "")
    return analyze.main(
        argparse.Namespace(
            files=[Path(file) for file in files],
            out=out,
            json=as_json,
            duration=0.0,
            athlete="",
            remap="",
            from_pictures=False,
            **options,
        )
    )


def source_of(folder: Path) -> str:
    return str(json.loads((folder / "session.json").read_text(encoding="utf-8"))["source"])


def test_files_of_one_name_get_a_folder_each(tmp_path: Path) -> None:
    assert run("a/x.mp4", "b/x.mp4", "x-2.mp4", out=tmp_path) == 0
    folders = {"x": "a/x.mp4", "x-2": "b/x.mp4", "x-2-2": "x-2.mp4"}
    assert {folder.name: source_of(folder) for folder in tmp_path.iterdir()} == folders


def test_a_recorded_session_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "live" / "bag").mkdir(parents=True)
    assert run("x.mp4", out=tmp_path / "live") == 2
    assert "holds a recorded session" in capsys.readouterr().err
    assert not (tmp_path / "live" / "session.json").exists()


def test_a_folder_that_cannot_be_written_is_one_line_and_the_sessions_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x").write_text("in the way", encoding="utf-8")
    assert run("x.mp4", "y.mp4", out=tmp_path, as_json=True) == 2
    printed = capsys.readouterr()
    assert [session["source"] for session in json.loads(printed.out)] == ["x.mp4", "y.mp4"]
    assert len(printed.err.splitlines()) == 1
    assert source_of(tmp_path / "y") == "y.mp4"

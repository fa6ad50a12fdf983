"""What is looked at before any process is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from sportcoach.bag_writer import BagWriter
from sportcoach.graph import GraphOptions
from sportcoach.preflight import check
from sportcoach_perception.errors import UserError

render = pytest.importorskip("sportcoach_sim.render", reason="needs mujoco")


def test_an_athlete_that_cannot_be_drawn_is_refused_with_the_packages_that_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried = []

    def missing(backend: str) -> object:
        tried.append(backend)
        raise ImportError(backend)

    monkeypatch.setattr(render, "_context", missing)
    monkeypatch.delenv("MUJOCO_GL", raising=False)
    with pytest.raises(UserError, match="libegl1 and libgl1-mesa-dri, or libosmesa6") as refusal:
        check(GraphOptions(source="sim"))
    assert refusal.value.exit_code == 2
    assert tried == ["egl", "osmesa"]


def test_a_recording_needs_a_new_folder_in_one_that_can_be_written_to(tmp_path: Path) -> None:
    check(GraphOptions(source="topics", record=str(tmp_path / "new" / "bag")))
    with pytest.raises(UserError, match="exists already"):
        check(GraphOptions(source="topics", record=str(tmp_path)))
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(UserError, match="cannot record to"):
        check(GraphOptions(source="topics", record=str(tmp_path / "file" / "bag")))


def test_a_bag_without_anything_to_coach_is_refused(tmp_path: Path) -> None:
    BagWriter(tmp_path / "bag").close()
    with pytest.raises(UserError, match="no pictures and no skeletons"):
        check(GraphOptions(source="bag", bag=str(tmp_path / "bag")))

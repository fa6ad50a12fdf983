"""What is looked at before any process is started."""

from __future__ import annotations

import pytest

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

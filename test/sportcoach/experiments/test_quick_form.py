"""`sportcoach experiment all --quick` on the real data, from nothing to every table and figure."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from quick_form import QuickForm

from sportcoach.experiments.registry import EXPERIMENTS

LEFT = 600.0
"""For what is left to do of it when all other tests are done [s]."""


@pytest.mark.last
def test_every_table_and_figure_is_made(quick_form: QuickForm) -> None:
    try:
        assert quick_form.process.wait(LEFT) == 0, quick_form.said.read_text()
    except subprocess.TimeoutExpired:
        pytest.fail(f"not done yet: {quick_form.said.read_text()}")
    for name in EXPERIMENTS:
        told = json.loads((quick_form.out / f"{name}.json").read_text())
        assert told["quick"], name
        assert told["figures"], name
        assert told["sentence"], name
        assert not re.search(r"\bnan\b|None", told["sentence"]), told["sentence"]
        assert len((quick_form.out / f"{name}.csv").read_text().splitlines()) == len(told["rows"]) + 1
        assert all((quick_form.out / f"{plot}.svg").exists() for plot in told["plots"])
    whole = json.loads((quick_form.out / "all.json").read_text())
    (time,) = (figure["value"] for figure in whole["figures"])
    kept = [json.loads(path.read_text())["core_seconds"] for path in (quick_form.out / "trials").glob("*.json")]
    assert time == pytest.approx(sum(kept) / 60.0)

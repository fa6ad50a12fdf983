"""`sportcoach experiment all --quick` on the real data, from nothing to every table and figure."""

from __future__ import annotations

import json
import re

import pytest
from quick_form import QuickForm

from sportcoach.experiments.registry import EXPERIMENTS

MINUTES = 10.0


@pytest.mark.last
def test_every_table_and_figure_is_made_within_minutes(quick_form: QuickForm) -> None:
    assert quick_form.process.wait(MINUTES * 60.0) == 0, quick_form.said.read_text()
    for name in EXPERIMENTS:
        told = json.loads((quick_form.out / f"{name}.json").read_text())
        assert told["quick"], name
        assert told["figures"], name
        assert told["sentence"], name
        assert not re.search(r"\bnan\b|None", told["sentence"]), told["sentence"]
        assert len((quick_form.out / f"{name}.csv").read_text().splitlines()) == len(told["rows"]) + 1
        assert all((quick_form.out / f"{plot}.svg").exists() for plot in told["plots"])

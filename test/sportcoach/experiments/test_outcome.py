"""An experiment leaves numbers, a table and plots that can be read again."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from xml.etree import ElementTree

from sportcoach.experiments.outcome import Options, Outcome, write
from sportcoach.experiments.plot import Line, LinePlot
from sportcoach.figures import Figure


def test_an_outcome_is_written_as_json_csv_and_svg(tmp_path: Path) -> None:
    plot = LinePlot("Hits & misses", "threshold", "share", [Line("hits", [3, 4, 5], [0.9, math.nan, 0.7])])
    outcome = Outcome([Figure("hits", 0.9, "share", "higher", 0.95)], [{"a": 1, "b": "x"}], {"fig": plot}, "So it is.")
    options = Options(tmp_path / "out", tmp_path, 5, 0, True, lambda line: None)
    text = write("table", outcome, options)
    told = json.loads(text)
    assert told == json.loads((tmp_path / "out/table.json").read_text())
    assert (told["seed"], told["sentence"], told["figures"][0]["met"]) == (5, "So it is.", False)
    assert list(csv.DictReader((tmp_path / "out/table.csv").open())) == [{"a": "1", "b": "x"}]
    drawn = ElementTree.parse(tmp_path / "out/fig.svg").getroot()
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}circle")) == 2, "NaN is left out"

"""What is said is compared with reference remarks, in time and in words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach.cli import main
from sportcoach.remarks import Remark, agree, meteor, read_references, rouge_l, words
from sportcoach_perception.errors import UserError

times = st.lists(st.floats(0, 60, allow_nan=False), max_size=8)


def remarks(at: list[float], text: str = "chest up") -> list[Remark]:
    return [Remark(t, text) for t in at]


def test_each_reference_is_matched_once_and_in_time() -> None:
    found = agree(remarks([10.0, 20.0]), remarks([11.0, 11.5, 24.0]), window=3.0)
    assert [(r.t, s.t) for r, s in found.matched] == [(10.0, 11.0)]
    assert found.precision == pytest.approx(1 / 3)
    assert found.recall == 0.5
    assert found.f_score == pytest.approx(0.4)


@settings(deadline=None)
@given(times, times)
def test_scores_are_shares_and_perfect_for_the_same(a: list[float], b: list[float]) -> None:
    found = agree(remarks(a), remarks(b))
    assert 0.0 <= found.f_score <= 1.0 and len(found.matched) <= min(len(a), len(b))
    assert agree(remarks(a), remarks(a)).f_score == 1.0


def test_words_of_both_languages() -> None:
    assert words("Left knee 12°: push!") == ["left", "knee", "12", "push"]
    assert words("左膝内扣12度") == ["左", "膝", "内", "扣", "12", "度"]


def test_metrics_tell_same_from_other_words() -> None:
    pytest.importorskip("nltk")
    pytest.importorskip("rouge_score")
    for metric in (meteor, rouge_l):
        assert metric("chest up, look ahead", "chest up, look ahead") > 0.9
        assert metric("chest up, look ahead", "sit lower") == 0.0


def test_the_command_reads_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("nltk")
    pytest.importorskip("rouge_score")
    cues = [
        {"t": 5.0, "text": "Leaning 8 degrees too far forward: chest up", "severity": "form"},
        {"t": 9.0, "text": "Good, your chest is up", "severity": "praise"},
    ]
    (tmp_path / "a.json").write_text(json.dumps({"cues": cues}))
    (tmp_path / "a.csv").write_text("t,text\n4.0,Keep your chest up\n30,Slow down\n")
    assert main(["evaluate", "feedback", "--root", str(tmp_path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    values = {figure["name"]: figure["value"] for figure in told["figures"]}
    assert values["temporal_precision"] == 1.0 and values["temporal_recall"] == 0.5
    assert values["later_than_reference_p50"] == 1.0 and 0.0 < values["rouge_l"] < 1.0


@pytest.mark.parametrize(("text", "words"), [("time,text\n", "columns"), ("t,text\nsoon,go\n", ":2:")])
def test_wrong_references_are_named_with_their_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(UserError, match=words):
        read_references(tmp_path / "a.csv")


def test_references_without_a_session_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("t,text\n")
    assert main(["evaluate", "feedback", "--root", str(tmp_path)]) == 2
    assert "no session" in capsys.readouterr().err

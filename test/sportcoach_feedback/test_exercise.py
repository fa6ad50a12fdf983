"""Exercises are data: the shipped ones load, mistakes are named with file and line, a new one needs no code."""

from __future__ import annotations

from pathlib import Path

import pytest

from sportcoach_feedback.coaching import Severity
from sportcoach_feedback.exercise import load_exercise, load_exercises
from sportcoach_feedback.texts import Texts, languages
from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS

CURL = """\
name: biceps_curl
source: measured by ourselves
signal: {angle: elbow, start: 165, turn: 45}
joints:
  - {angle: elbow, side: each, weight: 1.0, tolerance: 15, curve: [[0, 165], [1, 45]]}
faults:
  - {name: swing, angle: trunk, phase: moving, above: 20, severity: form}
"""


def write(folder: Path, text: str, name: str = "curl.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_recognised_exercise_has_a_definition() -> None:
    assert set(load_exercises()) >= set(ACTIONS) - {"other"}


@pytest.mark.parametrize("exercise", load_exercises().values(), ids=lambda exercise: str(exercise.name))
@pytest.mark.parametrize("language", languages())
def test_every_fault_has_words_in_every_language(exercise, language: str) -> None:  # type: ignore[no-untyped-def]
    texts = Texts(language)
    assert [rule.name for rule in exercise.faults if not texts.has(exercise.name, rule.name)] == []


@pytest.mark.parametrize("exercise", load_exercises().values(), ids=lambda exercise: str(exercise.name))
def test_the_reference_movement_shows_no_fault_of_its_own(exercise) -> None:  # type: ignore[no-untyped-def]
    """At the turning point every fault's threshold is beyond the reference of the same angle."""
    for rule in exercise.faults:
        for judged in exercise.joints:
            if (judged.angle, judged.side) == (rule.angle, rule.side):
                assert rule.excess(judged.reference(1.0)) < 0.0


def test_a_new_exercise_is_a_file(tmp_path: Path) -> None:
    write(tmp_path, CURL)
    curl = load_exercises(tmp_path)["biceps_curl"]
    assert curl.signal.progress(45.0) == 1.0
    assert curl.joints[0].reference(0.5) == 105.0
    assert curl.faults[0].severity is Severity.FORM
    assert curl.faults[0].excess(25.0) == 5.0


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("name: biceps_curl\n", "", 1, "lacks 'name'"),
        ("angle: elbow, start", "angle: elbows, start", 3, "'elbows'"),
        ("turn: 45}", "turn: 165}", 3, "differ"),
        ("turn: 45}", "turn: low}", 3, "number"),
        ("weight: 1.0", "weight: 2.0", 5, "0.01 to 1"),
        ("tolerance: 15", "tolerence: 15", 5, "unknown key 'tolerence'"),
        ("[[0, 165], [1, 45]]", "[[1, 165], [0, 45]]", 5, "increasing"),
        ("[[0, 165], [1, 45]]", "[0, 165]", 5, "list"),
        ("angle: trunk, phase", "angle: trunk, side: each, phase", 7, "no sides"),
        ("above: 20, ", "", 7, "threshold"),
        ("severity: form", "severity: grave", 7, "safety"),
        ("phase: moving", "phase: moving, phase: turn", 7, "twice"),
        ("  - {angle: elbow", "  {angle: elbow", 5, "list"),
        ("signal: {", "signal: {{", 3, "YAML"),
        ("turn: 45}", "turn: !angle 45}", 3, "!angle"),
        ("tolerance: 15", "tolerance: !!int wide", 5, "'wide'"),
        ("tolerance: 15", "tolerance: 15, views: [top]", 5, "front, oblique, side"),
        ("tolerance: 15", "tolerance: 15, views: front", 5, "list"),
        ("side: each", "side: difference", 5, "'difference'"),
        ("turn: 45}", "turn: 45, lowered: 1}", 3, "true or false"),
        ("source: measured by ourselves", "source: 2020-99-99", 2, "2020-99-99"),
    ],
)
def test_mistakes_are_named_with_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in CURL
    path = write(tmp_path, CURL.replace(old, new, 1))
    with pytest.raises(UserError) as caught:
        load_exercise(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:")
    assert "\n" not in message
    if words != "YAML":
        assert message.startswith(f"{path}:{line}:")
    assert words in message


def test_a_fault_has_one_limit_for_each_view(tmp_path: Path) -> None:
    rule = "  - {name: swing, angle: trunk, views: [side], phase: moving, above: 10, severity: form}\n"
    path = write(tmp_path, CURL + rule)
    with pytest.raises(UserError, match=r"curl\.yaml:8: there is another fault 'swing' for the same view"):
        load_exercise(path)
    write(tmp_path, CURL.replace("trunk, phase", "trunk, views: [front, oblique], phase") + rule)
    assert [fault.threshold for fault in load_exercise(path).faults] == [20.0, 10.0]


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words\n", "[1, 2]\n", "\x00\x01"])
def test_what_is_no_exercise_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=r"curl\.yaml"):
        load_exercises(write(tmp_path, text).parent)


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "curl.yaml").write_bytes(b"\xff\xfe\x00\x9c")
    with pytest.raises(UserError, match="UTF-8"):
        load_exercises(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no exercises"):
        load_exercises(tmp_path)


def test_two_exercises_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, CURL, "a.yaml")
    write(tmp_path, CURL, "b.yaml")
    with pytest.raises(UserError, match="another exercise named 'biceps_curl'"):
        load_exercises(tmp_path)

"""report.html stands alone, is small, and says what happened in every kind of session."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from make_results import RATE, SQUAT_SET, Part, make_results

from sportcoach.report import find_worst_frame, render_report, summarize_exercises, write_report
from sportcoach.results import FrameResult
from sportcoach.session import SessionLog
from sportcoach_perception.errors import UserError

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """A page as text per kind of element, checked for elements that aren't closed."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.count: dict[str, int] = {}
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count[tag] = self.count.get(tag, 0) + 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def log_of(parts: tuple[Part, ...] = SQUAT_SET, source: str = "squat.mp4", athlete_id: str = "") -> SessionLog:
    log = SessionLog(source)
    for result in make_results(parts, athlete_id=athlete_id):
        log.add(result)
    return log


def page_of(log: SessionLog) -> Page:
    return Page(render_report(log.summary(), log))


def test_header_has_the_numbers_that_an_athlete_wants() -> None:
    text = page_of(log_of()).text
    assert "Repetitions 6 Quality 83 / 100 Tempo 3.0 s each" in text
    assert "Top fault Shallow depth squat in 2 of 6" in text
    assert "Work on Go deeper" in text


def test_what_to_work_on_is_the_correction_and_never_the_praise_for_it() -> None:
    session = log_of().summary()
    praise = dataclasses.replace(session.cues[0], text="Good, that is deep enough", severity="praise")
    praised = dataclasses.replace(session, cues=(praise, praise, praise, *session.cues))
    assert [summary.advice for summary in summarize_exercises(praised)] == ["Go deeper"]
    only_praised = dataclasses.replace(session, cues=(praise,))
    assert [summary.advice for summary in summarize_exercises(only_praised)] == ["Shallow depth squat"]


def test_page_has_curves_cues_tables_and_the_worst_frame() -> None:
    page = page_of(log_of())
    assert page.count["svg"] == 4 + 1
    assert "Worst moment at 7.0 s" in page.text
    assert "Left knee 118° 85° +33°" in page.text
    assert "7.0 s Go deeper Left knee 21°" in page.text
    assert "645 of 645 processed" in page.text
    assert "median 48 ms, 95 % within 58 ms, longest 58 ms" in page.text


def test_a_cue_is_marked_at_the_angle_that_was_judged_then() -> None:
    log = SessionLog("first the front, then the side")
    for number, result in enumerate(make_results()):
        early, coaching = number <= 400, result.coaching
        judged = "left_knee_valgus" if early else "left_knee"
        joints = tuple(
            dataclasses.replace(j, joint=judged) for j in coaching.deviation.joints if j.joint == "left_knee"
        )
        deviation = dataclasses.replace(coaching.deviation, joints=joints)
        coaching = dataclasses.replace(coaching, deviation=deviation, cue=coaching.cue if early else None)
        log.add(dataclasses.replace(result, coaching=coaching))
    source = render_report(log.summary(), log)
    marks = dict(re.findall(r'aria-label="(Left knee(?: valgus)?) angle.*?<path class="cue" d="(.*?)"', source, re.S))
    assert marks["Left knee valgus"].count("M") == len(log.summary().cues) > 0
    assert marks["Left knee"] == ""


def test_every_picture_is_described() -> None:
    source = render_report(log_of().summary(), log_of())
    assert all('role="img" aria-label="' in tag for tag in re.findall(r"<svg [^>]*>", source))
    assert "<html lang=" in source
    assert "prefers-color-scheme: dark" in source


def test_page_needs_nothing_from_outside() -> None:
    page = page_of(log_of())
    assert not {"script", "link", "img", "iframe", "object"} & page.count.keys()
    references = [value for name, value in page.attributes if name in ("src", "href")]
    assert set(references) == {"#repetitions"}
    assert "url(" not in render_report(log_of().summary(), log_of())


def test_same_session_gives_the_same_page() -> None:
    assert render_report(log_of().summary(), log_of()) == render_report(log_of().summary(), log_of())


def test_two_exercises_are_summarized_apart() -> None:
    log = log_of((Part("squat", 5), Part("other", seconds=1), Part("lunge", 7)), athlete_id="A7")
    assert [(item.exercise, item.repetitions) for item in summarize_exercises(log.summary())] == [
        ("squat", 5),
        ("lunge", 7),
    ]
    page = page_of(log)
    assert page.count["h1"] == 2
    assert "athlete A7" in page.text
    assert "Exercise No. Start Took Quality Faults" in page.text


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((), "Nothing recorded"),
        ((Part("", seconds=3),), "No athlete in view"),
        ((Part("other", seconds=3),), "No exercise recognised"),
        ((Part("squat", seconds=2),), "No repetition was completed"),
        ((Part("squat", 1),), "Nothing to correct"),
        ((Part("other", seconds=1 / RATE),), "No exercise recognised"),
    ],
)
def test_sessions_with_little_to_tell(parts: tuple[Part, ...], said: str) -> None:
    assert said in page_of(log_of(parts)).text


def test_session_of_one_judged_frame() -> None:
    log = SessionLog("squat.mp4")
    log.add(list(make_results((Part("squat", 1),)))[45])
    page = page_of(log)
    assert "Left knee 85° 85° +0°" in page.text
    assert page.count["svg"] == 1  # the figure; there is no curve to draw


def test_all_text_is_escaped() -> None:
    evil = "<script>alert(1)</script>\"'&"
    log = SessionLog(evil)
    for result in make_results((Part("squat", 3),), athlete_id=evil):
        coaching = result.coaching
        cue = coaching.cue and dataclasses.replace(coaching.cue, text=evil, joint=evil, fault=evil)
        faults = [dataclasses.replace(fault, name=evil) for rep in coaching.repetitions for fault in rep.faults]
        reps = tuple(dataclasses.replace(rep, faults=tuple(faults), exercise=evil) for rep in coaching.repetitions)
        joints = tuple(dataclasses.replace(joint, joint=evil + joint.joint) for joint in coaching.deviation.joints)
        deviation = dataclasses.replace(coaching.deviation, joints=joints)
        coaching = dataclasses.replace(coaching, cue=cue, repetitions=reps, deviation=deviation)
        action = dataclasses.replace(result.action, label=evil, model_id=evil)
        log.add(dataclasses.replace(result, coaching=coaching, action=action))
    page = page_of(log)
    assert "script" not in page.count
    assert evil in page.text


def test_ten_minutes_stay_below_a_megabyte() -> None:
    log = log_of((Part("squat", 100), Part("other", seconds=30), Part("lunge", 90)))
    assert len(render_report(log.summary(), log).encode()) < 1_000_000


def test_numbers_that_are_not_finite_leave_a_gap() -> None:
    log = SessionLog("squat.mp4")
    for index, result in enumerate(make_results((Part("squat", 2),))):
        joints = result.coaching.deviation.joints
        if 30 <= index < 60:
            joints = tuple(dataclasses.replace(joint, reference=float("nan"), in_tolerance=False) for joint in joints)
        deviation = dataclasses.replace(result.coaching.deviation, joints=joints)
        log.add(dataclasses.replace(result, coaching=dataclasses.replace(result.coaching, deviation=deviation)))
    source = render_report(log.summary(), log)
    assert "nan" not in re.sub(r"<style>.*?</style>", "", source, flags=re.S).lower().replace("sportcoach", "")


def with_slip(result: FrameResult) -> FrameResult:
    """The same frame with a wrong pose estimate: every judged joint far off."""
    joints = result.coaching.deviation.joints
    slip = tuple(dataclasses.replace(joint, angle=5.0, in_tolerance=False) for joint in joints)
    deviation = dataclasses.replace(result.coaching.deviation, joints=slip)
    return dataclasses.replace(result, coaching=dataclasses.replace(result.coaching, deviation=deviation))


def test_worst_frame_is_one_that_lasted_within_a_repetition() -> None:
    log = SessionLog("squat.mp4")
    for index, result in enumerate(make_results((Part("squat", 3),))):
        log.add(with_slip(result) if index == 45 else result)
    worst = find_worst_frame(log.summary(), log, log.joint_curves(), log.seconds())
    assert worst is not None
    assert worst.t == pytest.approx(4.5, abs=0.1)
    assert worst.readings[0].deviation == pytest.approx(33, abs=0.5)
    assert {mark.reading.joint for mark in worst.figure.marks} == {"left_knee", "right_knee", "left_hip", "right_hip"}


def test_report_is_written_in_one_step_or_refused_in_one_line(tmp_path: Path) -> None:
    log = log_of()
    write_report(log.summary(), log, tmp_path / "out" / "report.html")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"cannot write .*report\.html"):
        write_report(log.summary(), log, tmp_path / "file" / "report.html")

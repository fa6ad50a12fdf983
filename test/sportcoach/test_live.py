"""The live display says what matters, cheaply, on a terminal and without one."""

from __future__ import annotations

import dataclasses
import io
import time

from make_results import SQUAT_SET, Part, make_results
from rich.console import Console

from sportcoach.live import LiveView, print_summary
from sportcoach.results import FrameResult
from sportcoach.session import SessionLog


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)


def text_of(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown(results: list[FrameResult], terminal: bool) -> str:
    screen = console(terminal)
    with LiveView("squat.mp4", screen) as view:
        for result in results:
            view.update(result)
    return text_of(screen)


def summary_of(parts: tuple[Part, ...]) -> str:
    log, page = SessionLog("squat.mp4"), console(terminal=False)
    for result in make_results(parts):
        log.add(result)
    print_summary(log.summary(), page)
    return text_of(page)


def test_without_a_terminal_there_is_one_plain_line_a_second() -> None:
    lines = shown(list(make_results()), terminal=False).splitlines()
    assert len(lines) == 22
    assert lines[0].startswith("0.0 s  no athlete in view")
    assert lines[7] == '7.0 s  Squat execute, repetitions 1  Left knee +33°  cue "Go deeper"  30 fps, 49 ms'
    assert not any("\x1b" in line for line in lines)


def test_terminal_shows_the_athlete_what_matters() -> None:
    results = list(make_results())
    deepest = [result for result in results if result.skeleton.stamp <= 7_250_000_000]
    panel = shown(deepest, terminal=True).rpartition("╭")[2]
    for piece in ("squat.mp4", "Squat", "Repetitions", "execute", "Left knee +3", "Go deeper", "30 fps", "49 ms"):
        assert piece in panel


def test_terminal_is_redrawn_at_most_four_times_a_second() -> None:
    results = list(make_results())
    seconds = results[-1].skeleton.stamp * 1e-9
    assert 3 * seconds < shown(results, terminal=True).count("╭") <= 4 * seconds + 2


def test_nobody_in_view_is_said() -> None:
    results = list(make_results((Part("", seconds=1.5),)))
    assert "no athlete in view" in shown(results, terminal=True)
    assert "no athlete in view" in shown(results, terminal=False)


def test_count_stays_when_the_set_is_over() -> None:
    panel = shown(list(make_results(SQUAT_SET)), terminal=True).rpartition("╭")[2]
    assert "no exercise" in panel
    [row] = [line for line in panel.splitlines() if "Repetitions" in line]
    assert "6" in row


def test_display_goes_on_when_stamps_go_back() -> None:
    results = list(make_results((Part("squat", 1),)))
    lines = shown(results + results, terminal=False).splitlines()
    assert len(lines) == 6
    assert lines[3].startswith("0.0 s")


def test_notes_and_texts_are_printed_as_they_are() -> None:
    screen = console(terminal=False)
    with LiveView("a [bold] name", screen) as view:
        view.note("pose: [red]odd[/red] line")
        for result in make_results((Part("squat", 2),)):
            cue = result.coaching.cue and dataclasses.replace(result.coaching.cue, text="[blink]now")
            view.update(dataclasses.replace(result, coaching=dataclasses.replace(result.coaching, cue=cue)))
    assert "pose: [red]odd[/red] line" in text_of(screen)


def test_display_costs_little() -> None:
    results = list(make_results())
    began = time.process_time()
    shown(results, terminal=True)
    seconds = results[-1].skeleton.stamp * 1e-9
    assert time.process_time() - began < 0.05 * seconds  # 5 % of a core; about 0.5 % measured


def test_summary_is_a_table_of_the_exercises() -> None:
    text = summary_of((Part("squat", 5), Part("lunge", 2)))
    [squat] = [line for line in text.splitlines() if "Squat" in line]
    assert [cell.strip() for cell in squat.split("│")[1:5]] == ["Squat", "5", "81", "3.0 s"]
    assert "Shallow depth squat in 2 of 5" in squat
    assert "Lunge" in text
    assert "3 x Go deeper" in text
    assert "630 of 630 frames, athlete in view 100 %, latency 49 ms" in text


def test_summary_without_anything_to_tell() -> None:
    assert "no athlete in view" in summary_of((Part("", seconds=1),))
    assert "no exercise recognised" in summary_of((Part("other", seconds=2),))
    assert "0 of 0 frames" in summary_of(())

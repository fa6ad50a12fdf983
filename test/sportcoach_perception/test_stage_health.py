"""What is said about a stage is what happened in it since the last time."""

from __future__ import annotations

from sportcoach_perception.diagnostics import Level
from sportcoach_perception.stage_health import StageHealth

MS = 1_000_000


def test_a_stage_at_work_has_a_rate_and_an_age() -> None:
    health = StageHealth()
    assert health.report(0).level is Level.OK
    for second in (1, 2):
        for t in range(0, 1000, 40):
            health.passed((1000 * second + t) * MS)
        status = health.report((1000 * second + 1010) * MS)
    assert (status.level, status.message) == (Level.OK, "at work")
    assert status.values == {"rate": "25.0", "age": "0.050", "frames": 50, "dropped": 0}


def test_the_temperature_of_the_machine_is_told_where_it_is_known() -> None:
    health = StageHealth()
    assert "temperature" not in health.report(0).values
    assert health.report(0, 61.25).values["temperature"] == "61.2"


def test_a_stage_that_fell_silent_is_stale_and_one_that_never_worked_is_not() -> None:
    health = StageHealth()
    assert "age" not in health.report(0).values
    health.passed(0)
    assert health.report(10 * MS).level is Level.OK
    assert health.report(20 * MS).level is Level.STALE


def test_frames_that_could_not_be_used_are_warned_of_once() -> None:
    health = StageHealth()
    health.passed(0)
    health.drop()
    status = health.report(0)
    assert status.level is Level.WARN and status.message.endswith("used: 1")
    health.passed(40 * MS)
    status = health.report(0)
    assert (status.level, status.values["dropped"]) == (Level.OK, 1)


def test_a_clock_that_was_set_back_has_no_rate() -> None:
    health = StageHealth()
    health.passed(1000 * MS)
    health.report(1000 * MS)
    health.passed(0)
    assert health.report(0).values["rate"] == "0.0"

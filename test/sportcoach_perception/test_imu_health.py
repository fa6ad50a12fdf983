"""Diagnostics of a live source: what is new since the last report."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach_perception.diagnostics import Level
from sportcoach_perception.imu_sources.health import SourceHealth
from sportcoach_perception.imu_sources.reading import Reading, SourceCounts
from sportcoach_perception.imu_sources.stamping import Stamper


def test_a_sensor_is_well_as_long_as_it_is_heard() -> None:
    counts, stamper = SourceCounts(), Stamper()
    health = SourceHealth(counts, stamper.clocks)
    assert set(health.report()) == {"source"}
    counts.received["left_wrist"] += 1
    stamper.stamp(Reading("left_wrist", np.zeros(6, np.float32), 10**18 + 5, 5))
    heard = health.report()["left_wrist"]
    assert heard.level is Level.OK
    assert heard.values["received"] == 1 and heard.values["offset_s"] == pytest.approx(1e9)
    assert health.report()["left_wrist"].level is Level.STALE


def test_what_is_refused_is_warned_of_while_it_goes_on() -> None:
    counts = SourceCounts()
    health = SourceHealth(counts, {})
    counts.refuse("192.168.1.9")
    counts.malformed[""] += 2
    status = health.report()["source"]
    assert status.level is Level.WARN and "2 malformed" in status.message and "192.168.1.9" in status.message
    assert status.values["refused"] == 1
    assert health.report()["source"].level is Level.OK


def test_a_sensor_that_is_sought_but_not_found_is_silent() -> None:
    counts = SourceCounts()
    counts.lose("right_ankle", "not found")
    status = SourceHealth(counts, {}).report()["right_ankle"]
    assert status.level is Level.STALE and status.values["lost"] == 1

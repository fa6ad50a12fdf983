"""Readings are stamped with the time they were taken."""

from __future__ import annotations

import numpy as np

from sportcoach_perception.imu_sources.reading import Reading
from sportcoach_perception.imu_sources.stamping import Stamper

SIGNAL = np.zeros(6, np.float32)
MS = 1_000_000


def test_without_a_time_a_reading_was_taken_when_it_came_in() -> None:
    assert Stamper().stamp(Reading("left_wrist", SIGNAL, 123, None)).stamp == 123


def test_bursts_are_taken_apart_and_every_sensor_has_its_own_clock() -> None:
    stamper, wrap = Stamper(2**32 * 1_000), 2**32 * 1_000
    stamps: dict[str, list[int]] = {"left_wrist": [], "right_wrist": []}
    for tick in range(2000):
        for limb, device_start in (("left_wrist", 0), ("right_wrist", wrap - 500 * 10 * MS)):
            taken = 10**18 + tick * 10 * MS
            arrival = 10**18 + (tick // 4 * 4 + 4) * 10 * MS  # four at a time, the newest 10 ms old
            reading = Reading(limb, SIGNAL, arrival, (device_start + tick * 10 * MS) % wrap)
            stamps[limb].append(stamper.stamp(reading).stamp - taken)
    for errors in stamps.values():
        np.testing.assert_allclose(np.array(errors[500:]) / MS, 10.0, atol=0.5)

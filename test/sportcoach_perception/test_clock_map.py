"""Stamps say when a sample was taken, whatever the radio and the clocks do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.clock_map import ClockMap, lower_hull

S = 1_000_000_000
MS = 1_000_000
EPOCH = 1_700_000_000 * S
PERIOD = 10 * MS

Stream = list[tuple[int, int]]
"""Device time and arrival [ns]."""


def bluetooth(seconds: float, seed: int = 0, burst: float = 0.045, drift: float = 100.0, jitter: float = 0.5) -> Stream:
    """Samples at 100 Hz from EPOCH on, sent together once in `burst` [s], with exponential delay of `jitter` [ms]."""
    rng = np.random.default_rng(seed)
    taken = np.arange(0, round(seconds * S), PERIOD)
    device = np.round(taken * (1.0 - drift * 1e-6)).astype(np.int64)
    phase = rng.uniform()
    sent = (np.ceil(taken / (burst * S) - phase) + phase) * burst * S
    arrival = np.maximum.accumulate(sent + rng.exponential(jitter * MS, len(taken))).astype(np.int64)
    return [(int(d), EPOCH + int(a)) for d, a in zip(device, arrival, strict=True)]


def errors(stamps: list[int], stream: Stream) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Stamps less the times at which the samples were taken, less the shortest delay of the stream [ms]."""
    delay = np.array([arrival - EPOCH - PERIOD * k for k, (_, arrival) in enumerate(stream)])
    error = np.array([stamp - EPOCH - PERIOD * k for k, stamp in enumerate(stamps)])
    return np.asarray((error - delay.min()) / MS)


@pytest.mark.parametrize("drift", [-100.0, 100.0])
def test_stamps_are_right_to_a_millisecond_after_twenty_seconds_of_bluetooth(drift: float) -> None:
    settled = []
    for seed, burst in enumerate(np.linspace(0.015, 0.06, 10)):
        stream = bluetooth(60.0, seed, burst, drift)
        clock = ClockMap()
        settled.append(errors([clock.map(*sample) for sample in stream], stream)[2000:])
        assert clock.drift_ppm == pytest.approx(drift, abs=50.0)
        assert clock.jumps == clock.resets == clock.wraps == clock.late == 0
    assert np.percentile(np.abs(settled), 95) <= 1.0


def test_what_the_quickest_samples_waited_is_taken_out() -> None:
    waited = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        taken = np.arange(0, 40 * S, PERIOD)
        arrival = taken + 10 * MS * rng.uniform(size=len(taken)) + 0.5 * MS * rng.exponential(size=len(taken))
        clock = ClockMap()
        stamps = [clock.map(int(t), EPOCH + int(a)) for t, a in zip(taken, np.maximum.accumulate(arrival), strict=True)]
        waited.append(np.mean(np.array(stamps[2000:]) - EPOCH - taken[2000:]) / MS)
    quickest = np.sqrt(2.0 * 10.0 * 0.5 / 3000.0)  # what the quickest of 30 s are late by, without it
    assert abs(np.mean(waited)) < 0.8 * quickest


def test_a_perfect_link_is_mapped_exactly() -> None:
    clock = ClockMap()
    assert [clock.map(k * PERIOD, EPOCH + k * PERIOD) for k in range(3000)] == [EPOCH + k * PERIOD for k in range(3000)]
    assert clock.offset == pytest.approx(EPOCH * 1e-9) and clock.uncertainty == 0.0


def test_the_offset_is_known_at_once_and_the_drift_later() -> None:
    stream = bluetooth(20.0)
    clock = ClockMap()
    assert clock.uncertainty == float("inf")
    early = errors([clock.map(*sample) for sample in stream[:500]], stream)
    assert np.abs(early[100:]).max() < 8.0 and not clock.settled
    for sample in stream[500:]:
        clock.map(*sample)
    assert clock.settled and 0.0 < clock.uncertainty < 3e-3


def test_a_device_that_restarts_is_mapped_anew() -> None:
    clock = ClockMap()
    first = bluetooth(20.0)
    stamps = [clock.map(*sample) for sample in first]
    stamps += [clock.map(device, arrival + 30 * S) for device, arrival in first]
    assert clock.resets == 1 and clock.jumps == 0
    assert all(a < b for a, b in pairwise(stamps))
    assert np.abs(errors(stamps[2000:], first) - 30_000.0)[50:].max() < 3.0


def test_a_clock_that_comes_round_goes_on() -> None:
    stream, wrap = bluetooth(30.0), 7 * S
    plain, wrapped = ClockMap(), ClockMap(wrap)
    assert [wrapped.map(d % wrap, a) for d, a in stream] == [plain.map(d, a) for d, a in stream]
    assert wrapped.wraps == 4 and wrapped.resets == 0


def test_turns_missed_in_a_silence_are_counted() -> None:
    clock = ClockMap(wrap=S)
    for k in range(50):
        clock.map(k * PERIOD, EPOCH + k * PERIOD)
    assert clock.map(200 * MS, EPOCH + 5200 * MS) == EPOCH + 5200 * MS
    assert clock.wraps == 5 and clock.jumps == 0


@pytest.mark.parametrize("step", [-3600 * S, -100 * MS, 100 * MS, 3600 * S])
def test_ros_time_that_is_set_is_followed(step: int) -> None:
    stream = bluetooth(40.0)
    clock = ClockMap()
    stamps = [clock.map(d, a + step * (k >= 2000)) for k, (d, a) in enumerate(stream)]
    assert clock.jumps == 1
    assert np.abs(errors(stamps, stream) - step / MS)[2600:].max() < 3.0


@pytest.mark.parametrize("step", [100 * MS, 3600 * S])
def test_a_device_clock_that_is_set_forward_is_noticed_at_once(step: int) -> None:
    stream = bluetooth(40.0)
    clock = ClockMap()
    stamps = [clock.map(d + step * (k >= 2000), a) for k, (d, a) in enumerate(stream)]
    assert clock.jumps == 1 and all(a < b for a, b in pairwise(stamps))
    assert np.abs(errors(stamps, stream))[2050:].max() < 5.0


def test_a_stalled_link_is_no_jump() -> None:
    stream = [(d, max(a, EPOCH + 22 * S) if d > 20 * S else a) for d, a in bluetooth(30.0)]
    clock = ClockMap()
    assert np.abs(errors([clock.map(*sample) for sample in stream], stream))[1500:].max() < 2.0
    assert clock.jumps == 0


def test_a_late_sample_gets_the_stamp_it_deserves() -> None:
    clock = ClockMap()
    stamps = [clock.map(k * PERIOD, EPOCH + k * PERIOD) for k in (0, 1, 3, 2, 3, 4)]
    assert [(stamp - EPOCH) // PERIOD for stamp in stamps] == [0, 1, 3, 2, 3, 4] and clock.late == 2


@given(
    st.lists(st.tuples(st.integers(1, 3 * S), st.integers(0, 2 * S), st.booleans()), max_size=80),
    st.integers(0, 2**62),
)
def test_stamps_increase_and_are_never_in_the_future(steps: list[tuple[int, int, bool]], origin: int) -> None:
    clock, device, arrival, last = ClockMap(), origin, EPOCH, 0
    for number, (device_step, arrival_step, restart) in enumerate(steps):
        device = 0 if restart and device > 2 * S else device + device_step
        arrival += arrival_step
        stamp = clock.map(device, arrival)
        assert last < stamp <= arrival + number
        last = stamp


@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=50))
def test_the_hull_lies_below_all_points(values: list[int]) -> None:
    points = list(enumerate(values))
    hull = lower_hull(points)
    assert hull[0] == points[0] and hull[-1] == points[-1]
    x, y = zip(*hull, strict=True)
    assert np.all(np.interp(range(len(values)), x, y) <= np.array(values) + 1e-9)

"""Repetitions are counted once each, whatever the range, the tempo and the noise; what isn't one isn't counted."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_feedback.repetitions import MIN_SWING, Cycle, Phase, RepetitionCounter

RATE = 30


def count(signal: Iterable[float], rate: float = RATE, counter: RepetitionCounter | None = None) -> list[Cycle]:
    counter = counter or RepetitionCounter()
    cycles = (counter.step(round((index + 1) * 1e9 / rate), value) for index, value in enumerate(signal))
    return [cycle for cycle in cycles if cycle is not None]


def swing(depth: float = 1.0, seconds: float = 2.0, rate: float = RATE) -> list[float]:
    """One repetition to `depth` and back."""
    return list(depth * (1 - np.cos(np.linspace(0, 2 * np.pi, round(seconds * rate)))) / 2)


def rest(seconds: float, at: float = 0.0) -> list[float]:
    return [at] * round(seconds * RATE)


@given(
    st.integers(0, 8),
    st.floats(0.55, 1.5),
    st.floats(0.8, 5.0),
    st.floats(-0.2, 0.3),
    st.integers(0, 2**32 - 1),
)
def test_every_repetition_counts_once(number: int, depth: float, seconds: float, offset: float, seed: int) -> None:
    clean = np.array(rest(0.5) + (swing(depth, seconds) + rest(0.3)) * number)
    noisy = clean + offset + np.random.default_rng(seed).normal(0, 0.02, len(clean))
    assert len(count(noisy)) == number


def turns(signal: Iterable[float]) -> list[int]:
    """At which samples the turning point seems to be passed."""
    counter, found = RepetitionCounter(), []
    for index, value in enumerate(signal):
        counter.step(round((index + 1) * 1e9 / RATE), value)
        if counter.turned:
            found.append(index)
    return found


def test_a_tremble_on_the_way_out_is_no_turning_point() -> None:
    out = [*rest(0.3), *np.linspace(0.0, 0.53, 12), 0.45, 0.46, *np.linspace(0.53, 1.0, 12)]
    found = turns([*out, *np.linspace(0.97, 0.3, 15)])
    assert len(found) == 1 and found[0] > len(out)


def test_landmarks_that_go_far_astray_for_a_moment_are_no_turning_point() -> None:
    out = [*rest(0.3), *np.linspace(0.0, 0.6, 18), 0.1, *np.linspace(0.64, 1.0, 12)]
    found = turns([*out, *np.linspace(0.97, 0.3, 15)])
    assert len(found) == 1 and found[0] > len(out)


@pytest.mark.parametrize("seconds", [1.5, 2.5, 4.0])
def test_a_half_repetition_of_any_tempo_has_turned_a_moment_after_its_turning_point(seconds: float) -> None:
    signal = [*rest(0.3), *swing(0.5, seconds)]
    (found,) = turns(signal)
    assert 0 < found - int(np.argmax(signal)) <= 0.17 * RATE


def test_a_slow_and_steady_way_back_is_noticed_before_it_has_gone_far() -> None:
    signal = [*rest(0.3), *np.linspace(0.0, 0.55, 20), *np.linspace(0.55, 0.4, 45)]
    found = turns(signal)
    assert found and 0.51 < signal[found[0]] < 0.54


@pytest.mark.parametrize("rate", [15, 24, 30, 60, 120])
def test_the_frame_rate_does_not_matter(rate: int) -> None:
    assert len(count(swing(seconds=1.5, rate=rate) * 4, rate)) == 4


@given(st.lists(st.floats(-2, 2), max_size=200))
def test_repetitions_follow_each_other(signal: list[float]) -> None:
    cycles = count(signal)
    for cycle in cycles:
        assert cycle.start < cycle.turn < cycle.end
    for earlier, later in pairwise(cycles):
        assert earlier.end <= later.start


@given(st.lists(st.floats(0, MIN_SWING - 0.01), max_size=200))
def test_swaying_and_walking_in_do_not_count(signal: list[float]) -> None:
    assert count(signal) == []


def test_standing_around_at_the_bottom_is_one_repetition() -> None:
    half = len(swing()) // 2
    assert len(count(swing()[:half] + rest(4, at=1.0) + swing()[half:])) == 1


def test_a_pause_half_way_up_is_one_repetition() -> None:
    up = list(np.linspace(1, 0.5, 20)) + rest(2, at=0.5) + list(np.linspace(0.5, 0, 20))
    assert len(count([*np.linspace(0, 1, 30), *up])) == 1


def test_half_repetitions_count_when_they_are_what_the_athlete_does() -> None:
    assert len(count(swing(0.5) * 5)) == 5


def test_a_bounce_between_deep_repetitions_does_not_count() -> None:
    assert len(count(swing(1.2) * 3 + swing(0.45) + swing(1.2))) == 4


def test_one_wild_swing_does_not_spoil_the_rest() -> None:
    assert len(count(swing(5.0) + swing(0.8) * 3)) == 4


def test_sitting_for_long_is_no_repetition() -> None:
    half = len(swing()) // 2
    assert count(swing()[:half] + rest(25, at=1.0) + swing()[half:]) == []


def test_swaying_after_a_stray_low_value_does_not_count() -> None:
    sway = 0.15 * np.sin(np.linspace(0, 60, 20 * RATE)) + 0.15
    assert count([*rest(1), -1.0, -1.0, *rest(5), *sway]) == []


def test_a_stream_that_begins_on_the_way_out_counts() -> None:
    assert len(count(swing()[12:])) == 1


def test_a_stream_that_ends_on_the_way_out_does_not_count() -> None:
    assert count(swing()[:30]) == []


def test_it_counts_on_the_way_back_before_the_movement_ends() -> None:
    signal = [*rest(0.5), *swing(), *rest(1)]
    (cycle,) = count(signal)
    assert cycle.start == pytest.approx(0.85e9, abs=0.3e9)
    assert cycle.turn == pytest.approx(1.5e9, abs=0.1e9)
    assert 1.7e9 < cycle.end < 2.3e9


@pytest.mark.parametrize("at", [10, 25, 40])
def test_short_holes_do_not_matter(at: int) -> None:
    signal = swing() + rest(0.5)
    signal[at : at + 8] = [math.nan] * 8
    assert len(count(signal)) == 1


def test_leaving_in_mid_movement_gives_it_up() -> None:
    counter = RepetitionCounter()
    assert count(swing()[:35], counter=counter) == []
    assert counter.phase is Phase.EXECUTE
    assert counter.step(round(5e9), math.nan) is None
    assert counter.phase is Phase.IDLE


def test_phases_come_in_order() -> None:
    counter = RepetitionCounter()
    phases: list[Phase] = []
    for index, value in enumerate([*rest(0.3), *swing(), *rest(0.3)]):
        counter.step(round((index + 1) * 1e9 / RATE), value)
        if not phases or phases[-1] is not counter.phase:
            phases.append(counter.phase)
    assert _without_repeats(phases) == [Phase.IDLE, Phase.BEGIN, Phase.EXECUTE, Phase.END, Phase.IDLE]


def _without_repeats(phases: Sequence[Phase]) -> list[Phase]:
    return [phase for index, phase in enumerate(phases) if index == 0 or phases[index - 1] is not phase]

"""Single absurd stamps change nothing; clocks that really jump are followed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.stamp_gate import SECOND, StampGate

MS = 1_000_000


@dataclass(frozen=True)
class Message:
    stamp: int


def passed(gate: StampGate[Message], *milliseconds: int) -> list[int]:
    """Stamps of what passes, in ms."""
    return [m.stamp // MS for t in milliseconds for m in gate.admit(Message(t * MS))]


def test_messages_in_order_pass_at_once() -> None:
    assert passed(StampGate(100 * MS), 0, 10, 20, 120) == [0, 10, 20, 120]


def test_late_and_repeated_messages_are_refused_and_told_apart() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    assert passed(gate, 0, 20, 10, 20, 30) == [0, 20, 30]
    assert (gate.counts.late, gate.counts.duplicate, gate.counts.refused, gate.counts.received) == (1, 1, 2, 5)


def test_one_absurd_stamp_ahead_is_never_seen() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    assert passed(gate, 0, 10, 3_600_000, 20, 30) == [0, 10, 20, 30]
    assert (gate.counts.future, gate.counts.skips) == (1, 0)


def test_a_stamp_of_zero_does_not_start_anew() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    assert passed(gate, 5000, 5010, 0, 5020) == [5000, 5010, 5020]
    assert (gate.counts.late, gate.counts.restarts) == (1, 0)


def test_a_clock_set_ahead_loses_nothing_once_confirmed() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    assert passed(gate, 0, 10, 3_600_000, 3_600_010, 3_600_020) == [0, 10, 3_600_000, 3_600_010, 3_600_020]
    assert (gate.counts.skips, gate.counts.refused) == (1, 0)


def test_a_clock_set_back_loses_nothing_once_confirmed() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    assert passed(gate, 9000, 9010, 0, 10) == [9000, 9010, 0, 10]
    assert (gate.counts.restarts, gate.counts.refused) == (1, 0)


def test_a_stream_slower_than_the_step_passes_in_pairs() -> None:
    assert passed(StampGate(100 * MS), 0, 200, 400, 600, 800) == [0, 200, 400, 600, 800]


def test_a_trusted_message_passes_however_far_ahead() -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    gate.admit(Message(0))
    assert gate.admit(Message(60 * SECOND), trusted=True) == (Message(60 * SECOND),)


@given(st.lists(st.integers(-5000, 5000), max_size=80))
def test_every_message_is_passed_held_or_counted_and_steps_back_are_restarts(times: list[int]) -> None:
    gate: StampGate[Message] = StampGate(100 * MS)
    stamps = passed(gate, *times)
    held = len(times) - len(stamps) - gate.counts.refused
    assert held in (0, 1)
    assert sum(after <= before for before, after in itertools.pairwise(stamps)) == gate.counts.restarts

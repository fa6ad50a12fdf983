"""Messages come out in order, when they are due, whatever the one who asks does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach.bag import Message
from sportcoach.replay import BagPlayer

MS = 1_000_000
STEP = 100 * MS
START = 1_700_000_000_000_000_000


def messages(count: int = 10) -> Iterator[Message]:
    for index in range(count):
        yield Message("/number", "std_msgs/msg/Int32", START + index * STEP, bytes([index]))


def player(rate: float = 1.0, loop: bool = False, count: int = 10, start: int = START) -> BagPlayer:
    made = BagPlayer(lambda: (m for m in messages(count) if m.stamp >= start), start, rate, loop)
    made.begin(0)
    return made


def play(bag: BagPlayer, until: int, step: int = MS) -> list[tuple[int, int]]:
    """Number of each message and when it came [ms], asked every `step` [ns]."""
    played = []
    for now in range(0, until, step):
        while (message := bag.poll(now)) is not None:
            played.append((message.cdr[0], now // MS))
    return played


@pytest.mark.parametrize(("rate", "period"), [(1.0, 100), (2.0, 50), (0.5, 200)])
def test_messages_come_at_the_rate_that_is_asked_for(rate: float, period: int) -> None:
    bag = player(rate)
    assert play(bag, 3000 * MS) == [(index, index * period) for index in range(10)]
    assert bag.finished


def test_the_beginning_can_be_left_out() -> None:
    assert play(player(start=START + 450 * MS), 1000 * MS) == [(5, 50), (6, 150), (7, 250), (8, 350), (9, 450)]


def test_a_loop_begins_again_and_time_goes_back() -> None:
    bag = player(loop=True, count=3)
    assert [index for index, _ in play(bag, 650 * MS, step=10 * MS)][:8] == [0, 1, 2, 0, 1, 2, 0, 1]
    assert not bag.finished
    assert START <= bag.time(650 * MS) <= START + 2 * STEP


def test_while_paused_nothing_comes_and_time_stands_still() -> None:
    bag = player()
    assert len(play(bag, 250 * MS)) == 3
    bag.toggle(250 * MS)
    assert bag.poll(900 * MS) is None
    assert bag.time(900 * MS) == START + 250 * MS
    assert bag.wait(900 * MS) == float("inf")
    bag.toggle(1000 * MS)
    assert bag.wait(1000 * MS) == pytest.approx(0.05)
    assert bag.poll(1049 * MS) is None
    assert bag.poll(1050 * MS) is not None


def test_who_asks_too_late_does_not_get_everything_at_once() -> None:
    bag = player()
    assert bag.poll(0) is not None
    assert bag.poll(750 * MS) is not None
    assert bag.poll(750 * MS) is None
    assert bag.poll(850 * MS) is not None


def test_a_bag_without_messages_is_over_at_once() -> None:
    assert player(count=0).finished
    assert player(count=0, loop=True).finished


@given(
    st.lists(st.integers(0, 400 * MS), max_size=60),
    st.sets(st.integers(0, 60)),
    st.floats(0.1, 10.0),
)
def test_nothing_is_lost_or_early_and_time_never_goes_back(steps: list[int], pauses: set[int], rate: float) -> None:
    bag = player(rate)
    now, last, played = 0, START, []
    for index, step in enumerate(steps):
        now += step
        if index in pauses:
            bag.toggle(now)
        while (message := bag.poll(now)) is not None:
            played.append(message.cdr[0])
            assert message.stamp <= START + now * rate + 1
        assert bag.time(now) >= last
        last = bag.time(now)
        if not bag.finished:
            assert last <= START + len(played) * STEP
    assert played == list(range(len(played)))

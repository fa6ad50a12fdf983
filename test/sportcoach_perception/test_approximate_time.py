"""Sets of near stamps are those that message_filters makes, without trying every combination."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach_perception.approximate import Nanoseconds
from sportcoach_perception.approximate_time import ApproximateTimeSynchronizer, SimpleFilter

MS = 1_000_000

Arrivals = list[tuple[int, int]]
"""(input, stamp [ms]) in order of arrival."""

Sets = list[tuple[int, ...]]


class Header(NamedTuple):
    stamp: Any


class Message(NamedTuple):
    header: Header
    stamp: int


def sets(arrivals: Arrivals, inputs: int, queue: int, slop: float) -> Sets:
    """Stamps [ms] of the sets that our synchronizer makes."""
    return _drive(arrivals, [SimpleFilter() for _ in range(inputs)], ApproximateTimeSynchronizer, queue, slop)


def _drive(
    arrivals: Arrivals, sources: list[Any], synchronizer: Any, queue: int, slop: float, time: Any = None
) -> Sets:
    made: Sets = []
    matcher = synchronizer(sources, queue, slop)
    matcher.registerCallback(lambda *messages: made.append(tuple(message.stamp for message in messages)))
    for source, stamp in arrivals:
        sources[source].signalMessage(Message(Header((time or Nanoseconds)(stamp * MS)), stamp))
    return made


def by_trial(arrivals: Arrivals, inputs: int, queue: int, slop: int) -> Sets:
    """The same by trying every combination, nearest to the message that came in the first input first."""
    queues: list[list[int]] = [[] for _ in range(inputs)]
    made: Sets = []
    for source, stamp in arrivals:
        if stamp not in queues[source]:
            queues[source].append(stamp)
        if len(queues[source]) > queue:
            queues[source].remove(min(queues[source]))
        ranked = [sorted(each, key=lambda s: abs(s - stamp)) for each in queues]
        ranked[source] = [stamp] if stamp in queues[source] else []
        for combination in itertools.product(*ranked):
            if max(combination) - min(combination) < slop:
                made.append(combination)
                for each, used in zip(queues, combination, strict=True):
                    each.remove(used)
                break
    return made


def test_near_stamps_make_a_set_once() -> None:
    assert sets([(0, 0), (1, 4), (0, 33), (1, 34), (1, 35)], 2, 10, 0.02) == [(0, 4), (33, 34)]


def test_a_difference_of_exactly_slop_is_too_much() -> None:
    assert sets([(0, 0), (1, 20)], 2, 10, 0.02) == []


def test_the_times_of_ros_messages_are_understood() -> None:
    class Time(NamedTuple):
        sec: int
        nanosec: int

    sources = [SimpleFilter(), SimpleFilter()]
    made = _drive(
        [(0, 1001), (1, 1002)], sources, ApproximateTimeSynchronizer, 10, 0.02, lambda ns: Time(*divmod(ns, 10**9))
    )
    assert made == [(1001, 1002)]


def test_queues_stay_short() -> None:
    sources = [SimpleFilter(), SimpleFilter()]
    synchronizer = ApproximateTimeSynchronizer(sources, 5, 0.02)
    for stamp in range(100):
        sources[0].signalMessage(Message(Header(Nanoseconds(stamp * MS)), stamp))
    (lengths,) = {len(queue.stamps) for queue in synchronizer._queues if queue.stamps}
    assert lengths == 5


arrivals = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 120)), max_size=60)


@given(arrivals, st.integers(1, 6), st.integers(0, 40))
def test_sets_are_those_found_by_trying_every_combination(arrivals: Arrivals, queue: int, slop: int) -> None:
    assert sets(arrivals, 3, queue, slop / 1e3) == by_trial(arrivals, 3, queue, slop)


@settings(max_examples=50)
@given(arrivals, st.integers(1, 6), st.integers(0, 40))
def test_sets_are_those_of_message_filters(arrivals: Arrivals, queue: int, slop: int) -> None:
    message_filters = pytest.importorskip("message_filters", reason="message_filters is not installed")
    from rclpy.time import Time

    sources = [message_filters.SimpleFilter() for _ in range(3)]
    synchronizer = message_filters.ApproximateTimeSynchronizer
    theirs = _drive(arrivals, sources, synchronizer, queue, slop / 1e3, lambda ns: Time(nanoseconds=ns))
    assert sets(arrivals, 3, queue, slop / 1e3) == theirs

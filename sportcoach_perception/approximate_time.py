"""The approximate time synchronizer of ROS's message_filters, for where that package is not installed.

Same interface and same results as `message_filters.ApproximateTimeSynchronizer`, which tries the Cartesian product of
all candidates; here the first combination that fits is found in a time that grows with their number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

Spans = list[tuple[int, int]]
"""Disjoint ranges of integers, both ends included, in increasing order."""


class SimpleFilter:
    """Hands messages on to whoever registered; named as in message_filters."""

    def __init__(self) -> None:
        self._callbacks: list[tuple[Callable[..., None], tuple[Any, ...]]] = []

    def registerCallback(self, callback: Callable[..., None], *arguments: Any) -> int:  # noqa: N802
        """Call `callback(*messages, *arguments)` for every output; returns the number of the registration."""
        self._callbacks.append((callback, arguments))
        return len(self._callbacks) - 1

    def signalMessage(self, *messages: Any) -> None:  # noqa: N802
        """Hand on an output."""
        for callback, arguments in self._callbacks:
            callback(*messages, *arguments)


class _Queue:
    """The newest messages of one input by stamp, at most `size`."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._arrivals = 0
        self._messages: dict[int, tuple[int, Any]] = {}
        self.stamps: list[int] = []

    def put(self, stamp: int, message: Any) -> bool:
        """Take a message, in place of one with the same stamp; False when it is too old for a full queue."""
        if stamp in self._messages:
            self._messages[stamp] = self._messages[stamp][0], message
            return True
        self._arrivals += 1
        self._messages[stamp] = self._arrivals, message
        insort(self.stamps, stamp)
        if len(self.stamps) > self._size:
            del self._messages[self.stamps.pop(0)]
        return stamp in self._messages

    def take(self, stamp: int) -> Any:
        """Remove and return the message at `stamp`."""
        del self.stamps[bisect_left(self.stamps, stamp)]
        return self._messages.pop(stamp)[1]

    def within(self, low: int, high: int) -> list[int]:
        """Stamps from `low` to `high`, both included, increasing."""
        return self.stamps[bisect_left(self.stamps, low) : bisect_right(self.stamps, high)]

    def nearest_first(self, stamps: Iterable[int], pivot: int) -> list[int]:
        """`stamps` by distance from `pivot`; of two equally far the one that came first."""
        ranked = [(abs(stamp - pivot), self._messages[stamp][0], stamp) for stamp in stamps]
        return list(map(itemgetter(2), sorted(ranked)))


class ApproximateTimeSynchronizer(SimpleFilter):
    """Calls back with one message of each input when their stamps differ by less than `slop`.

    A set always holds the message that just came. Among the possible sets it is the first in the order of: nearest to
    that message in the first other input, then nearest in the second, and so on. Messages are used once.

    Args:
        fs: the inputs, filters with `registerCallback`; their messages have a `header.stamp`.
        queue_size: messages kept per input.
        slop: largest difference of stamps within a set, itself excluded [s].
    """

    def __init__(self, fs: Sequence[Any], queue_size: int, slop: float) -> None:
        super().__init__()
        self._slop = int(slop * 1e9)
        self._queues = [_Queue(queue_size) for _ in fs]
        for index, source in enumerate(fs):
            source.registerCallback(self.add, self._queues[index], index)

    def add(self, message: Any, queue: _Queue, index: int) -> None:
        """Take a message of input `index`; calls back before it returns when a set is complete."""
        stamp = _nanoseconds(message.header.stamp)
        if not queue.put(stamp, message):
            return
        chosen = self._choose(stamp, [other for other in self._queues if other is not queue])
        if chosen is None:
            return
        chosen.insert(index, stamp)
        self.signalMessage(*[each.take(s) for each, s in zip(self._queues, chosen, strict=True)])

    def _choose(self, stamp: int, others: list[_Queue]) -> list[int] | None:
        """The first set of stamps of `others` that fits `stamp` and each other; None when there is none.

        Stamps fit when all lie in some [w, w + slop), so the choices are narrowed by the set of those w that leave
        each input a candidate.
        """
        candidates = []
        for other in others:
            stamps = other.within(stamp - self._slop, stamp + self._slop)
            if not stamps:
                return None
            candidates.append(stamps)
        starts = [(stamp - self._slop + 1, stamp)]
        for stamps in candidates:
            starts = _intersection(starts, self._starts(stamps))
        if not starts:
            return None
        chosen = []
        for other, stamps in zip(others, candidates, strict=True):
            for choice in other.nearest_first(stamps, stamp):
                narrowed = _intersection(starts, self._starts([choice]))
                if narrowed:
                    starts = narrowed
                    chosen.append(choice)
                    break
        return chosen

    def _starts(self, stamps: list[int]) -> Spans:
        """All w for which [w, w + slop) holds one of the increasing `stamps`."""
        spans: Spans = []
        for stamp in stamps:
            low = stamp - self._slop + 1
            if spans and low <= spans[-1][1] + 1:
                spans[-1] = spans[-1][0], stamp
            else:
                spans.append((low, stamp))
        return spans


def _intersection(one: Spans, other: Spans) -> Spans:
    common: Spans = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low <= high:
            common.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return common


def _nanoseconds(stamp: Any) -> int:
    """An rclpy Time or a builtin_interfaces/Time as ns."""
    return int(stamp.nanoseconds) if hasattr(stamp, "nanoseconds") else stamp.sec * 1_000_000_000 + stamp.nanosec

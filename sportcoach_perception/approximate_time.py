"""The approximate time synchronizer of ROS's message_filters, for where that package is not installed.

Same interface and same results as `message_filters.ApproximateTimeSynchronizer`, which tries the Cartesian product of
all candidates; here the first combination that fits is found in a time that grows with their number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Sequence
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
        if len(self.stamps) <= self._size:
            return True
        oldest = self.stamps.pop(0)
        del self._messages[oldest]
        return oldest != stamp

    def take(self, stamp: int) -> Any:
        """Remove and return the message at `stamp`."""
        del self.stamps[bisect_left(self.stamps, stamp)]
        return self._messages.pop(stamp)[1]

    def within(self, low: int, high: int) -> list[int]:
        """Stamps from `low` to `high`, both included, increasing."""
        stamps = self.stamps
        if not stamps or stamps[-1] < low:  # of an input that was taken or is late: the usual case
            return []
        return stamps[bisect_left(stamps, low) : bisect_right(stamps, high)]

    def nearest_first(self, stamps: list[int], pivot: int) -> Iterator[int]:
        """Increasing `stamps` by distance from `pivot`; of two equally far the one that came first."""
        after = bisect_left(stamps, pivot)
        before = after - 1
        while before >= 0 and after < len(stamps):
            closer = pivot - stamps[before] - (stamps[after] - pivot)
            if closer < 0 or (closer == 0 and self._messages[stamps[before]][0] < self._messages[stamps[after]][0]):
                yield stamps[before]
                before -= 1
            else:
                yield stamps[after]
                after += 1
        yield from reversed(stamps[: before + 1])
        yield from stamps[after:]


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
        self._others = [[other for other in self._queues if other is not queue] for queue in self._queues]
        for index, source in enumerate(fs):
            source.registerCallback(self.add, self._queues[index], index)

    def add(self, message: Any, queue: _Queue, index: int) -> None:
        """Take a message of input `index`; calls back before it returns when a set is complete."""
        stamp = _nanoseconds(message.header.stamp)
        if not queue.put(stamp, message):
            return
        chosen = self._choose(stamp, self._others[index])
        if chosen is None:
            return
        chosen.insert(index, stamp)
        self.signalMessage(*[each.take(s) for each, s in zip(self._queues, chosen, strict=True)])

    def _choose(self, stamp: int, others: list[_Queue]) -> list[int] | None:
        """The first set of stamps of `others` that fits `stamp` and each other; None when there is none.

        Stamps fit when all lie in some [w, w + slop), so the choices are narrowed by the set of those w that leave
        each input a candidate.
        """
        low, high = stamp - self._slop, stamp + self._slop
        starts = [(low + 1, stamp)]
        candidates = []
        for other in others:
            stamps = other.within(low, high)
            if not stamps:
                return None
            starts = _intersection(starts, self._starts(stamps))
            if not starts:
                return None
            candidates.append(stamps)
        chosen = []
        for other, stamps in zip(others, candidates, strict=True):
            for choice in other.nearest_first(stamps, stamp):
                narrowed = _intersection(starts, [(choice - self._slop + 1, choice)])
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
    try:
        return int(stamp.nanoseconds)
    except AttributeError:
        return int(stamp.sec * 1_000_000_000 + stamp.nanosec)

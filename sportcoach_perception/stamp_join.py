"""Joins messages of several topics that carry the same stamp."""

from __future__ import annotations

from typing import Any


class StampJoin:
    """Collects one item per stream for each stamp; complete sets come out with strictly increasing stamps.

    Args:
        streams: number of streams.
        depth: stamps held while incomplete; the oldest goes first and is counted in `dropped`.
    """

    RESTART = 1_000_000_000
    """A stamp this far behind the last complete one means that the clock was set back [ns]."""

    def __init__(self, streams: int, depth: int = 300) -> None:
        self._streams = streams
        self._depth = depth
        self._waiting: dict[int, dict[int, Any]] = {}
        self._last: int | None = None
        self.dropped = 0

    def add(self, stream: int, stamp: int, item: Any) -> tuple[Any, ...] | None:
        """Take an item; returns the items of all streams, in their order, when the stamp is complete."""
        if self._last is not None and stamp <= self._last:
            if self._last - stamp < self.RESTART:
                self.dropped += 1
                return None
            self._waiting.clear()
            self._last = None
        items = self._waiting.setdefault(stamp, {})
        items[stream] = item
        if len(items) == self._streams:
            return self._complete(stamp, items)
        if len(self._waiting) > self._depth:
            del self._waiting[min(self._waiting)]
            self.dropped += 1
        return None

    def _complete(self, stamp: int, items: dict[int, Any]) -> tuple[Any, ...]:
        self._last = stamp
        late = [other for other in self._waiting if other < stamp]
        for other in (*late, stamp):
            del self._waiting[other]
        self.dropped += len(late)
        return tuple(items[stream] for stream in range(self._streams))

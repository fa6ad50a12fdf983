"""When the messages of a bag are due: at a rate, from any time on, once or for ever, with pauses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final

from sportcoach.bag import Message


class BagPlayer:
    """Hands out messages as bag time goes on; real time comes in from outside.

    Who asks too late does not get everything at once: bag time has waited. It never runs ahead of the next message.

    Args:
        messages: makes an iterator over the messages, in order of their stamps.
        start: bag time to begin at [ns].
        rate: speed of bag time, 1 as in life.
        loop: begin again at the end.

    Attributes:
        finished: whether the last message has been handed out.
        paused: whether bag time stands still.
    """

    PATIENCE: Final = 50_000_000
    """By how much a message may be overdue before bag time waits for it [ns of real time]."""

    def __init__(self, messages: Callable[[], Iterator[Message]], start: int, rate: float = 1.0, loop: bool = False):
        self._messages = messages
        self._start = start
        self._rate = rate
        self._loop = loop
        self._iterator: Iterator[Message] = iter(())
        self._next: Message | None = None
        self._anchor = (start, 0)
        self.finished = False
        self.paused = False

    def begin(self, now: int) -> None:
        """Start, or start again, at real time `now` [ns]."""
        self._iterator = self._messages()
        self._next = next(self._iterator, None)
        self._anchor = (self._start, now)
        self.finished = self._next is None

    def time(self, now: int) -> int:
        """Bag time at real time `now` [ns]."""
        stamp, then = self._anchor
        running = stamp if self.paused else stamp + round((now - then) * self._rate)
        return running if self._next is None else min(running, max(stamp, self._next.stamp))

    def wait(self, now: int) -> float:
        """Seconds of real time until the next message is due; infinite while paused."""
        if self._next is None:
            return 0.0
        return math.inf if self.paused else max(0.0, (self._next.stamp - self.time(now)) / self._rate * 1e-9)

    def poll(self, now: int) -> Message | None:
        """The next message, if it is due at real time `now` [ns]."""
        message = self._next
        if message is None or self.paused or message.stamp > self.time(now):
            return None
        stamp, then = self._anchor
        overdue = now - then - round((message.stamp - stamp) / self._rate)
        if overdue > self.PATIENCE:
            self._anchor = (max(stamp, message.stamp), now)
        self._next = next(self._iterator, None)
        if self._next is None:
            if self._loop:
                self.begin(now)
            else:
                self.finished = True
        return message

    def toggle(self, now: int) -> None:
        """Stop bag time, or let it go on."""
        self._anchor = (self.time(now), now)
        self.paused = not self.paused

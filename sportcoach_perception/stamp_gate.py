"""Which stamps of a stream to believe: late ones, repeated ones, absurd ones, and clocks that jump."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

SECOND: Final = 1_000_000_000


class Stamped(Protocol):
    """Anything that was observed at `stamp` [ns]."""

    @property
    def stamp(self) -> int:
        """Time of the observation [ns]."""


T = TypeVar("T", bound=Stamped)


@dataclass(slots=True)
class StreamCounts:
    """What came in on one stream, and what of it was not taken as it came."""

    received: int = 0
    unusable: int = 0
    """Messages with a number that is not finite."""
    late: int = 0
    """Stamps before the last one: overtaken on their way."""
    duplicate: int = 0
    """Stamps equal to the last one."""
    future: int = 0
    """Stamps far ahead that the next message did not confirm."""
    skips: int = 0
    """Holes and confirmed jumps ahead."""
    restarts: int = 0
    """Confirmed jumps back: the clock was set back, or a bag starts again."""

    @property
    def refused(self) -> int:
        """Messages that were not used."""
        return self.unusable + self.late + self.duplicate + self.future


class StampGate(Generic[T]):
    """Lets the messages of one stream pass in order of their stamps.

    A stamp is in order when it follows the last one by at most `ahead`. One that is further ahead, or so far behind
    that it is no late message any more, is held until the next one goes on from it: then the clock has jumped and both
    pass. Otherwise it was a single absurd stamp, and nobody sees it.

    Args:
        ahead: the longest step that needs no confirmation [ns].

    Attributes:
        last: stamp of the last message that passed [ns]; None before the first.
        counts: what passed and what did not.
    """

    BEHIND: Final = SECOND
    """A stamp this far behind means that the clock was set back, not that a message is late [ns]."""

    STEP: Final = SECOND
    """A message that follows the one held within this time confirms it [ns]."""

    def __init__(self, ahead: int) -> None:
        self._ahead = ahead
        self._held: T | None = None
        self.last: int | None = None
        self.counts = StreamCounts()

    def admit(self, message: T, trusted: bool = False) -> tuple[T, ...]:
        """The messages that pass now, oldest first: none, this one, or the one held and this one.

        Args:
            message: what arrived.
            trusted: let it pass however far ahead it is.
        """
        self.counts.received += 1
        stamp, last = message.stamp, self.last
        if last is None or (last < stamp and (trusted or stamp - last <= self._ahead)):
            self._forget()
            self.last = stamp
            return (message,)
        held = self._held
        if held is not None and 0 < stamp - held.stamp <= self.STEP:
            return self._jump(held, message, last)
        if 0 <= last - stamp < self.BEHIND:
            self._refuse(stamp)
            return ()
        self._forget()
        self._held = message
        return ()

    def _jump(self, held: T, message: T, last: int) -> tuple[T, ...]:
        if held.stamp > last:
            self.counts.skips += 1
        else:
            self.counts.restarts += 1
        self._held = None
        self.last = message.stamp
        return held, message

    def _forget(self) -> None:
        """The message held was not confirmed."""
        if self._held is not None:
            self._refuse(self._held.stamp)
            self._held = None

    def _refuse(self, stamp: int) -> None:
        if self.last is None or stamp > self.last:
            self.counts.future += 1
        elif stamp == self.last:
            self.counts.duplicate += 1
        else:
            self.counts.late += 1

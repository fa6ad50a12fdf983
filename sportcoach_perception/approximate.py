"""Policy `approximate`: sets of near stamps, as ROS's message_filters makes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sportcoach_perception.approximate_time import ApproximateTimeSynchronizer, SimpleFilter
from sportcoach_perception.frames import ImuSample
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import LimbSignals


@dataclass(slots=True)
class Nanoseconds:
    """A time as our synchronizer needs it; that of message_filters wants an rclpy Time."""

    nanoseconds: int


class Backend(NamedTuple):
    """Whose synchronizer to use: ours, or that of message_filters.

    source: makes a filter.
    synchronizer: makes a synchronizer from filters, queue size and slop.
    time: makes the time in a header from ns.
    """

    source: Callable[[], Any] = SimpleFilter
    synchronizer: Callable[[Sequence[Any], int, float], Any] = ApproximateTimeSynchronizer
    time: Callable[[int], Any] = Nanoseconds


@dataclass(slots=True)
class _Message:
    """What a synchronizer needs of a message: it is its own header, for there is one of them per sample.

    stamp: as the synchronizer wants it.
    nanoseconds: the same in ns.
    sample: None in that of a skeleton.
    """

    stamp: Any
    nanoseconds: int
    sample: ImuSample | None

    @property
    def header(self) -> _Message:
        """What has the stamp."""
        return self


class Approximation:
    """One sample of every limb whose stamp is near that of the skeleton (see Pairing).

    The convention of ROS is all or nothing: while one limb is silent, no limb is valid. What was not matched stays in
    the queues until it is pushed out.

    Args:
        slop: stamps within a set differ by less than this [s].
        queue: messages kept per stream.
        backend: whose synchronizer to use.
    """

    def __init__(self, slop: float = 0.02, queue: int = 100, backend: Backend | None = None) -> None:
        self.reach = int(slop * 1e9)
        self.offsets = [0] * len(LIMBS)
        self._slop, self._queue, self._backend = slop, queue, backend or Backend()
        self._sets: dict[int, tuple[_Message, ...]] = {}
        self._start()

    def _start(self) -> None:
        self._sets.clear()
        self._last_skeleton = -math.inf
        self._sources = [self._backend.source() for _ in range(1 + len(LIMBS))]
        self._synchronizer = self._backend.synchronizer(self._sources, self._queue, self._slop)
        self._synchronizer.registerCallback(self._on_set)

    def _on_set(self, skeleton: _Message, *samples: _Message) -> None:
        self._sets[skeleton.nanoseconds] = samples

    def _signal(self, source: int, stamp: int, sample: ImuSample | None = None) -> None:
        self._sources[source].signalMessage(_Message(self._backend.time(stamp), stamp, sample))

    def add_sample(self, limb: int, sample: ImuSample) -> None:
        """Take a sample, newer than all others of its limb."""
        self._signal(1 + limb, sample.stamp - self.offsets[limb], sample)

    def add_skeleton(self, stamp: int) -> None:
        """Expect a skeleton to be asked for; starts anew when it is older than the one before."""
        if stamp <= self._last_skeleton:
            self._start()
        self._last_skeleton = stamp
        self._signal(0, stamp)

    def clear(self, limb: int) -> None:
        """Start anew: with stamps of two times, the queues would push out what is new."""
        self._start()

    def knows(self, stamp: int) -> bool:
        """Whether the skeleton at `stamp` is in a set."""
        return stamp in self._sets

    def at(self, stamp: int) -> LimbSignals:
        """The signals in the set of the skeleton at `stamp`; none is valid without a set."""
        imu = np.zeros((len(LIMBS), 6), np.float32)
        samples = self._sets.get(stamp)
        self._sets = {other: each for other, each in self._sets.items() if other > stamp}
        if samples is None:
            return LimbSignals(imu, np.zeros(len(LIMBS), np.bool_), np.full(len(LIMBS), np.nan, np.float32))
        for limb, message in enumerate(samples):
            if message.sample is not None:
                imu[limb] = message.sample.signal
        sync_error = [abs(message.nanoseconds - stamp) * 1e-9 for message in samples]
        return LimbSignals(imu, np.ones(len(LIMBS), np.bool_), np.array(sync_error, np.float32))

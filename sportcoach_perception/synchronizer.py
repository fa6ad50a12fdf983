"""Skeletons and limb IMUs on one clock: every skeleton goes out with the signals that its IMUs had at its stamp."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from sportcoach_perception.frames import Bools, Floats, FusedFrame, ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.stamp_gate import SECOND, StampGate, StreamCounts

LIMB_INDEX: Final = {limb: index for index, limb in enumerate(LIMBS)}

Frames = tuple[FusedFrame, ...]


class LimbSignals(NamedTuple):
    """What the IMUs say about one skeleton; fields as in FusedFrame."""

    imu: Floats
    valid: Bools
    sync_error: Floats


class Pairing(Protocol):
    """A policy that finds the IMU signals that belong to a skeleton.

    Attributes:
        reach: how far a limb's samples must have come beyond a skeleton before nothing more can belong to it [ns].
        offsets: by how much each limb's stamps are late [ns]; may change at any time.
    """

    reach: int
    offsets: list[int]

    def add_sample(self, limb: int, sample: ImuSample) -> None:
        """Take a sample, newer than all others of its limb."""

    def add_skeleton(self, stamp: int) -> None:
        """Expect a skeleton to be asked for; one older than the last means that the clock was set back."""

    def clear(self, limb: int) -> None:
        """Forget the samples of a limb: its clock was set back."""

    def knows(self, stamp: int) -> bool:
        """Whether the signals of the skeleton at `stamp` are final before all limbs have come `reach` beyond it."""

    def at(self, stamp: int) -> LimbSignals:
        """The signals of the skeleton at `stamp`, as good as they are known; asked with increasing stamps."""


class Listener(Protocol):
    """Hears what the synchronizer takes and gives, while it does so."""

    def on_sample(self, limb: int, sample: ImuSample) -> None:
        """A sample was taken."""

    def on_frame(self, frame: FusedFrame) -> None:
        """A frame goes out; the offsets set now hold for the next one."""


@dataclass(slots=True)
class SynchronizerCounts:
    """What went in, what was refused and what came out."""

    skeletons: StreamCounts
    limbs: tuple[StreamCounts, ...]
    frames: int = 0
    missed: list[int] = field(default_factory=lambda: [0] * len(LIMBS))
    """Frames that went out without a limb although it was alive."""


class Synchronizer:
    """Every skeleton goes out once, in order of the stamps, with the IMU signals that a policy finds for it.

    A skeleton waits for a limb only while that limb is alive, and never past `max_wait` of stream time; then it goes
    out with the limb marked invalid. Decisions depend on stamps and order of arrival only. At most `DEPTH` skeletons
    wait.

    Args:
        pairing: the policy, which keeps the samples.
        max_wait: the longest a skeleton is held, counted in stamps of the newest message of any stream [s].
        max_gap: a sample later than this after the one before is believed once the next one confirms it [s].
        alive: a limb not heard of for this long is not waited for [s].

    Attributes:
        counts: what went in, what was refused and what came out.
        listener: hears of everything that is taken and given.
    """

    JUMP: Final = SECOND
    """Skeletons further apart than this have nothing to do with each other: what waits goes out first [ns]."""

    HORIZON: Final = 5 * SECOND
    """An IMU this far ahead of a skeleton is on another clock and does not tell how long the skeleton waited [ns]."""

    DEPTH: Final = 64

    def __init__(self, pairing: Pairing, max_wait: float = 0.1, max_gap: float = 0.1, alive: float = 0.5) -> None:
        self._pairing = pairing
        self._max_wait = round(max_wait * 1e9)
        self._alive = round(alive * 1e9)
        self._pending: deque[Skeleton] = deque()
        self._skeletons: StampGate[Skeleton] = StampGate(self.JUMP)
        self._limbs: list[StampGate[ImuSample]] = [StampGate(round(max_gap * 1e9)) for _ in LIMBS]
        self.listener: Listener | None = None
        self.counts = SynchronizerCounts(self._skeletons.counts, tuple(gate.counts for gate in self._limbs))

    def set_offset(self, limb: int, offset: int) -> None:
        """Take the stamps of `limb` to be late by `offset` [ns], those of the samples already here too."""
        self._pairing.offsets[limb] = offset

    def newest(self, limb: int) -> int | None:
        """Stamp of the newest sample of `limb`, its offset taken off [ns]; None before the first."""
        last = self._limbs[limb].last
        return None if last is None else last - self._pairing.offsets[limb]

    @property
    def waiting(self) -> bool:
        """Whether a skeleton waits for a sensor."""
        return bool(self._pending)

    @property
    def newest_skeleton(self) -> int | None:
        """Stamp of the newest skeleton [ns]; None before the first."""
        return self._skeletons.last

    def add_imu(self, sample: ImuSample) -> Frames:
        """Take an IMU sample; returns the frames that had been waiting for it, oldest first."""
        limb = LIMB_INDEX[sample.limb]
        gate = self._limbs[limb]
        if not all(map(math.isfinite, sample.signal.tolist())):
            gate.counts.received += 1
            gate.counts.unusable += 1
            return ()
        last = gate.last
        for admitted in gate.admit(sample):
            if last is not None and admitted.stamp <= last:
                self._pairing.clear(limb)
            last = admitted.stamp
            self._pairing.add_sample(limb, admitted)
            if self.listener is not None:
                self.listener.on_sample(limb, admitted)
        return self._release() if self._pending else ()

    def add_skeleton(self, skeleton: Skeleton) -> Frames:
        """Take a skeleton; returns the frames that are ready, oldest first: this one at once when no IMU is alive."""
        frames: Frames = ()
        last = self._skeletons.last
        for admitted in self._skeletons.admit(skeleton, trusted=not self._leads(skeleton.stamp)):
            if last is not None and abs(admitted.stamp - last) > self.JUMP:
                frames += self.flush()
            last = admitted.stamp
            self._pending.append(admitted)
            self._pairing.add_skeleton(admitted.stamp)
        return frames + self._release()

    def flush(self) -> Frames:
        """The frames still waiting, with what is there: for the end of a recording."""
        frames = tuple(self._fuse(skeleton) for skeleton in self._pending)
        self._pending.clear()
        return frames

    def _leads(self, stamp: int) -> bool:
        """Whether a skeleton is ahead of everything that the IMUs have seen."""
        newest = [last for limb in range(len(LIMBS)) if (last := self.newest(limb)) is not None]
        return bool(newest) and stamp > max(newest) + self.JUMP

    def _release(self) -> Frames:
        frames = []
        while self._pending and (len(self._pending) > self.DEPTH or self._is_ready(self._pending[0].stamp)):
            frames.append(self._fuse(self._pending.popleft()))
        return tuple(frames)

    def _is_ready(self, pivot: int) -> bool:
        now = self._pending[-1].stamp
        complete, dead, foreign = pivot + self._pairing.reach, pivot - self._alive, pivot + self.HORIZON
        waits = False
        for gate, offset in zip(self._limbs, self._pairing.offsets, strict=True):
            if gate.last is None:
                continue
            newest = gate.last - offset
            if dead <= newest < complete:
                waits = True
            if now < newest <= foreign:
                now = newest
        return not waits or now >= pivot + self._max_wait or self._pairing.knows(pivot)

    def _fuse(self, skeleton: Skeleton) -> FusedFrame:
        signals = self._pairing.at(skeleton.stamp)
        self.counts.frames += 1
        for limb, valid in enumerate(signals.valid.tolist()):
            if not valid and (newest := self.newest(limb)) is not None and newest >= skeleton.stamp - self._alive:
                self.counts.missed[limb] += 1
        frame = FusedFrame(
            skeleton.stamp,
            skeleton.detected,
            skeleton.world,
            skeleton.visibility,
            *signals,
            skeleton.athlete_id,
            skeleton.image,
            skeleton.aspect,
        )
        if self.listener is not None:
            self.listener.on_frame(frame)
        return frame

"""IMU data that was recorded: all of it, in the order of its stamps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats, ImuSample
from sportcoach_perception.skeleton import LIMBS


@dataclass(frozen=True, slots=True)
class Recording:
    """Readings of up to four sensors on one clock.

    stamps: (N,) int64 ns, never decreasing; their zero is whatever it was when recording.
    limbs: (N,) uint8 index in LIMBS.
    signals: (N, 6) acc [m/s^2] with gravity, gyro [rad/s].
    malformed: rows that could not be read.
    """

    stamps: NDArray[np.int64]
    limbs: NDArray[np.uint8]
    signals: Floats
    malformed: int = 0

    def __len__(self) -> int:
        return len(self.stamps)

    def __iter__(self) -> Iterator[ImuSample]:
        """The readings in the order of their stamps, stamped from 0."""
        for stamp, limb, signal in zip(self.stamps, self.limbs, self.signals, strict=True):
            yield ImuSample(int(stamp - self.stamps[0]), LIMBS[limb], signal)

    @property
    def carrying(self) -> tuple[str, ...]:
        """The limbs that have readings."""
        return tuple(limb for index, limb in enumerate(LIMBS) if (self.limbs == index).any())


@dataclass(slots=True)
class RecordingBuilder:
    """Collects readings in any order."""

    stamps: list[int] = field(default_factory=list)
    limbs: list[int] = field(default_factory=list)
    signals: list[Floats] = field(default_factory=list)
    malformed: int = 0

    def add(self, stamp: int, limb: str, signal: Floats) -> None:
        """One more reading at `stamp` [ns]."""
        self.stamps.append(stamp)
        self.limbs.append(LIMBS.index(limb))
        self.signals.append(signal)

    def build(self, path: Path) -> Recording:
        """All of them, sorted.

        Raises:
            UserError: there are none; `path` is where they were looked for.
        """
        if not self.stamps:
            raise UserError(f"{path} holds no reading that makes sense ({self.malformed} could not be read)")
        stamps = np.array(self.stamps, np.int64)
        order = np.argsort(stamps, kind="stable")
        limbs = np.array(self.limbs, np.uint8)[order]
        return Recording(stamps[order], limbs, np.stack(self.signals)[order], self.malformed)

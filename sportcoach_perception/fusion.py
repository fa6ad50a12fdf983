"""Fusion of a skeleton stream with four limb IMUs: the sensors' clocks, offsets from the motion, the synchronizer.

The same object runs in fusion_node and offline.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sportcoach_perception.alignment import Alignment
from sportcoach_perception.approximate import Approximation, Backend
from sportcoach_perception.clock_map import ClockMap
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.interpolation import Interpolation
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import LIMB_INDEX, Frames, Pairing, Synchronizer, SynchronizerCounts


@dataclass(frozen=True, slots=True)
class FusionOptions:
    """The settings that decide what comes out; names and units as in config/parameters.yaml."""

    policy: str = "interpolate"
    max_wait: float = 0.25
    max_gap: float = 0.1
    slop: float = 0.02
    queue: int = 100
    imu_clock: str = "stamped"
    align: str = "apply"

    def pairing(self, backend: Backend) -> Pairing:
        """The policy by its name."""
        if self.policy == "approximate":
            return Approximation(self.slop, self.queue, backend)
        return Interpolation(self.max_gap)


class Fusion:
    """Skeletons and IMU samples in, in order of arrival; fused frames out, in order of their stamps.

    Args:
        options: the settings.
        backend: whose approximate synchronizer to use; ours by default.
        compare: sensors and limbs, for a report on swapped ones; it changes nothing in the frames.

    Attributes:
        clocks: per limb, how its device's time became that of ROS; None where samples come with ROS time.
        alignment: the offsets; None when they are not wanted.
    """

    def __init__(
        self, options: FusionOptions | None = None, backend: Backend | None = None, compare: bool = True
    ) -> None:
        options = options or FusionOptions()
        self._synchronizer = Synchronizer(options.pairing(backend or Backend()), options.max_wait, options.max_gap)
        device = options.imu_clock == "device"
        self.clocks: tuple[ClockMap | None, ...] = tuple(ClockMap() if device else None for _ in LIMBS)
        self.alignment: Alignment | None = None
        if options.align != "off":
            apply = self._synchronizer.set_offset if options.align == "apply" else None
            self.alignment = Alignment(apply, compare)
            self._synchronizer.listener = self.alignment

    @property
    def counts(self) -> SynchronizerCounts:
        """What went in, what was refused and what came out."""
        return self._synchronizer.counts

    @property
    def waiting(self) -> bool:
        """Whether a skeleton waits for a sensor."""
        return self._synchronizer.waiting

    @property
    def newest_skeleton(self) -> int | None:
        """Stamp of the newest skeleton [ns]; None before the first."""
        return self._synchronizer.newest_skeleton

    def newest(self, limb: int) -> int | None:
        """ROS time of the newest sample of `limb` [ns]; None before the first."""
        return self._synchronizer.newest(limb)

    def add_skeleton(self, skeleton: Skeleton) -> Frames:
        """Take a skeleton; returns the frames that are ready, oldest first: this one at once when no IMU is alive."""
        return self._synchronizer.add_skeleton(skeleton)

    def add_imu(self, sample: ImuSample, arrival: int) -> Frames:
        """Take an IMU sample that was received at `arrival` [ns]; returns the frames that had been waiting for it."""
        clock = self.clocks[LIMB_INDEX[sample.limb]]
        if clock is not None:
            sample = replace(sample, stamp=clock.map(sample.stamp, arrival))
        return self._synchronizer.add_imu(sample)

    def flush(self) -> Frames:
        """The frames still waiting, with what is there: for the end of a recording."""
        return self._synchronizer.flush()

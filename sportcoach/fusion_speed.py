"""How exactly and how fast the fusion pairs, on simulated motion with known truth."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.fusion_streams import Arrival, Link, Motion, in_order, readings, seconds, skeletons
from sportcoach_perception.approximate import Backend
from sportcoach_perception.frames import FusedFrame, ImuSample
from sportcoach_perception.fusion import Fusion, FusionOptions
from sportcoach_perception.skeleton import LIMBS

SETTLED: Final = 10.0
"""Errors count from here on: the clock maps need some seconds to tell the drift [s]."""

PERFECT: Final = Link(offset=0.0, drift=0.0, pace=0.0, jitter=0.0, delay=0.0, wait=0.0, interval=0.0)
"""A sensor on a wire, on the computer's own clock."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy under its name in the figures; `backend` as in Fusion."""

    name: str
    policy: str
    backend: Backend | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What came out of a fusion, and the CPU time of the calling thread for each message [us]."""

    frames: list[FusedFrame]
    cpu: Floats


def run(fusion: Fusion, arrivals: Sequence[Arrival]) -> Run:
    """Feed `fusion` message by message.

    Thread CPU time leaves out other processes, not Python's garbage collection; as in a node, what was there before is
    kept out of that.
    """
    frames: list[FusedFrame] = []
    cpu = np.zeros(len(arrivals))
    gc.collect()
    gc.freeze()
    for index, arrival in enumerate(arrivals):
        message = arrival.message
        begin = time.thread_time_ns()
        if isinstance(message, ImuSample):
            ready = fusion.add_imu(message, arrival.time)
        else:
            ready = fusion.add_skeleton(message)
        cpu[index] = time.thread_time_ns() - begin
        frames.extend(ready)
    gc.unfreeze()
    return Run(frames, cpu / 1e3)


def wireless(motion: Motion, seed: int) -> list[Arrival]:
    """Skeletons and four wireless sensors, each on its own clock."""
    rng = np.random.default_rng(seed)
    return in_order(
        skeletons(motion, rng), *(readings(motion, limb, Link.sample(rng), rng) for limb in range(len(LIMBS)))
    )


def wired(motion: Motion, seed: int, delay: float = 0.0) -> list[Arrival]:
    """Skeletons `delay` [s] later than usual, and four perfect sensors."""
    rng = np.random.default_rng(seed)
    return in_order(
        skeletons(motion, rng, delay), *(readings(motion, limb, PERFECT, rng) for limb in range(len(LIMBS)))
    )


def never_matching(motion: Motion, seed: int) -> list[Arrival]:
    """Skeletons and one limb at 5 Hz, half a period apart: with a slop of 0.1 s they never belong to the same set."""
    rng = np.random.default_rng(seed)
    slow = [
        Arrival(arrival.time, ImuSample(arrival.message.stamp + 100_000_000, LIMBS[0], np.zeros(6, np.float32)))
        for arrival in skeletons(motion, rng, rate=5.0)
    ]
    fast = (readings(motion, limb, PERFECT, rng) for limb in range(1, len(LIMBS)))
    return in_order(skeletons(motion, rng, rate=5.0), slow, *fast)


def fusion(policy: Policy, imu_clock: str = "stamped", slop: float = 0.02) -> Fusion:
    """A fusion that only synchronizes."""
    return Fusion(FusionOptions(policy=policy.policy, slop=slop, imu_clock=imu_clock, align="off"), policy.backend)


def pairing_errors(motion: Motion, frames: Sequence[FusedFrame]) -> tuple[Floats, Floats]:
    """Of every valid limb of every frame: time from the frame to the readings used [ms], error of acc [m/s^2].

    The time of interpolated readings is that of the two weighted as they are.
    """
    counted = [frame for frame in frames if seconds(frame.stamp) >= SETTLED]
    pivots = np.array([seconds(frame.stamp) for frame in counted])
    imu = np.array([frame.imu for frame in counted], np.float64)
    valid = np.array([frame.imu_valid for frame in counted])
    late = np.abs(imu[:, :, 3] - pivots[:, None])[valid] * 1e3
    wrong = np.linalg.norm(imu[:, :, :3] - motion.at(pivots)[:, :, :3], axis=2)[valid]
    return late, wrong


def valid_share(frames: Sequence[FusedFrame]) -> float:
    """Share of limbs that are valid."""
    return float(np.mean([frame.imu_valid for frame in frames if seconds(frame.stamp) >= SETTLED]))

"""Skeletons and IMU samples of a known motion in the order in which they would arrive, to measure the fusion with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.body import mjcf
from sportcoach_sim.choreography import Choreographer
from sportcoach_sim.imu import ImuReader, sample_mounts
from sportcoach_sim.kinematics import Kinematics
from sportcoach_sim.motion import Segment, Wobble
from sportcoach_sim.movement import movement
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.posture import PoseSolver
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, World

MOVEMENTS: Final = ("squat", "jumping_jack", "lunge", "push_up")
REPETITIONS: Final = 5

DENSE: Final = 500.0
"""Exact readings per second, between which the truth is a cubic spline."""

FRAME_RATE: Final = 30.0
IMU_RATE: Final = 100.0

POSE: Final = (0.06, 0.01)
"""How late a skeleton arrives at least, and by how much more on average [s]."""

EPOCH: Final = 1_700_000_000_000_000_000
"""ROS time at which the motion begins [ns]."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Link:
    """A wireless sensor: its clock, and the way of its samples.

    offset, drift: of its clock [s, parts per million]; jitter: deviation of its stamps [s].
    pace: by what share it samples faster than it should; a per cent is common.
    delay: the shortest [s]; interval: of the radio's connection events, for which samples wait [s].
    wait: mean time that the computer takes on top [s].
    """

    offset: float
    drift: float
    pace: float
    jitter: float = 0.1e-3
    delay: float = 0.3e-3
    wait: float = 0.5e-3
    interval: float = 0.03

    @classmethod
    def sample(cls, rng: np.random.Generator) -> Link:
        """Switched on some time in the last ten minutes, with a cheap quartz."""
        offset, drift, pace = rng.uniform((-600.0, -100.0, -0.01), (0.0, 100.0, 0.01)).tolist()
        return cls(offset, drift, pace)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message and when it arrives [ns]; an IMU sample has the stamp of its device."""

    time: int
    message: Skeleton | ImuSample


class Motion:
    """Some repetitions of every exercise by one athlete, with the exact IMU readings at any time.

    Attributes:
        seconds: length [s].
    """

    def __init__(self, seed: int) -> None:
        mounting, moving, wobbling = (np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3))
        subject = Subject()
        model = mujoco.MjModel.from_xml_string(mjcf(subject, Scene(), sample_mounts(mounting)))
        kinematics, solver, wobble = Kinematics(model, subject), PoseSolver(subject), Wobble(wobbling, 1.0)
        reader, times, readings = ImuReader(model), [], []
        first = 0
        for segment in _segments(Choreographer(subject, moving)):
            ticks = np.arange(first, int(np.ceil(segment.end * DENSE))) / DENSE
            first += len(ticks)
            times.append(ticks)
            readings.append(reader.read(lambda t, s=segment: kinematics.qpos(s.pose(t, solver, wobble)), ticks))  # type: ignore[misc]
        self.seconds = float(times[-1][-1])
        self._readings = CubicSpline(np.concatenate(times), np.concatenate(readings))

    def at(self, times: Floats) -> Floats:
        """(T, 4, 6) acc [m/s^2] with gravity, gyro [rad/s] per limb at `times` (T,) [s]."""
        return np.asarray(self._readings(times), np.float64)


def _segments(writer: Choreographer) -> Iterator[Segment]:
    for name in MOVEMENTS:
        spec = movement(name)
        yield from writer.settle(spec, {})
        for number in range(1, REPETITIONS + 1):
            yield from writer.repetition(spec, number, {})


def skeletons(motion: Motion, rng: np.random.Generator, delay: float = 0.0, rate: float = FRAME_RATE) -> list[Arrival]:
    """Empty skeletons at the stamps of a camera; they arrive `delay` [s] later than the pose network makes them."""
    stamps = np.arange(0.1, motion.seconds - 0.1, 1.0 / rate)
    arrivals = stamps + POSE[0] + delay + rng.exponential(POSE[1], len(stamps))
    arrivals = np.maximum.accumulate(arrivals)
    return [Arrival(_ros(a), Skeleton(_ros(s), detected=True)) for s, a in zip(stamps, arrivals, strict=True)]


def readings(motion: Motion, limb: int, link: Link, rng: np.random.Generator, rate: float = IMU_RATE) -> list[Arrival]:
    """Exact readings of a limb; the last three numbers are not the gyro's but the time of the reading [s]."""
    taken = np.arange(rng.uniform(0.0, 1.0 / rate), motion.seconds, 1.0 / (rate * (1.0 + link.pace)))
    signals = motion.at(taken)[:, limb].astype(np.float32)
    signals[:, 3:] = taken[:, None]
    stamps = link.offset + taken * (1.0 + link.drift * 1e-6) + rng.normal(0.0, link.jitter, len(taken))
    sent = taken + link.delay
    if link.interval:
        phase = rng.uniform(0.0, link.interval)
        sent = np.ceil((sent - phase) / link.interval) * link.interval + phase
    arrivals = np.maximum.accumulate(sent + link.wait * rng.exponential(1.0, len(sent)))
    return [
        Arrival(_ros(arrival), ImuSample(_ros(stamp), LIMBS[limb], signal))
        for arrival, stamp, signal in zip(arrivals, stamps, signals, strict=True)
    ]


def exercise(seed: int) -> list[Arrival]:
    """Squats and jumping jacks as camera and wireless sensors report them: skeletons, and stamps that are off."""
    rng = np.random.default_rng(seed)
    links = {limb: LinkFaults.sample(rng) for limb in LIMBS}
    plan = (PlannedSet("squat", 4), PlannedSet("jumping_jack", 8))
    arrivals = []
    with Athlete(Subject(), plan, seed, world=World(links=links), draw=False) as athlete:
        for observation in athlete.observe():
            if isinstance(observation.data, Truth):
                arrivals.append(Arrival(observation.arrival + round(POSE[0] * 1e9), observation.data.skeleton))
            elif isinstance(observation.data, ImuSample):
                arrivals.append(Arrival(observation.arrival, observation.data))
    return in_order(arrivals)


def in_order(*streams: list[Arrival]) -> list[Arrival]:
    """All messages in the order of arrival."""
    return sorted((arrival for stream in streams for arrival in stream), key=lambda arrival: arrival.time)


def seconds(stamp: int) -> float:
    """Time within the motion [s]."""
    return (stamp - EPOCH) * 1e-9


def _ros(time: float) -> int:
    return EPOCH + round(float(time) * 1e9)

"""How fast bags are written, read and analyzed, and what recording costs, on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np

from sportcoach.bag import Bag, Message
from sportcoach.bag_types import message_types
from sportcoach.bag_writer import BagWriter
from sportcoach.graph import NodeSpec
from sportcoach.offline import analyze
from sportcoach.pipeline import PipelineOptions
from sportcoach.supervisor import Supervisor
from sportcoach_perception.angles import ANGLES
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame, ImuSample, Skeleton
from sportcoach_perception.images import encode_jpeg
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import Plan, PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject

SKELETON, TRUTH = "sportcoach_msgs/msg/Skeleton", "sportcoach_msgs/msg/TruthFrame"
IMU, PICTURE = "sensor_msgs/msg/Imu", "sensor_msgs/msg/CompressedImage"

CORES: Final = 2
"""Bags that are analyzed at the same time."""

START_UP: Final = 60.0
"""Seconds that the nodes may take to start."""


class _Messages:
    """Serializes what an athlete is seen and felt to do."""

    def __init__(self) -> None:
        self._store = message_types()

    def _make(self, msgtype: str, **fields: Any) -> Any:
        return self._store.types[msgtype](**fields)

    def _header(self, stamp: int) -> Any:
        time_fields = {"sec": stamp // 10**9, "nanosec": stamp % 10**9}
        return self._make(
            "std_msgs/msg/Header", stamp=self._make("builtin_interfaces/msg/Time", **time_fields), frame_id="camera"
        )

    def _message(self, topic: str, msgtype: str, stamp: int, **fields: Any) -> Message:
        message = self._make(msgtype, header=self._header(stamp), **fields)
        return Message(topic, msgtype, stamp, bytes(self._store.serialize_cdr(message, msgtype)))

    def skeleton(self, skeleton: Skeleton, stamp: int) -> Message:
        numbers = {"image": skeleton.image.ravel(), "world": skeleton.world.ravel(), "visibility": skeleton.visibility}
        return self._message(
            "/skeleton", SKELETON, stamp, athlete_id="", detected=skeleton.detected, aspect=skeleton.aspect, **numbers
        )

    def truth(self, truth: Truth, stamp: int) -> Message:
        what = {"action": truth.action, "movement": truth.movement, "stage": truth.stage, "progress": truth.progress}
        faults = {"faults": list(truth.faults), "magnitudes": np.array(list(truth.faults.values()), np.float64)}
        angles = {"joints": list(ANGLES), "angles": np.asarray(truth.angles, np.float32)}
        pose = {"image": truth.skeleton.image.ravel(), "world": truth.skeleton.world.ravel()}
        return self._message("/truth", TRUTH, stamp, repetition=truth.repetition, **what, **faults, **angles, **pose)

    def imu(self, sample: ImuSample, stamp: int) -> Message:
        x, y, z, *rates = map(float, sample.signal)
        vector, none = "geometry_msgs/msg/Vector3", np.zeros(9)
        return self._message(
            f"/imu/{sample.limb}/data",
            IMU,
            stamp,
            orientation=self._make("geometry_msgs/msg/Quaternion", x=0.0, y=0.0, z=0.0, w=1.0),
            orientation_covariance=np.array([-1.0] + [0.0] * 8),
            angular_velocity=self._make(vector, **dict(zip("xyz", rates, strict=True))),
            angular_velocity_covariance=none,
            linear_acceleration=self._make(vector, x=x, y=y, z=z),
            linear_acceleration_covariance=none,
        )

    def picture(self, frame: ImageFrame, stamp: int) -> Message:
        data = np.frombuffer(encode_jpeg(frame.image), np.uint8)
        return self._message("/image_raw/compressed", PICTURE, stamp, format="jpeg", data=data)


def simulate(plan: Plan, draw: bool, seed: int = 0, truth: bool = False, scene: Scene | None = None) -> list[Message]:
    """What the simulated athlete is seen and felt to do: IMU data, and pictures if `draw`, else the true skeletons.

    Args:
        plan: what to do.
        draw: make pictures.
        seed: of the movement.
        truth: add the truth.
        scene: where the athlete is.

    Raises:
        UserError: nothing can be drawn here.
    """
    make, messages, start = _Messages(), [], 10**18
    with Athlete(Subject(), plan, seed, scene, draw=draw) as athlete:
        for observation in athlete.observe():
            data, stamp = observation.data, start + observation.data.stamp
            if isinstance(data, ImuSample):
                messages.append(make.imu(data, stamp))
            elif isinstance(data, ImageFrame):
                messages.append(make.picture(data, stamp))
            elif isinstance(data, Truth):
                messages += [] if draw else [make.skeleton(data.skeleton, stamp)]
                messages += [make.truth(data, stamp)] if truth else []
    return messages


def squats_and_jacks(repetitions: int) -> Plan:
    """So many of either."""
    return PlannedSet("squat", repetitions), PlannedSet("jumping_jack", repetitions)


def seconds(messages: list[Message]) -> float:
    """From the first to the last message."""
    return (messages[-1].stamp - messages[0].stamp) * 1e-9


def megabytes(messages: list[Message]) -> float:
    """Of the messages, not of what holds them."""
    return sum(len(message.cdr) for message in messages) * 1e-6


def time_writing(messages: list[Message], folder: Path) -> float:
    """Seconds to write a bag."""
    began = time.perf_counter()
    with BagWriter(folder) as bag:
        for topic, msgtype, stamp, cdr in messages:
            bag.write(topic, msgtype, stamp, cdr)
    return time.perf_counter() - began


def time_reading(folder: Path) -> float:
    """Seconds to read and decode all messages of a bag."""
    began = time.perf_counter()
    with Bag(folder) as bag:
        for message in bag.messages():
            bag.decode(message)
    return time.perf_counter() - began


def time_analyses(folder: Path, at_once: int) -> float:
    """Seconds to analyze a bag `at_once` times, in as many processes that are ready for it."""
    with ProcessPoolExecutor(at_once, get_context("spawn")) as pool:
        list(pool.map(_analyze, [folder] * at_once, [0.5] * at_once))
        began = time.perf_counter()
        list(pool.map(_analyze, [folder] * at_once, [0.0] * at_once))
        return time.perf_counter() - began


def _analyze(folder: Path, duration: float) -> int:
    return len(analyze(folder, PipelineOptions(), duration).log)


def recorder_cpu(folder: Path, recording: Path, measured: float) -> float:
    """Share of a core that recorder_node needs while the bag `folder` is replayed as it was recorded.

    Args:
        folder: the bag.
        recording: bag to make.
        measured: seconds to measure.

    Raises:
        UserError: the nodes do not start.
    """
    replay = _node("replay_node", {"bag": str(folder), "loop": True})
    recorder = _node("recorder_node", {"bag": str(recording), "profile": "all"})
    with Supervisor([replay, recorder], on_line=lambda name, line: None) as supervisor:
        for _ in _until(START_UP):
            if ends := supervisor.poll():
                raise UserError(ends[0].line, 1)
            if sum(file.stat().st_size for file in recording.glob("*.mcap")) > 100_000:
                break
        pid = supervisor.pids()["recorder_node"]
        began, spent = time.perf_counter(), _cpu_seconds(pid)
        time.sleep(measured)
        return (_cpu_seconds(pid) - spent) / (time.perf_counter() - began)


def _node(name: str, parameters: dict[str, Any]) -> NodeSpec:
    return NodeSpec("sportcoach", f"sportcoach.{name}", name, name, "", parameters, respawn=False)


def _until(limit: float) -> Iterator[None]:
    """Ten times a second.

    Raises:
        UserError: the time is over.
    """
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        yield
        time.sleep(0.1)
    raise UserError("nothing was recorded", 1)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

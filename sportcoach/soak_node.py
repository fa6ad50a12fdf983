"""Drives fusion_node as a process with four IMUs at 100 Hz and skeletons at 30 Hz, and watches what it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.executors import SingleThreadedExecutor
from rclpy.node import Node
from sensor_msgs.msg import Imu
from sportcoach_msgs.msg import FusedFrame
from sportcoach_msgs.msg import Skeleton as SkeletonMessage

from sportcoach.graph import environment
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.messages import fill_imu, fill_skeleton
from sportcoach_perception.node_base import COMMANDS, RESULTS, sensor_qos
from sportcoach_perception.skeleton import LANDMARKS, LIMBS

TICK: Final = 0.01
"""Period of the IMUs [s]."""

POSE: Final = np.random.default_rng(0).uniform(-0.5, 0.5, (len(LANDMARKS), 3)).astype(np.float32)
"""Landmarks of nobody in particular [m]."""

STARTING: Final = 30.0
"""Longest wait for the node [s]."""

SETTLING: Final = 2.0
"""Readers that ask for best effort only lose what is published before both sides know of each other [s]."""

WARM_UP: Final = 0.2
"""Share of the time after which memory is taken to have settled."""

TAIL: Final = 0.5
"""How much longer the sensors go on than the camera, so that no skeleton waits for them at the end [s]."""

DRAIN: Final = 3.0
"""Wait for the last frames and diagnostics [s]."""


@dataclass(slots=True)
class SoakResult:
    """What a soak showed; `cpu` is a share of one core, `memory` the resident size every second [MiB]."""

    skeletons_lost: int = 0
    samples_lost: int = 0
    incomplete: int = 0
    cpu: float = 0.0
    memory: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Slope of the memory after warming up [MiB per hour]."""
        settled = self.memory[int(len(self.memory) * WARM_UP) :]
        return float(np.polyfit(np.arange(len(settled)) / 3600.0, settled, 1)[0]) if len(settled) > 1 else 0.0


class SoakNode(Node):
    """A camera and four sensors in one, which also counts what comes out."""

    def __init__(self) -> None:
        super().__init__("sportcoach_soak")
        self.skeletons = self.samples = self.frames = self.incomplete = self.received = 0
        self._skeletons = self.create_publisher(SkeletonMessage, "skeleton", RESULTS)
        self._imus = {limb: self.create_publisher(Imu, f"imu/{limb}/data", sensor_qos(200, True)) for limb in LIMBS}
        self._received: dict[str, int] = {}
        self.create_subscription(FusedFrame, "fused", self._on_frame, RESULTS)
        self.create_subscription(DiagnosticArray, "/diagnostics", self._on_diagnostics, COMMANDS)

    @property
    def connected(self) -> bool:
        """Whether the node listens to everything."""
        publishers: list[Any] = [self._skeletons, *self._imus.values()]
        return all(publisher.get_subscription_count() > 0 for publisher in publishers)

    @property
    def samples_received(self) -> int:
        """IMU samples that arrived in fusion_node, as it says itself."""
        return sum(self._received.values())

    def _on_frame(self, message: FusedFrame) -> None:
        self.frames += 1
        # The first two go out before the sensors have been heard of on both sides of them.
        self.incomplete += self.frames > 2 and not all(message.imu_valid)

    def _on_diagnostics(self, message: DiagnosticArray) -> None:
        for status in message.status:
            name = status.name.split(": ")[-1]
            if name in LIMBS:
                self._received[name] = int({pair.key: pair.value for pair in status.values}["received"])

    def play(self, seconds: float, stop: threading.Event) -> None:
        """Publish in real time for `seconds`: a body that swings once a second."""
        start, tick, frame = time.monotonic(), 0, 0
        while tick * TICK < seconds + TAIL and not stop.is_set():
            stop.wait(max(0.0, start + tick * TICK - time.monotonic()))
            phase = np.float32(2.0 * np.pi * tick * TICK)
            now = int(self.get_clock().now().nanoseconds)
            signal = np.array([np.sin(phase), 0.0, 9.81, np.cos(phase), 0.0, 0.0], np.float32)
            for limb, publisher in self._imus.items():
                publisher.publish(fill_imu(Imu(), ImuSample(now, limb, signal), now))
                self.samples += 1
            if frame <= tick * TICK * 30.0 < seconds * 30.0:
                world = POSE + np.float32(0.1) * np.sin(phase) * POSE[::-1]
                skeleton = Skeleton(now, True, world[:, :2] + 0.5, world, np.ones(len(LANDMARKS), np.float32))
                self._skeletons.publish(fill_skeleton(SkeletonMessage(), skeleton, "camera_optical_frame"))
                self.skeletons += 1
                frame += 1
            tick += 1


def soak(seconds: float) -> SoakResult:
    """Run fusion_node for `seconds`.

    Raises:
        UserError: it does not start, or ends.
    """
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    os.environ.update(environment())
    rclpy.init()
    node, executor = SoakNode(), SingleThreadedExecutor()
    executor.add_node(node)
    process = subprocess.Popen([sys.executable, "-m", "sportcoach_perception.fusion_node"], stdout=sys.stderr)
    stop = threading.Event()
    publisher = threading.Thread(target=node.play, args=(seconds, stop))
    try:
        _wait_for(node, executor, process)
        publisher.start()
        return _watch(node, executor, process, publisher)
    finally:
        stop.set()
        if publisher.is_alive():
            publisher.join()
        process.terminate()
        process.wait()
        executor.shutdown()
        node.destroy_node()
        rclpy.try_shutdown()


def _wait_for(node: SoakNode, executor: SingleThreadedExecutor, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTING
    while not node.connected:
        executor.spin_once(timeout_sec=0.1)
        _check(process)
        if time.monotonic() > deadline:
            raise UserError("fusion_node did not start listening", 1)
    _spin(executor, SETTLING)


def _check(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        raise UserError(f"fusion_node ended with exit code {process.returncode}", 1)


def _spin(executor: SingleThreadedExecutor, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        executor.spin_once(timeout_sec=0.1)


def _watch(
    node: SoakNode, executor: SingleThreadedExecutor, process: subprocess.Popen[bytes], publisher: threading.Thread
) -> SoakResult:
    result, pid = SoakResult(), process.pid
    start, begin = time.monotonic(), _cpu_seconds(pid)
    while publisher.is_alive():
        executor.spin_once(timeout_sec=0.1)
        _check(process)
        if time.monotonic() - start >= len(result.memory) + 1:
            result.memory.append(_resident(pid))
    result.cpu = (_cpu_seconds(pid) - begin) / (time.monotonic() - start)
    _spin(executor, DRAIN)
    result.skeletons_lost = node.skeletons - node.frames
    result.samples_lost = node.samples - node.samples_received
    result.incomplete = node.incomplete
    return result


def _cpu_seconds(pid: int) -> float:
    """CPU time of a process, user and system [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _resident(pid: int) -> float:
    """Memory of a process that is in RAM [MiB]."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

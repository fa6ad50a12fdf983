"""Helpers for tests that start the real graph: the command line as a process, clips, what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]


def sportcoach(*arguments: str | Path, folder: Path, wait: float = 90.0) -> subprocess.CompletedProcess[str]:
    """Run the command line in `folder` to its end."""
    return subprocess.run(command(arguments), cwd=folder, capture_output=True, text=True, timeout=wait, check=False)


def start(*arguments: str | Path, folder: Path) -> subprocess.Popen[str]:
    """Start the command line in `folder`; its output is in one pipe."""
    return subprocess.Popen(
        command(arguments), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
    )


@contextmanager
def running(*arguments: str | Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """As `start`; what still runs at the end, when a test has failed, is killed with its nodes."""
    process = start(*arguments, folder=folder)
    try:
        yield process
    finally:
        process.kill()  # the kernel ends the nodes with it
        process.communicate()


@contextmanager
def node(module: str, folder: Path = ROOT, **parameters: str) -> Iterator[subprocess.Popen[str]]:
    """A node as a process in `folder`, ended afterwards as a user would end it."""
    words = [word for key, value in parameters.items() for word in ("-p", f"{key}:={value}")]
    arguments = [sys.executable, "-m", module, "--ros-args", *words]
    process = subprocess.Popen(arguments, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def command(arguments: Sequence[str | Path]) -> list[str]:
    return [sys.executable, "-m", "sportcoach.cli", *map(str, arguments)]


def empty_clip(path: Path, seconds: float = 1.5) -> Path:
    """A clip of a bright square on a grey wall, nobody in it."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30.0, (320, 240))
    for index in range(round(30 * seconds)):
        picture = np.full((240, 320, 3), 120, np.uint8)
        picture[100:140, index : index + 40] = 255
        writer.write(picture)
    writer.release()
    return path


def node_processes(domain: int) -> list[int]:
    """Processes of nodes in ROS domain `domain` that are alive."""
    mark = f"ROS_DOMAIN_ID={domain}".encode()
    pids = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
            if b"_node" in words and mark in (entry / "environ").read_bytes().split(b"\0"):
                pids.append(int(entry.name))
        except OSError:
            continue  # gone, or not ours
    return pids


def shared_memory(domain: int) -> list[str]:
    """What Fast DDS has in shared memory for the ports of ROS domain `domain`."""
    ports = {f"fastdds_port{port}" for port in range(7400 + 250 * domain, 7650 + 250 * domain)}
    return sorted(ports.intersection(os.listdir("/dev/shm")))


def wait_for_line(process: subprocess.Popen[str], words: str, seconds: float = 60.0) -> list[str]:
    """Lines that `process` prints up to the first that holds `words`."""
    deadline = time.monotonic() + seconds
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
        if time.monotonic() > deadline:
            break
    raise AssertionError(f"no line with '{words}' in: {''.join(lines)}")

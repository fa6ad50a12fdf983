"""A live session: the graph as processes, followed from outside until its source ends or somebody stops it."""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from sportcoach.graph import GraphOptions, nodes
from sportcoach.monitor_node import Monitor
from sportcoach.results import FrameResult
from sportcoach.supervisor import Supervisor
from sportcoach_perception.errors import UserError
from sportcoach_perception.video import VideoFile

DRAIN = 1.0
"""Seconds without a new result after which the graph has nothing more to say about a source that ended."""


@dataclass(slots=True)
class Outcome:
    """How a session ended.

    frames: pictures that the camera published.
    exit_code: 0 unless a node could not go on.
    error: one line, empty when all went well.
    arrivals: topic -> stamp -> arrival [ns], only when asked for.
    """

    frames: int = 0
    exit_code: int = 0
    error: str = ""
    arrivals: dict[str, dict[int, int]] = field(default_factory=dict)


def check_source(options: GraphOptions) -> None:
    """Open a video once before any process is started.

    Raises:
        UserError: it cannot be decoded.
    """
    if options.source == "video":
        VideoFile(options.video).close()


@contextmanager
def only_graph(namespace: str) -> Iterator[None]:
    """Hold the machine-wide lock of this ROS domain and namespace.

    Raises:
        UserError: another graph of ours holds it; its topics would mix with ours.
    """
    domain = os.environ.get("ROS_DOMAIN_ID", "0")
    name = f"sportcoach-{os.getuid()}-{domain}-{namespace.strip('/').replace('/', '-')}.lock"
    path = Path(tempfile.gettempdir()) / name
    with path.open("w") as file:
        _lock(file, domain)
        yield


def _lock(file: IO[str], domain: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise UserError(
            f"another sportcoach runs in ROS domain {domain}: stop it, or give this one its own --namespace or ROS_DOMAIN_ID"
        ) from error


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set in place of ending the program."""
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, on_signal) for number in numbers}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def follow(
    options: GraphOptions,
    on_result: Callable[[FrameResult], None],
    on_line: Callable[[str, str], None],
    on_tick: Callable[[], None] = lambda: None,
    hops: bool = False,
) -> Outcome:
    """Run the graph and hand over its results until the source ends, a node gives up or a signal comes.

    Args:
        options: what to start.
        on_result: called with every result, in order of stamps.
        on_line: called with the name of a node and a line that it printed.
        on_tick: called about 20 times a second.
        hops: note when the messages of every topic arrive.

    Raises:
        UserError: the source cannot be opened, or another graph is running.
    """
    check_source(options)
    outcome = Outcome()
    with only_graph(options.namespace), stop_signals() as stop:
        supervisor = Supervisor(nodes(options), on_line=on_line)
        monitor = Monitor(options.namespace, hops)
        try:
            supervisor.start()
            _follow_until_end(supervisor, monitor, stop, options.duration, on_result, on_tick, outcome)
        finally:
            supervisor.stop()
            outcome.frames = monitor.node.frames
            outcome.arrivals = monitor.node.arrivals
            monitor.close()
    return outcome

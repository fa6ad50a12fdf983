"""A live session: the graph as processes, followed from outside until its source ends or somebody stops it."""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from sportcoach.graph import GraphOptions, camera_info, environment, nodes
from sportcoach.monitor_node import Monitor
from sportcoach.preflight import check
from sportcoach.results import FrameResult
from sportcoach.supervisor import Outcome as Ended
from sportcoach.supervisor import Supervisor
from sportcoach_perception.errors import UserError

TICK = 0.05
"""Seconds between two looks at the processes."""

DRAIN = 5.0
"""Seconds without a new result after which the last pictures of a source that ended count as lost."""


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
            f"another sportcoach runs in ROS domain {domain}: stop it, or give this one a --namespace or ROS_DOMAIN_ID"
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


class Follower:
    """The graph's processes and the monitor that listens to them, for one session.

    Args:
        options: what to start.
        on_result: called with every result, in order of stamps.
        on_line: called with the name of a node and a line that it printed.
        hops: note when the messages of every topic arrive.
    """

    def __init__(
        self,
        options: GraphOptions,
        on_result: Callable[[FrameResult], None],
        on_line: Callable[[str, str], None],
        hops: bool = False,
    ) -> None:
        self._on_result = on_result
        self._on_line = on_line
        self._duration = round(options.duration * 1e9) if options.source == "topics" else 0
        self._first: int | None = None
        self._last = 0
        self._results = 0
        os.environ.update(environment())  # the monitor must speak the transports of the nodes
        self._monitor = Monitor(camera_info(options), options.namespace, options.simulated_time, hops)
        self._supervisor = Supervisor(nodes(options), on_line=on_line)

    def run(self, stop: threading.Event) -> Outcome:
        """Hand over results until the source ends, a node gives up or `stop` is set."""
        outcome = Outcome()
        try:
            with closing(self._monitor):  # what it has mapped of the nodes' memory can only be removed when it is gone
                self._supervisor.start()
                while not stop.is_set() and not self._is_over(outcome):
                    self._listen(TICK)
                if not stop.is_set():
                    self._drain()
                self._listen(TICK, flush=True)
        finally:
            self._supervisor.stop()
        outcome.frames = self._monitor.node.frames or self._results
        outcome.arrivals = self._monitor.node.arrivals
        return outcome

    def _is_over(self, outcome: Outcome) -> bool:
        for end in self._supervisor.poll():
            if end.outcome is Ended.ENDED:
                return True
            self._on_line(end.name, end.line)
            if end.outcome is Ended.GAVE_UP:
                outcome.error, outcome.exit_code = end.line, max(1, end.exit_code)
                return True
        return bool(self._duration and self._first is not None and self._last - self._first >= self._duration)

    def _listen(self, seconds: float, flush: bool = False) -> int:
        self._monitor.spin(seconds)
        results = self._monitor.node.take(flush)
        for result in results:
            self._first = result.skeleton.stamp if self._first is None else self._first
            self._last = result.skeleton.stamp
            self._on_result(result)
        self._results += len(results)
        return len(results)

    def _drain(self) -> None:
        """Wait for what is still on its way of a source that ended."""
        deadline = time.monotonic() + DRAIN
        while not self._monitor.node.caught_up and time.monotonic() < deadline:
            if self._listen(TICK):
                deadline = time.monotonic() + DRAIN


@contextmanager
def exclusive(options: GraphOptions) -> Iterator[threading.Event]:
    """What a command does before it starts the graph; yields an event that SIGINT, SIGTERM and SIGHUP set.

    Raises:
        UserError: the graph could not work with the options, or another one is running.
    """
    check(options)
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")  # pictures of people stay on this machine
    with only_graph(options.namespace), stop_signals() as stop:
        yield stop

"""Runs the nodes as processes: starts them, hands on their output, restarts those that die, leaves none behind."""

from __future__ import annotations

import math
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

import yaml

from sportcoach.graph import NodeSpec, Value, environment
from sportcoach.respawn import Respawn
from sportcoach.shared_memory import remove_left

BACK_OFF: Final = 0.5
"""Seconds before the first restart; each further one waits twice as long."""

TERMINATE_TIME: Final = 2.0
"""Seconds a node gets to end by itself after SIGTERM, before SIGKILL."""

LAST_LINES: Final = 0.5
"""Longest wait after that for what nodes have printed: a process that left its group may hold on to the pipe [s]."""

_ERROR_LINE: Final = re.compile(r"\[ERROR\] \[[^]]*\] \[[^]]*\]: ([^\x1b]+)")
"""How rclpy logs an error: severity, time, logger, message."""


class Outcome(Enum):
    """What the end of a process means."""

    ENDED = "ended"
    RESTARTING = "restarting"
    GAVE_UP = "gave up"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Exit:
    """A process that ended by itself; `exit_code` is negative for a signal.

    `line` says it to the user; when the node was given up or lost, with the last error that it logged.
    """

    name: str
    exit_code: int
    outcome: Outcome
    line: str


@dataclass(slots=True)
class _Child:
    spec: NodeSpec
    process: subprocess.Popen[str] | None = None
    reader: threading.Thread | None = None
    start_at: float = 0.0
    exit_code: int | None = None
    respawn: Respawn = field(default_factory=Respawn)
    error: str = ""
    """The last error that the process logged."""


def command_line(spec: NodeSpec) -> list[str]:
    """The command that runs a node under this interpreter."""
    command = [sys.executable, "-u", "-m", spec.module, "--ros-args"]
    command += ["-r", f"__node:={spec.name}"]
    if spec.namespace:
        command += ["-r", f"__ns:=/{spec.namespace}"]
    for old, new in spec.remappings:
        command += ["-r", f"{old}:={new}"]
    for name, value in spec.parameters.items():
        command += ["-p", f"{name}:={parameter_text(value)}"]
    return command


def parameter_text(value: Value) -> str:
    """`value` as YAML that ROS reads back as the same type: a string '10' stays a string, 1.0 stays a double."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.1f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    data = value if isinstance(value, str) else list(value)
    text = yaml.safe_dump(data, default_style='"', default_flow_style=True, allow_unicode=True, width=math.inf)
    return str(text).strip()


class Supervisor:
    """The processes of a graph.

    Call `start`, then `poll` a few times a second, and `stop` at the end. All from the same thread, one that lives as
    long as the graph: the kernel ends the processes with the thread that started them.

    Args:
        specs: what to run.
        variables: environment beside the inherited one; by default what `graph.environment` says.
        on_line: called with the node's name and a line that it printed, from a thread per node.
        command: makes the command line of a node.
    """

    def __init__(
        self,
        specs: Sequence[NodeSpec],
        variables: Mapping[str, str] | None = None,
        on_line: Callable[[str, str], None] = lambda name, line: print(f"{name}: {line}"),
        command: Callable[[NodeSpec], list[str]] = command_line,
    ) -> None:
        self._children = {spec.name: _Child(spec) for spec in specs}
        self._variables = {**os.environ, **(environment() if variables is None else variables)}
        self._on_line = on_line
        self._command = command
        self._stopping = False

    def __enter__(self) -> Supervisor:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start every process."""
        for child in self._children.values():
            self._launch(child)

    def poll(self) -> list[Exit]:
        """Ends since the last call; restarts what is due. When a node is given up, everything has been stopped."""
        exits = []
        for child in self._children.values():
            if self._stopping:
                break
            if child.process is not None and child.process.poll() is not None:
                exits.append(self._on_exit(child))
            elif child.process is None and child.exit_code is None and time.monotonic() >= child.start_at:
                self._launch(child)
        return exits

    def exit_code_of(self, name: str) -> int | None:
        """Exit code of a node that ended for good; None while it runs or is to be restarted."""
        return self._children[name].exit_code

    def pids(self) -> dict[str, int]:
        """Process ids of the nodes that run."""
        return {name: child.process.pid for name, child in self._children.items() if child.process is not None}

    def stop(self) -> None:
        """End every process, what these started and what they left in memory; returns when all are gone, within 3 s."""
        self._stopping = True
        running = [child for child in self._children.values() if child.process is not None]
        for child in running:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + TERMINATE_TIME
        for child in running:
            self._reap(child, deadline)
        remove_left()

    def _launch(self, child: _Child) -> None:
        # setpriv has the kernel end the process when this one dies, even by SIGKILL; SIGTERM lets it close a recording.
        guard = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        child.process = subprocess.Popen(
            guard + self._command(child.spec),
            env=self._variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,  # Ctrl-C in the terminal reaches the supervisor alone
        )
        child.error = ""
        child.reader = threading.Thread(target=self._forward, args=(child, child.process), daemon=True)
        child.reader.start()

    def _forward(self, child: _Child, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout as output:
            for line in output:
                if error := _ERROR_LINE.search(line):
                    child.error = error[1].strip()
                self._on_line(child.spec.name, line.rstrip("\n"))

    def _on_exit(self, child: _Child) -> Exit:
        exit_code = self._reap(child, time.monotonic())
        name, how = child.spec.name, _how_it_ended(exit_code)
        if not child.spec.vital:
            child.exit_code = exit_code
            return Exit(name, exit_code, Outcome.LOST, f"{name} {how}: {child.error or 'the others go on without it'}")
        if exit_code == 0 and not child.spec.respawn:
            child.exit_code = 0
            return Exit(name, 0, Outcome.ENDED, f"{name} has finished")
        now = time.monotonic()
        if child.spec.respawn and child.respawn.again(exit_code, now):
            child.start_at = now + BACK_OFF * 2 ** (child.respawn.restarts - 1)
            return Exit(name, exit_code, Outcome.RESTARTING, f"{name} {how}: starting it again")
        child.exit_code = exit_code
        self.stop()
        times = f" {child.respawn.restarts + 1} times" if child.respawn.exhausted else ""
        return Exit(name, exit_code, Outcome.GAVE_UP, f"{name} {how}{times}: {child.error or 'the graph is stopped'}")

    def _reap(self, child: _Child, deadline: float) -> int:
        """Wait for the process until `deadline`, then end what is left of its group; returns the exit code.

        It is 0 for a node that had done its work when SIGALRM ended it: DDS did not let it go (`node_base`).
        """
        assert child.process is not None
        assert child.reader is not None
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.0, deadline - time.monotonic()))
        _signal_group(child, signal.SIGKILL)
        code = child.process.wait()
        child.reader.join(max(0.0, deadline + LAST_LINES - time.monotonic()))
        child.process = None
        if code == -signal.SIGALRM and not child.error:
            code = 0
        if self._stopping and child.exit_code is None:
            child.exit_code = code
        return code


def _signal_group(child: _Child, number: signal.Signals) -> None:
    assert child.process is not None
    with suppress(ProcessLookupError):  # nobody is left in it
        os.killpg(child.process.pid, number)


def _how_it_ended(exit_code: int) -> str:
    if exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"

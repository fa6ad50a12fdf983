"""Processes are started, watched, restarted within bounds, and never left behind. No ROS: small Python children."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach import respawn
from sportcoach import supervisor as module
from sportcoach.graph import NodeSpec, Value
from sportcoach.supervisor import Exit, Outcome, Supervisor, command_line, parameter_text

FOREVER = "import time; time.sleep(60)"
DEAF = "import signal, time; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; print('deaf'); time.sleep(60)"

Lines = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def fast_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BACK_OFF", 0.01)
    monkeypatch.setenv("_ROS_WHEELS_BOOTSTRAP_COMPLETE", "1")


def spec(name: str, code: str, respawn: bool = True) -> NodeSpec:
    return NodeSpec("package", code, name, name, "", {}, respawn=respawn)


def supervise(*specs: NodeSpec, lines: Lines | None = None, variables: dict[str, str] | None = None) -> Supervisor:
    def on_line(name: str, line: str) -> None:
        if lines is not None:
            lines.append((name, line))

    return Supervisor(specs, variables or {}, on_line, lambda s: [sys.executable, "-S", "-u", "-c", s.module])


def poll_until(supervisor: Supervisor, condition: Callable[[list[Exit]], bool], timeout: float = 10.0) -> list[Exit]:
    exits: list[Exit] = []
    deadline = time.monotonic() + timeout
    while not condition(exits):
        assert time.monotonic() < deadline, f"only {exits}"
        exits += supervisor.poll()
        time.sleep(0.01)
    return exits


def wait_for(condition: Callable[[], bool], timeout: float = 5.0) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def alive(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    return False


def test_output_comes_line_by_line_with_the_name_of_the_node() -> None:
    lines: Lines = []
    with supervise(
        spec("a", "print('one'); print('two')", respawn=False),
        spec("b", "import sys; print('err', file=sys.stderr)", respawn=False),
        lines=lines,
    ) as supervisor:
        poll_until(supervisor, lambda exits: len(exits) == 2)
    assert [line for line in lines if line[0] == "a"] == [("a", "one"), ("a", "two")]
    assert ("b", "err") in lines


def test_variables_reach_the_processes() -> None:
    lines: Lines = []
    code = "import os; print(os.environ['TRANSPORT'])"
    with supervise(spec("a", code, respawn=False), lines=lines, variables={"TRANSPORT": "shm"}) as supervisor:
        poll_until(supervisor, bool)
    assert lines == [("a", "shm")]


@pytest.mark.parametrize("code", ["pass", "import os; os.kill(os.getpid(), 14)"])
def test_a_node_that_is_not_respawned_ends_normally_when_it_has_done_its_work(code: str) -> None:
    with supervise(spec("source", code, respawn=False), spec("other", FOREVER)) as supervisor:
        (end,) = poll_until(supervisor, bool)
        assert (end.name, end.exit_code, end.outcome) == ("source", 0, Outcome.ENDED)
        assert supervisor.exit_code_of("source") == 0
        assert supervisor.exit_code_of("other") is None
        assert list(supervisor.pids()) == ["other"]


def test_a_node_that_failed_and_is_not_let_go_by_dds_has_failed() -> None:
    code = "import os; print('[ERROR] [1.0] [source]: no such file'); os.kill(os.getpid(), 14)"
    with supervise(spec("source", code, respawn=False)) as supervisor:
        (end,) = poll_until(supervisor, bool)
    assert end.outcome is Outcome.GAVE_UP and end.line == "source was ended by SIGALRM: no such file"


@pytest.mark.parametrize("code", ["raise SystemExit(2)", "pass"])
def test_the_others_go_on_without_a_node_that_is_not_vital(code: str) -> None:
    recorder = dataclasses.replace(spec("recorder", code, respawn=False), vital=False)
    with supervise(recorder, spec("other", FOREVER)) as supervisor:
        (end,) = poll_until(supervisor, bool)
        assert (end.name, end.outcome) == ("recorder", Outcome.LOST)
        assert supervisor.exit_code_of("recorder") == end.exit_code
        assert list(supervisor.pids()) == ["other"]


def test_node_that_dies_is_started_again() -> None:
    with supervise(spec("a", FOREVER), spec("b", FOREVER)) as supervisor:
        before = supervisor.pids()
        os.kill(before["a"], signal.SIGKILL)
        (end,) = poll_until(supervisor, bool)
        assert (end.name, end.exit_code, end.outcome) == ("a", -signal.SIGKILL, Outcome.RESTARTING)
        poll_until(supervisor, lambda _: "a" in supervisor.pids())
        assert supervisor.pids()["a"] != before["a"]
        assert supervisor.pids()["b"] == before["b"]


def test_node_that_keeps_dying_is_given_up_and_everything_stops() -> None:
    with supervise(spec("bad", "import sys; sys.exit(7)"), spec("good", FOREVER)) as supervisor:
        good = supervisor.pids()["good"]
        exits = poll_until(supervisor, lambda exits: any(e.outcome is Outcome.GAVE_UP for e in exits))
        assert [e.outcome for e in exits] == [Outcome.RESTARTING] * respawn.MAX_RESTARTS + [Outcome.GAVE_UP]
        assert exits[-1].line == "bad ended with exit code 7 4 times: the graph is stopped"
        assert supervisor.exit_code_of("bad") == 7
        assert not alive(good)
        assert supervisor.poll() == []


def test_restarts_long_ago_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(respawn, "RESTART_WINDOW", 0.0)
    with supervise(spec("a", "pass")) as supervisor:
        exits = poll_until(supervisor, lambda exits: len(exits) > respawn.MAX_RESTARTS + 1)
        assert {e.outcome for e in exits} == {Outcome.RESTARTING}


@pytest.mark.parametrize(("code", "respawn"), [("import sys; sys.exit(2)", True), ("import sys; sys.exit(1)", False)])
def test_bad_input_and_a_node_that_cannot_be_respawned_end_the_graph_at_once(code: str, respawn: bool) -> None:
    with supervise(spec("a", code, respawn)) as supervisor:
        (end,) = poll_until(supervisor, bool)
        assert end.outcome is Outcome.GAVE_UP


def exits_with(tmp_path: Path, *codes: int) -> str:
    """Code of a process that ends with another exit code at each start; after the last of them it runs on."""
    return (
        "import pathlib, sys, time\n"
        f"count = pathlib.Path({str(tmp_path / 'count')!r})\n"
        "start = len(count.read_text()) if count.exists() else 0\n"
        "count.write_text('x' * (start + 1))\n"
        f"codes = {codes!r}\n"
        "sys.exit(codes[start]) if start < len(codes) else time.sleep(60)"
    )


def test_bad_input_after_a_restart_is_not_final(tmp_path: Path) -> None:
    """A webcam that is pulled out: the stream ends, then it cannot be opened, then it is back."""
    with supervise(spec("camera", exits_with(tmp_path, 3, 2, 0))) as supervisor:
        exits = poll_until(supervisor, lambda exits: len(exits) == 3)
        assert [(e.exit_code, e.outcome) for e in exits] == [(code, Outcome.RESTARTING) for code in (3, 2, 0)]
        poll_until(supervisor, lambda _: "camera" in supervisor.pids())


def test_bad_input_that_stays_ends_the_graph_with_the_count_of_all_ends(tmp_path: Path) -> None:
    with supervise(spec("camera", exits_with(tmp_path, 3, 2, 2, 2))) as supervisor:
        end = poll_until(supervisor, lambda exits: any(e.outcome is Outcome.GAVE_UP for e in exits))[-1]
        assert end.line == "camera ended with exit code 2 4 times: the graph is stopped"


def test_the_line_of_a_node_that_is_given_up_says_the_last_error_that_it_logged() -> None:
    code = (
        "import sys; print('[ERROR] [17.5] [left.a]: first')\n"
        "print('[ERROR] [18.5] [left.a]: no camera 63: plug it in'); print('[WARN] [19.5] [left.a]: late'); sys.exit(2)"
    )
    with supervise(spec("a", code)) as supervisor:
        (end,) = poll_until(supervisor, bool)
        assert end.line == "a ended with exit code 2: no camera 63: plug it in"


def test_last_words_of_a_node_come_before_its_end() -> None:
    lines: Lines = []
    with supervise(spec("a", "import sys; print('no such file'); sys.exit(2)"), lines=lines) as supervisor:
        poll_until(supervisor, bool)
        assert lines == [("a", "no such file")]


def test_stop_ends_even_processes_that_ignore_signals_and_their_children_within_3_s() -> None:
    lines: Lines = []
    parent = (
        f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-S', '-c', {DEAF!r}]); print(p.pid); p.wait()"
    )
    supervisor = supervise(spec("deaf", DEAF), spec("parent", parent), lines=lines)
    supervisor.start()
    wait_for(lambda: len(lines) == 3)
    grandchild = next(int(line) for name, line in lines if line.isdigit())
    pids = [*supervisor.pids().values(), grandchild]
    begin = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begin < 3.0
    wait_for(lambda: not any(map(alive, pids)), timeout=0.5)
    supervisor.stop()  # nothing left to do


def test_processes_that_leave_their_group_do_not_hold_up_the_end() -> None:
    code = (
        "import subprocess, sys, time; "
        "print(subprocess.Popen([sys.executable, '-S', '-c', 'import time; time.sleep(60)'], process_group=0).pid); "
        "time.sleep(60)"
    )
    lines: Lines = []
    supervisor = supervise(*(spec(f"node{number}", code) for number in range(8)), lines=lines)
    supervisor.start()
    wait_for(lambda: len(lines) == 8, 20.0)
    begin = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - begin < 3.0
    for _, pid in lines:
        os.kill(int(pid), signal.SIGKILL)


def test_stop_lets_a_node_finish_its_work(tmp_path: Path) -> None:
    lines: Lines = []
    code = (
        "import pathlib, signal, sys, time\n"
        f"signal.signal(15, lambda *_: (pathlib.Path({str(tmp_path / 'closed')!r}).touch(), sys.exit(0)))\n"
        "print('ready'); time.sleep(60)"
    )
    with supervise(spec("recorder", code), lines=lines) as supervisor:
        wait_for(lambda: bool(lines))
    assert (tmp_path / "closed").exists()
    assert supervisor.exit_code_of("recorder") == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_processes_end_with_a_supervisor_that_is_killed() -> None:
    program = (
        "import time\n"
        "from sportcoach.graph import NodeSpec\n"
        "from sportcoach.supervisor import Supervisor\n"
        "spec = NodeSpec('p', 'm', 'a', 'a', '', {})\n"
        "supervisor = Supervisor([spec], {}, lambda *_: None, lambda _: ['sleep', '60'])\n"
        "supervisor.start(); print(supervisor.pids()['a'], flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        # setpriv arms the signal and then becomes the program: killed before that, nobody would tell the child.
        wait_for(lambda: Path(f"/proc/{child}/cmdline").read_bytes().startswith(b"sleep"))
        process.kill()
    wait_for(lambda: not alive(child))


def test_command_line_names_and_parameters() -> None:
    node = NodeSpec("p", "package.pose_node", "pose_node", "pose", "left", {"reliable": True}, (("image", "/front"),))
    assert command_line(node)[1:] == [
        *("-u", "-m", "package.pose_node", "--ros-args", "-r", "__node:=pose", "-r", "__ns:=/left"),
        *("-r", "image:=/front", "-p", "reliable:=true"),
    ]


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
VALUES = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),  # ROS reads subnormal numbers as text
    TEXT,
    st.lists(TEXT, min_size=1, max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_parameters_come_out_of_ros_as_they_went_in(value: Value) -> None:
    rclpy = pytest.importorskip("rclpy")
    context = rclpy.Context()
    argument = f"value:={parameter_text(value)}"
    rclpy.init(
        context=context, args=["--ros-args", "-p", argument], signal_handler_options=rclpy.SignalHandlerOptions.NO
    )
    try:
        node = rclpy.create_node("reader", context=context, automatically_declare_parameters_from_overrides=True)
        read = node.get_parameter("value").value
        node.destroy_node()
    finally:
        context.shutdown()
    assert type(read) is (list if isinstance(value, tuple) else type(value))
    assert read == (list(value) if isinstance(value, tuple) else value)

"""sportcoach replay: publish a bag as it was recorded."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from sportcoach.bag import Bag
from sportcoach.bag_source import parse_remap
from sportcoach.follow import TICK, stop_signals
from sportcoach.graph import NodeSpec, Value
from sportcoach.keys import pressed_keys
from sportcoach.node_lines import NodeLines
from sportcoach.recording import PROFILES
from sportcoach.supervisor import Outcome, Supervisor
from sportcoach_perception.errors import UserError

OURS = ("image_raw", *PROFILES["all"])


def main(arguments: argparse.Namespace) -> int:
    """Replay until the end of the bag or Ctrl-C; the space bar pauses."""
    remap = parse_remap(arguments.remap)
    with Bag(arguments.bag) as bag:
        if not 0.0 <= arguments.start * 1e9 <= bag.end - bag.start:
            raise UserError(f"{bag.path} is {(bag.end - bag.start) * 1e-9:.1f} s long, --start is {arguments.start:g}")
        _check_topics(bag, arguments.topics, remap)
        seconds = (bag.end - bag.start) * 1e-9
        begins = f"when somebody listens, at most {arguments.wait:g} s from now" if arguments.wait else "at once"
        print(f"replaying {bag.path}, {seconds:.1f} s, {begins}; the space bar pauses, Ctrl-C ends it", file=sys.stderr)
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    lines = NodeLines(["replay_node"])
    with (
        stop_signals() as stop,
        Supervisor([_node(arguments, remap)], on_line=lines) as supervisor,
        pressed_keys() as keys,
    ):
        while not stop.wait(TICK):
            if " " in keys():
                os.kill(supervisor.pids()["replay_node"], signal.SIGUSR1)
            for end in supervisor.poll():
                if end.outcome is not Outcome.ENDED:
                    print(f"sportcoach: {end.line}", file=sys.stderr)
                return 0 if end.outcome is Outcome.ENDED else max(1, end.exit_code)
    return 0


def _check_topics(bag: Bag, wanted: list[str], remap: dict[str, str]) -> None:
    """Raises UserError when there is nothing in `bag` of what is wanted, by default: of what our nodes listen to."""
    if missing := [name for name in wanted if name not in bag.topics]:
        raise UserError(f"{bag.path} has no {', '.join(missing)}; it holds {bag.contents()}")
    names = ["/" + remap.get(name, name).lstrip("/") for name in bag.topics]
    if not wanted and not any(name.endswith("/" + ours.lstrip("/")) for name in names for ours in OURS):
        raise UserError(
            f"{bag.path} has none of our topics; it holds {bag.contents()}. Say which is ours with --remap, "
            "/my_imu:=imu/left_wrist/data for example, or replay them as they are with --topics"
        )


def _node(arguments: argparse.Namespace, remap: dict[str, str]) -> NodeSpec:
    parameters: dict[str, Value] = {
        "bag": str(arguments.bag),
        "rate": arguments.rate,
        "start": arguments.start,
        "duration": arguments.duration,
        "loop": arguments.loop,
        "clock": arguments.clock,
        "wait_timeout": arguments.wait,
    }
    if arguments.topics:  # ROS cannot tell the type of an empty list
        parameters["topics"] = tuple(arguments.topics)
    return NodeSpec(
        "sportcoach",
        "sportcoach.replay_node",
        "replay_node",
        "replay_node",
        "",
        parameters,
        tuple(remap.items()),
        respawn=False,
    )

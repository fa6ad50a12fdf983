"""Command-line arguments from the one table of options, and back from their values to the options of the graph."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any, Final

from sportcoach.graph import OPTIONS, GraphOptions

CHAIN: Final = ("exercise", "exercises", "complexity", "weights", "language")
"""What decides what is seen and said, online and offline."""

RECORDING: Final = ("record", "profile", "split_size", "split_seconds")

RECORD_ALONE: Final = ("profile", "split_size", "split_seconds", "image_topic", "namespace", "use_sim_time")
"""What `sportcoach record` must know of the graph that it joins."""

OF_BAGS: Final = ("remap", "from_pictures")

_GROUPS: Final = {
    "source": (
        "source",
        "video",
        "bag",
        "remap",
        "from_pictures",
        "loop",
        "device",
        "trial",
        "seed",
        "rate",
        "image_topic",
        "compressed",
        "imu",
        "duration",
    ),
    "what to look for": CHAIN,
    "viewers": ("view", "view_host", "view_port", "viewers"),
}
"""Groups of `--help`; options that are in none of them are about the graph."""

_METAVARS: Final = {
    "video": "FILE",
    "bag": "BAG",
    "remap": "A:=B,...",
    "device": "N",
    "trial": "FILE",
    "seed": "N",
    "rate": "X",
    "image_topic": "TOPIC",
    "imu": "SOURCE",
    "duration": "S",
    "exercise": "NAME",
    "exercises": "DIR",
    "weights": "FILE",
    "athlete": "NAME",
    "language": "CODE",
    "voice_dir": "DIR",
    "wearable": "ADDRESS",
    "view_host": "ADDRESS",
    "view_port": "N",
    "namespace": "NS",
    "record": "DIR",
    "split_size": "MB",
    "split_seconds": "S",
}


def seconds(text: str) -> float:
    """A duration of at most a day, for argparse."""
    value = float(text)
    if not 0.0 <= value <= 86400.0:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 86400 seconds")
    return value


def add_graph_options(parser: argparse.ArgumentParser) -> None:
    """Add every option of the graph but those of the recording, in groups."""
    grouped = {name for names in _GROUPS.values() for name in names}
    others = [name for name in OPTIONS if name not in grouped and name not in RECORDING]
    for title, names in {**_GROUPS, "graph": others}.items():
        add_options(parser, title, names)
    parser.set_defaults(source=None)  # the video decides, see graph_options


def add_options(parser: argparse.ArgumentParser, title: str, names: Iterable[str]) -> None:
    """Add the options `names` to `parser`, as a group of its help."""
    group = parser.add_argument_group(title)
    for name in names:
        if name == "bag":  # as in `ros2 bag play`
            group.add_argument("bag", nargs="?", default="", metavar="BAG", help=OPTIONS[name].description)
        else:
            group.add_argument(_flag(name), dest=name, **_details(name))


def _flag(name: str) -> str:
    negation = "no-" if OPTIONS[name].default is True else ""
    return f"--{negation}{name.replace('_', '-')}"


def _details(name: str) -> dict[str, Any]:
    """What argparse is to know about an option; one that is on by default gets a flag that switches it off."""
    option = OPTIONS[name]
    text = option.description.replace("%", "%%")
    if option.default is True:
        return {"action": "store_false", "help": f"Do not {text[0].lower()}{text[1:]}"}
    if option.default is False:
        return {"action": "store_true", "help": text}
    default = "camera; video with --video, bag with BAG" if name == "source" else option.default_text
    return {
        "type": seconds if name == "duration" else type(option.default),
        "default": option.default,
        "choices": option.choices or None,
        "metavar": _METAVARS.get(name),
        "help": f"{text} (default: {default})" if default else text,
    }


def graph_options(arguments: argparse.Namespace) -> GraphOptions:
    """The graph that `run` and `up` were asked for.

    Raises:
        UserError: values that are not allowed or do not go together.
    """
    values = {name: getattr(arguments, name) for name in OPTIONS if hasattr(arguments, name)}
    implied = "video" if arguments.video else "bag" if arguments.bag else OPTIONS["source"].default
    values["source"] = arguments.source or implied
    return GraphOptions(**values)

"""The one list of nodes and of the options it depends on: what `sportcoach up` and `ros2 launch` start."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sportcoach.recording import EVERY_FRAME, PROFILES
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.parameters import read_parameters

Value = bool | int | float | str | tuple[str, ...]
"""What a node parameter can be."""

LIVE_QUEUE: Final = 5
"""Pictures that wait for the pose network: of a live source, and of an athlete simulated in the time of life, the
oldest is dropped sooner than the coach lags behind."""

FILE_QUEUE: Final = 90
"""... and of a file or in simulated time: no picture is to be lost though the machine may stall for a while."""

IMU_SOURCES: Final = ("udp", "movella_dot")
"""Sensors that can be named without anything else to say about them."""

_SOURCES: Final = ("camera", "video", "sim", "bag", "topics")
_COMPLEXITIES: Final = ("lite", "full", "heavy")
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """One process of the graph.

    package, executable: how ROS names it; module: the Python module behind it, with a `main`.
    namespace: without slashes at its ends, empty for none.
    remappings: (from, to) topic names.
    respawn: start it again when it ends; otherwise exit code 0 is a normal end and any other one ends the graph.
    vital: the graph cannot go on without it; when one that is not ends for whatever reason, the others go on.
    """

    package: str
    module: str
    executable: str
    name: str
    namespace: str
    parameters: Mapping[str, Value]
    remappings: tuple[tuple[str, str], ...] = ()
    respawn: bool = True
    vital: bool = True


def _option(default: Value, description: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"description": description, "choices": choices})


@dataclass(frozen=True, slots=True)
class GraphOptions:
    """What can be chosen about the graph; the arguments of the launch file.

    Raises:
        UserError: a value that is not among the choices, or values that do not go together.
    """

    source: str = _option(
        "camera", "Where pictures come from; sim: a simulated athlete; topics: other drivers.", _SOURCES
    )
    video: str = _option("", "Video file, played at its own rate; for source video.")
    device: int = _option(0, "Number N of the camera /dev/videoN; for source camera.")
    bag: str = _option("", "Bag to replay, its skeletons or pictures and IMU data; for source bag.")
    remap: str = _option("", "Topics of the bag that are ours by another name, /camera/image:=image_raw,...")
    from_pictures: bool = _option(
        False, "Find the skeletons in the pictures of the bag, though it holds skeletons too."
    )
    loop: bool = _option(False, "Start the video or the bag again at its end.")
    trial: str = _option("demo", "What the simulated athlete does: demo, or a YAML file; for source sim.")
    seed: int = _option(1, "Of everything random about the simulated athlete; for source sim.")
    rate: float = _option(1.0, "Speed of time, 1 as in life; for source bag, and sim with use_sim_time.")
    imu: str = _option(
        "", "IMU data: udp, movella_dot, a recording (CSV or bag), or settings (YAML); empty: other drivers'."
    )
    duration: float = _option(0.0, "Seconds of pictures after which the source ends; 0 for no limit.")
    image_topic: str = _option("image_raw", "Topic of the camera driver; for source topics.")
    compressed: bool = _option(False, "Listen to the compressed pictures below image_topic; for source topics.")
    complexity: str = _option("full", "Size of the pose network.", _COMPLEXITIES)
    weights: str = _option("", "Recognition weights (.safetensors) in place of the shipped ones.")
    exercise: str = _option("auto", "Exercise to coach (squat, push_up, lunge, jumping_jack), or auto.")
    exercises: str = _option("", "Folder of exercise definitions (YAML) in place of the shipped ones.")
    athlete: str = _option("", "Athlete whose calibration and sessions are kept; empty for nobody's.")
    language: str = _option("en", "Language of the cues: en, zh, or one of your own in config/texts.")
    voice: bool = _option(True, "Speak the cues.")
    voice_dir: str = _option("", "Folder to write the spoken cues to as wav files in place of playing them.")
    haptic: bool = _option(True, "Send vibration commands.")
    wearable: str = _option("", "Address host:port of a wearable that vibrates as told over UDP.")
    view: bool = _option(False, "Serve the live view, a web page for the athlete and the coach.")
    view_host: str = _option("127.0.0.1", "Address to serve it on; 0.0.0.0 for the network, then with a token.")
    view_port: int = _option(8787, "Port to serve it on.")
    viewers: bool = _option(False, "Publish markers and an annotated picture for RViz, Foxglove and Lichtblick.")
    record: str = _option("", "New folder to record to (rosbag2, MCAP), or true for one with the date; empty: none.")
    profile: str = _option("no-images", "What to record; results: no sensor data either.", tuple(PROFILES))
    split_size: float = _option(0.0, "Megabytes after which the recording goes on in another file; 0 for no limit.")
    split_seconds: float = _option(0.0, "Seconds after which it does; 0 for no limit.")
    namespace: str = _option("", "Namespace of all nodes and topics, for a second station.")
    use_sim_time: bool = _option(False, "Take the time from /clock; the source sim publishes it, and bag always.")

    def __post_init__(self) -> None:
        for option in OPTIONS.values():
            value = getattr(self, option.name)
            if option.choices and value not in option.choices:
                raise UserError(f"{option.name} is '{value}'; it is one of {', '.join(option.choices)}")
        if self.source == "video" and not self.video:
            raise UserError("source video needs a video file")
        if self.source == "bag" and not self.bag:
            raise UserError("source bag needs a bag")
        if self.source == "sim" and self.imu:
            raise UserError("the simulated athlete wears its own IMUs: leave out imu, or choose another source")
        if not 0.1 <= self.rate <= 10.0:
            raise UserError(f"rate is {self.rate:g}; it goes from 0.1 to 10")
        for name, text in (("namespace", self.namespace), ("image_topic", self.image_topic)):
            if not re.fullmatch(r"/?([A-Za-z]\w*(/[A-Za-z]\w*)*)?", text, re.ASCII):
                raise UserError(f"{name} '{text}' is not a ROS name: letters, digits, _ and / only")

    @property
    def simulated_time(self) -> bool:
        """Whether the nodes take the time from /clock."""
        return self.use_sim_time or self.source == "bag"


@dataclass(frozen=True, slots=True)
class Option:
    """One field of GraphOptions: its name, default, the line that explains it, the values allowed (empty: any)."""

    name: str
    default: Value
    description: str
    choices: tuple[str, ...]

    @property
    def default_text(self) -> str:
        """The default as a launch file writes it."""
        return str(self.default).lower() if isinstance(self.default, bool) else str(self.default)

    def parse(self, text: str) -> Value:
        """The value that `text` stands for.

        Raises:
            UserError: it is not of the option's type.
        """
        kind = type(self.default)
        if kind is bool:
            if text.lower() not in _TRUE + _FALSE:
                raise UserError(f"{self.name} is '{text}'; it is true or false")
            return text.lower() in _TRUE
        try:
            return kind(text)
        except ValueError as error:
            raise UserError(f"{self.name} is '{text}', not a number") from error


OPTIONS: Final = {
    f.name: Option(f.name, f.default, f.metadata["description"], f.metadata["choices"])
    for f in fields(GraphOptions)
    if f.default is not MISSING
}
"""Every option by name, in the order of GraphOptions: for command lines and the launch file."""


def parse_options(texts: Mapping[str, str]) -> GraphOptions:
    """Options from their texts by name; those that are not given keep their defaults.

    Raises:
        UserError: a value is not of its option's type, not allowed, or does not go with another.
    """
    values: dict[str, Any] = {name: OPTIONS[name].parse(text) for name, text in texts.items()}
    return GraphOptions(**values)


def nodes(options: GraphOptions) -> tuple[NodeSpec, ...]:
    """The processes of the graph, in the order of the data."""
    pictures = frames(options)
    pose = _node("sportcoach_perception", "pose_node", options, _pose(options, pictures), _image_remappings(options))
    specs = [
        *([] if pictures == "skeleton" else [pose]),
        _node("sportcoach_perception", "fusion_node", options),
        _node("sportcoach_recognition", "recognition_node", options, {"weights": options.weights}),
        _node("sportcoach_feedback", "feedback_node", options, _feedback(options)),
        _node("sportcoach_feedback", "voice_node", options, _voice(options)),
        _node("sportcoach_feedback", "haptic_node", options, {"enabled": options.haptic, "wearable": options.wearable}),
    ]
    if options.view:
        specs.append(_node("sportcoach", "view_node", options, _view(options), _image_remappings(options)))
    if options.viewers:
        specs.append(_node("sportcoach", "viewer_node", options, {}, _image_remappings(options), vital=False))
    if options.record and options.record.lower() not in _FALSE:
        specs.append(recorder(options, expect=EVERY_FRAME))
    if options.imu:
        specs.insert(0, _node("sportcoach_perception", "imu_node", options, imu(options)))
    if options.source != "topics":
        specs.insert(0, _source(options, listeners=tuple(spec.name for spec in specs)))
    return tuple(specs)


def environment() -> dict[str, str]:
    """Environment variables that every process of the graph needs beside the inherited ones: the DDS transports.

    Empty when the user has chosen a DDS profile. Fast DDS renamed the variable after Jazzy.
    """
    names = ("FASTRTPS_DEFAULT_PROFILES_FILE", "FASTDDS_DEFAULT_PROFILES_FILE")
    if any(name in os.environ for name in names):
        return {}
    name = names[0] if os.environ.get("ROS_DISTRO") == "jazzy" else names[1]
    return {name: str(config_path("dds/fastdds.xml"))}


def _node(
    package: str,
    name: str,
    options: GraphOptions,
    parameters: Mapping[str, Value] | None = None,
    remappings: tuple[tuple[str, str], ...] = (),
    respawn: bool = True,
    vital: bool = True,
) -> NodeSpec:
    common = {"use_sim_time": options.simulated_time, **(parameters or {})}
    namespace = options.namespace.strip("/")
    # One ROS package installs all four Python packages.
    return NodeSpec("sportcoach", f"{package}.{name}", name, name, namespace, common, remappings, respawn, vital)


def _source(options: GraphOptions, listeners: tuple[str, ...]) -> NodeSpec:
    """The node that brings pictures; a file and the simulation can wait for listeners, a camera shows what is now."""
    parameters: dict[str, Value] = {"duration": options.duration}
    if options.source == "camera":
        parameters |= {"source": "camera", "device": options.device, "exit_at_end": options.duration > 0}
        return _node("sportcoach_perception", "camera_node", options, parameters, respawn=not options.duration)
    parameters |= {"exit_at_end": True, "wait_for": listeners}
    if options.source == "bag":
        parameters |= {"bag": options.bag, "remap": options.remap, "loop": options.loop, "rate": options.rate}
        parameters |= {"drive": True, "from_pictures": options.from_pictures, "clock": True, "use_sim_time": False}
        return _node("sportcoach", "replay_node", options, parameters, respawn=False)
    parameters["queue"] = FILE_QUEUE
    if options.source == "sim":
        parameters |= {"trial": options.trial, "seed": options.seed, "rate": options.rate}
        if options.use_sim_time:  # it makes this time, and lives by the machine's own
            parameters |= {"clock": "simulated", "use_sim_time": False}
        return _node("sportcoach_sim", "sim_athlete_node", options, parameters, respawn=False)
    parameters |= {"source": "video", "video": options.video, "loop": options.loop}
    return _node("sportcoach_perception", "camera_node", options, parameters, respawn=False)


def imu(options: GraphOptions) -> dict[str, Value]:
    """Parameters of imu_node; a recording runs along with a video.

    Raises:
        UserError: they are in a file that cannot be used.
    """
    if options.imu in IMU_SOURCES:
        return {"source": options.imu}
    if Path(options.imu).suffix in (".yaml", ".yml"):
        parameters: dict[str, Value] = dict(read_parameters(Path(options.imu), "imu_node"))
    else:
        parameters = {"source": "recording", "recording": options.imu}
    return {"start_with_pictures": options.source == "video", **parameters}


def frames(options: GraphOptions) -> str:
    """The topic, by our name, that frames come in on: pictures in one form or another, or the skeletons of a bag.

    Raises:
        UserError: there is no such bag, or it has neither.
    """
    if options.source == "bag":
        # The other sources do without the libraries for bags.
        from sportcoach.bag import Bag
        from sportcoach.bag_source import find_source, parse_remap

        with Bag(options.bag) as bag:
            return find_source(bag, parse_remap(options.remap), options.from_pictures).frames
    return "image_raw/compressed" if options.compressed and options.source == "topics" else "image_raw"


def _pose(options: GraphOptions, pictures: str) -> dict[str, Value]:
    other_driver = options.source == "topics"
    live = options.source in ("camera", "topics") or (options.source == "sim" and not options.simulated_time)
    return {
        "complexity": options.complexity,
        "compressed": pictures == "image_raw/compressed",
        "reliable": not other_driver,
        "queue": LIVE_QUEUE if live else FILE_QUEUE,
    }


@dataclass(frozen=True, slots=True)
class CameraInfoTopic:
    """Where camera_info comes from, and whether delivery is reliable."""

    name: str
    reliable: bool


def camera_info(options: GraphOptions) -> CameraInfoTopic:
    """That of our own source, or the one that a driver publishes beside its pictures."""
    if options.source != "topics":
        return CameraInfoTopic("camera_info", True)
    return CameraInfoTopic("/".join((*options.image_topic.split("/")[:-1], "camera_info")), False)


def _image_remappings(options: GraphOptions) -> tuple[tuple[str, str], ...]:
    if options.source != "topics" or options.image_topic == "image_raw":
        return ()
    pictures = tuple((f"image_raw{suffix}", f"{options.image_topic}{suffix}") for suffix in ("", "/compressed"))
    return (*pictures, ("camera_info", camera_info(options).name))


def recorder(options: GraphOptions, expect: tuple[str, ...] = ()) -> NodeSpec:
    """The node that records; the graph does without it, and it cannot take up a recording that was begun.

    Args:
        options: what to record, and where to.
        expect: topics whose publishers it waits for at the start.
    """
    folder = f"sportcoach-{datetime.now():%Y%m%d-%H%M%S}" if options.record.lower() in _TRUE else options.record
    parameters: dict[str, Value] = {
        "bag": folder,
        "profile": options.profile,
        "split_size": options.split_size,
        "split_seconds": options.split_seconds,
    }
    if expect:
        parameters["expect"] = expect
    if options.source != "topics":
        parameters["queue"] = FILE_QUEUE
    remappings = _image_remappings(options)
    return _node("sportcoach", "recorder_node", options, parameters, remappings, respawn=False, vital=False)


def _feedback(options: GraphOptions) -> dict[str, Value]:
    exercise = {"exercise": options.exercise, "exercises": options.exercises, "language": options.language}
    return {**exercise, "athlete": options.athlete}


def _view(options: GraphOptions) -> dict[str, Value]:
    exercise = {"exercise": options.exercise, "exercises": options.exercises}
    return {"host": options.view_host, "port": options.view_port, **exercise}


def _voice(options: GraphOptions) -> dict[str, Value]:
    return {"enabled": options.voice, "directory": options.voice_dir, "language": options.language}

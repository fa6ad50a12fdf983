"""The list of nodes follows the options, and fits what the nodes declare and what is installed."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import xml.etree.ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach.bag_writer import BagWriter
from sportcoach.graph import FILE_QUEUE, LIVE_QUEUE, OPTIONS, GraphOptions, NodeSpec, environment, nodes, parse_options
from sportcoach.recording import PROFILES
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.parameters import load_parameters

ROOT = Path(__file__).resolve().parents[2]

VIDEO = GraphOptions(source="video", video="clip.mp4")
CAMERA = GraphOptions(source="camera")
TOPICS = GraphOptions(source="topics", viewers=True)
SIMULATED = GraphOptions(source="sim", use_sim_time=True, rate=2.0)

EVERYTHING = [
    VIDEO,
    CAMERA,
    TOPICS,
    SIMULATED,
    dataclasses.replace(
        VIDEO, record="bag", profile="all", split_seconds=60.0, loop=True, duration=3.0, namespace="left"
    ),
    dataclasses.replace(CAMERA, duration=5.0, device=2, use_sim_time=True, voice=False, haptic=False),
    dataclasses.replace(TOPICS, compressed=True, image_topic="/front/image_raw", complexity="lite"),
]


def by_name(options: GraphOptions) -> dict[str, NodeSpec]:
    return {spec.name: spec for spec in nodes(options)}


@pytest.mark.parametrize("options", EVERYTHING)
def test_every_node_declares_the_parameters_it_is_given(options: GraphOptions) -> None:
    for spec in nodes(options):
        declared = load_parameters(config_path("parameters.yaml"), spec.executable)
        for name, value in spec.parameters.items():
            if name != "use_sim_time":  # ROS's own, every node has it
                declared[name].check(list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize("options", EVERYTHING)
def test_every_node_is_a_module_that_setup_installs_as_executable(options: GraphOptions) -> None:
    setup = (ROOT / "setup.py").read_text(encoding="utf-8")
    for spec in nodes(options):
        package, module = spec.module.split(".")
        assert importlib.util.find_spec(spec.module) is not None
        assert re.search(rf'"{package}": \([^)]*"{module}"', setup), f"setup.py does not install {spec.module}"
        assert spec.executable == module
        assert spec.package == "sportcoach"


def test_camera_node_only_where_the_graph_has_its_own_source() -> None:
    assert "camera_node" in by_name(VIDEO)
    assert "camera_node" in by_name(CAMERA)
    assert "camera_node" not in by_name(TOPICS)


def test_recorder_only_on_request_and_never_started_again() -> None:
    assert "recorder_node" not in by_name(VIDEO)
    recorder = by_name(dataclasses.replace(VIDEO, record="bag"))["recorder_node"]
    assert recorder.parameters["bag"] == "bag"
    assert recorder.parameters["profile"] == "no-images"
    assert set(recorder.parameters["expect"]) <= set(PROFILES["results"])  # type: ignore[arg-type]
    assert not recorder.respawn and not recorder.vital


def test_a_recording_without_a_name_gets_the_date() -> None:
    recorder = by_name(dataclasses.replace(VIDEO, record="true"))["recorder_node"]
    assert re.fullmatch(r"sportcoach-\d{8}-\d{6}", str(recorder.parameters["bag"]))
    assert "recorder_node" not in by_name(dataclasses.replace(VIDEO, record="false"))


@pytest.mark.parametrize(
    ("msgtype", "name"),
    [("sportcoach_msgs/msg/Skeleton", "skeleton"), ("sensor_msgs/msg/CompressedImage", "image_raw/compressed")],
)
def test_a_bag_drives_the_nodes_behind_what_it_holds(tmp_path: Path, msgtype: str, name: str) -> None:
    with BagWriter(tmp_path / "bag") as bag:
        bag.write(f"/{name}", msgtype, 1, bytes(64))
    specs = by_name(GraphOptions(source="bag", bag=str(tmp_path / "bag")))
    assert ("pose_node" in specs) == (name != "skeleton")
    assert all(spec.parameters["use_sim_time"] for spec in specs.values() if spec.name != "replay_node")
    replay = specs["replay_node"].parameters
    assert (replay["drive"], replay["clock"], replay["use_sim_time"]) == (True, True, False)
    if "pose_node" in specs:
        assert specs["pose_node"].parameters["compressed"]


def test_video_waits_for_every_other_node_and_ends_once() -> None:
    options = dataclasses.replace(VIDEO, record="bag")
    camera = by_name(options)["camera_node"]
    assert camera.parameters["wait_for"] == tuple(spec.name for spec in nodes(options) if spec.name != "camera_node")
    assert camera.parameters["exit_at_end"]
    assert not camera.respawn


def test_simulated_time_comes_from_the_athlete_and_all_others_follow() -> None:
    specs = by_name(SIMULATED)
    athlete = specs.pop("sim_athlete_node").parameters
    assert (athlete["clock"], athlete["rate"], athlete["use_sim_time"]) == ("simulated", 2.0, False)
    assert all(spec.parameters["use_sim_time"] for spec in specs.values())
    assert "clock" not in by_name(GraphOptions(source="sim"))["sim_athlete_node"].parameters


@pytest.mark.parametrize(
    ("options", "short"),
    [(CAMERA, True), (TOPICS, True), (VIDEO, False), (SIMULATED, False), (GraphOptions(source="sim"), True)],
)
def test_the_coach_lags_behind_nobody_who_can_hear_it(options: GraphOptions, short: bool) -> None:
    queue = by_name(options)["pose_node"].parameters["queue"]
    assert queue == (LIVE_QUEUE if short else FILE_QUEUE)


def test_webcam_that_was_unplugged_is_tried_again() -> None:
    assert by_name(CAMERA)["camera_node"].respawn


def test_pictures_of_other_drivers_are_taken_as_they_offer_them() -> None:
    pose = by_name(dataclasses.replace(TOPICS, image_topic="/front/image_raw", compressed=True))["pose_node"]
    assert ("image_raw", "/front/image_raw") in pose.remappings
    assert ("image_raw/compressed", "/front/image_raw/compressed") in pose.remappings
    assert pose.parameters["compressed"]
    assert not pose.parameters["reliable"]
    assert by_name(VIDEO)["pose_node"].parameters["reliable"]


@pytest.mark.parametrize("namespace", ["left", "/left", "/gym/left"])
def test_namespace_holds_for_all_nodes(namespace: str) -> None:
    specs = nodes(dataclasses.replace(VIDEO, namespace=namespace))
    assert {spec.namespace for spec in specs} == {namespace.strip("/")}


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"source": "radio"}, "one of camera, video, sim, bag, topics"),
        ({"source": "video"}, "needs a video file"),
        ({"complexity": "huge"}, "one of lite, full, heavy"),
        ({"device": "front"}, "not a number"),
        ({"rate": "0"}, "from 0.1 to 10"),
        ({"rate": "nan"}, "from 0.1 to 10"),
        ({"voice": "maybe"}, "true or false"),
        ({"namespace": "my gym"}, "not a ROS name"),
        ({"namespace": "1st"}, "not a ROS name"),
    ],
)
def test_bad_options_are_refused_in_one_line(texts: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        parse_options(texts)


def test_options_have_a_line_each_and_parse_their_own_defaults() -> None:
    assert list(OPTIONS) == [field.name for field in dataclasses.fields(GraphOptions)]
    assert all(option.description.endswith(".") for option in OPTIONS.values())
    assert parse_options({name: option.default_text for name, option in OPTIONS.items()}) == GraphOptions()


@given(st.booleans(), st.integers(0, 63), st.floats(0.0, 1e4))
def test_options_survive_the_way_through_text(voice: bool, device: int, duration: float) -> None:
    texts = {"voice": str(voice), "device": str(device), "duration": repr(duration)}
    assert parse_options(texts) == GraphOptions(voice=voice, device=device, duration=duration)


def test_dds_profile_is_installed_and_left_out_where_the_user_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ROS_DISTRO", "FASTDDS_DEFAULT_PROFILES_FILE", "FASTRTPS_DEFAULT_PROFILES_FILE"):
        monkeypatch.delenv(name, raising=False)
    ((name, path),) = environment().items()
    assert name == "FASTDDS_DEFAULT_PROFILES_FILE"
    assert xml.etree.ElementTree.parse(path).getroot().tag.endswith("profiles")
    monkeypatch.setenv("ROS_DISTRO", "jazzy")
    assert list(environment()) == ["FASTRTPS_DEFAULT_PROFILES_FILE"]
    monkeypatch.setenv("FASTDDS_DEFAULT_PROFILES_FILE", "mine.xml")
    assert environment() == {}

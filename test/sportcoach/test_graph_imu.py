"""imu_node has its place in the graph, with the settings that it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from sportcoach import preflight
from sportcoach.graph import GraphOptions, NodeSpec, nodes
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.parameters import load_parameters


def imu_node(options: GraphOptions) -> NodeSpec | None:
    return next((spec for spec in nodes(options) if spec.name == "imu_node"), None)


def parameters(imu: str, source: str = "camera", video: str = "") -> dict[str, object]:
    spec = imu_node(GraphOptions(source=source, video=video, imu=imu))
    assert spec is not None
    declared = load_parameters(config_path("parameters.yaml"), "imu_node")
    for name, value in spec.parameters.items():
        if name != "use_sim_time":
            declared[name].check(list(value) if isinstance(value, tuple) else value)
    return dict(spec.parameters)


def settings(folder: Path, text: str) -> str:
    path = folder / "sensors.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_without_imu_other_drivers_bring_the_data() -> None:
    assert imu_node(GraphOptions()) is None


def test_udp_needs_nothing_more() -> None:
    assert parameters("udp")["source"] == "udp"


def test_a_recording_runs_along_with_a_video() -> None:
    with_video = parameters("walk.csv", "video", "walk.mp4")
    assert (with_video["source"], with_video["recording"]) == ("recording", "walk.csv")
    assert with_video["start_with_pictures"] is True
    assert parameters("walk.csv")["start_with_pictures"] is False


def test_a_video_waits_for_the_node() -> None:
    specs = nodes(GraphOptions(source="video", video="walk.mp4", imu="udp"))
    camera = next(spec for spec in specs if spec.name == "camera_node")
    assert "imu_node" in camera.parameters["wait_for"]  # type: ignore[operator]


def test_settings_come_from_a_file(tmp_path: Path) -> None:
    text = "address: 0.0.0.0\nport: 2055\nallow: [192.168.1.20]\ncolumns: []\nlimbs: [192.168.1.20=right_wrist]"
    given = parameters(settings(tmp_path, text))
    assert (given["port"], given["allow"], given["limbs"]) == (2055, ("192.168.1.20",), ("192.168.1.20=right_wrist",))
    assert "columns" not in given  # ROS could not tell what an empty list is of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("port: high", "'port' is of type int"),
        ("speed: 3", "no parameter 'speed'"),
        ("allow: [1, 2]", "'allow' is of type string_array"),
        ("- udp", "does not list parameters"),
        ("port: [", "cannot be read as YAML"),
        ("5: 6", "no parameter '5'"),
    ],
)
def test_settings_that_make_no_sense_are_refused_in_a_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        parameters(settings(tmp_path, text))
    assert "\n" not in str(caught.value)


def test_the_simulated_athlete_wears_its_own_imus() -> None:
    with pytest.raises(UserError, match="wears its own"):
        GraphOptions(source="sim", imu="udp")


@pytest.mark.parametrize("imu", ["missing.csv", "missing.yaml", "movella_dot"])
def test_what_cannot_work_is_said_before_any_process_starts(monkeypatch: pytest.MonkeyPatch, imu: str) -> None:
    monkeypatch.setattr(preflight.pose_model, "path", lambda complexity: Path())
    with pytest.raises(UserError):
        preflight.check(GraphOptions(source="topics", imu=imu))

"""The launch file offers every option and starts exactly the nodes of the list."""

from __future__ import annotations

import ast
import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from sportcoach.bag import read_messages
from sportcoach.graph import OPTIONS, GraphOptions, nodes, parse_options

LAUNCH_FILE = Path(__file__).resolve().parents[2] / "launch" / "bringup.launch.py"

CHOICES = [
    {"source": "video", "video": "a clip: 1.mp4", "record": "10", "namespace": "left"},
    {"source": "camera", "device": "2", "voice": "false", "use_sim_time": "true"},
    {"source": "sim", "use_sim_time": "true", "rate": "0.5"},
    {"source": "topics", "image_topic": "/front/image_raw", "compressed": "true"},
]


def test_launch_file_names_no_node_and_no_option_itself() -> None:
    """It has them all from the list, or the two could drift."""
    tree = ast.parse(LAUNCH_FILE.read_text(encoding="utf-8"))
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    known = {spec.name for spec in nodes(GraphOptions(source="video", video="v", record="b"))} | set(OPTIONS)
    assert not words & known
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert {"OPTIONS", "nodes", "environment", "parse_options"} <= used


@pytest.fixture
def launch_file() -> ModuleType:
    pytest.importorskip("launch_ros.actions", reason="needs launch and launch_ros, part of a ROS 2 installation")
    loading = importlib.util.spec_from_file_location("bringup", LAUNCH_FILE)
    assert loading is not None
    assert loading.loader is not None
    module = importlib.util.module_from_spec(loading)
    loading.loader.exec_module(module)
    return module


def test_every_option_is_an_argument_with_its_description(launch_file: ModuleType) -> None:
    arguments = {a.name: a for a in launch_file.generate_launch_description().get_launch_arguments()}
    assert list(arguments) == list(OPTIONS)
    for name, option in OPTIONS.items():
        assert arguments[name].description.startswith(option.description)
        assert "".join(part.text for part in arguments[name].default_value) == option.default_text


def launched(launch_file: ModuleType, texts: dict[str, str]) -> list[tuple[Any, list[str]]]:
    """The Node actions for launch arguments `texts`, each with the words of its command that are known beforehand."""
    from launch import LaunchContext
    from launch.substitutions import LocalSubstitution

    context = LaunchContext()
    for name, option in OPTIONS.items():
        context.launch_configurations[name] = texts.get(name, option.default_text)
    actions = launch_file._nodes(context)
    found = []
    for action in actions:
        action._perform_substitutions(context)
        known = (word for word in action.cmd if not any(isinstance(part, LocalSubstitution) for part in word))
        found.append((action, ["".join(part.perform(context) for part in word) for word in known]))
    return found


@pytest.mark.parametrize("texts", CHOICES)
def test_nodes_of_the_launch_file_are_those_of_the_list(launch_file: ModuleType, texts: dict[str, str]) -> None:
    specs = nodes(parse_options(texts))
    actions = launched(launch_file, texts)
    assert len(actions) == len(specs)
    for spec, (action, words) in zip(specs, actions, strict=True):
        assert (action.node_package, action.node_executable) == (spec.package, spec.executable)
        assert words[0].endswith(f"lib/{spec.package}/{spec.executable}")
        assert action.node_name.endswith(f"/{spec.name}")
        assert bool(spec.namespace) == action.node_name.startswith(f"/{spec.namespace}/")
        assert tuple(action.expanded_remapping_rules or ()) == spec.remappings
        files = [words[index + 1] for index, word in enumerate(words) if word == "--params-file"]
        read = [yaml.full_load(Path(file).read_text(encoding="utf-8")) for file in files]  # full: it may hold tuples
        parameters = {k: v for file in read for section in file.values() for k, v in section["ros__parameters"].items()}
        assert parameters == dict(spec.parameters)
        assert all(type(parameters[name]) is type(value) for name, value in spec.parameters.items())


PROGRAM = """
import sys
from launch import LaunchDescription, LaunchService
from launch.actions import IncludeLaunchDescription
from launch.launch_description_sources import PythonLaunchDescriptionSource
source = PythonLaunchDescriptionSource(sys.argv[1])
arguments = [argument.split(":=", 1) for argument in sys.argv[2:]]
service = LaunchService()
service.include_launch_description(LaunchDescription([IncludeLaunchDescription(source, launch_arguments=arguments)]))
sys.exit(service.run())
"""
"""What `ros2 launch` does."""


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-c", PROGRAM, str(LAUNCH_FILE), *arguments],
        env={**os.environ, "ROS_LOG_DIR": str(tmp_path / "log")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def write_clip(path: Path, frames: int) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 30.0, (320, 240))
    for index in range(frames):
        writer.write(np.full((240, 320, 3), index % 256, np.uint8))
    writer.release()
    return path


@pytest.mark.graph
def test_launch_ends_by_itself_with_a_clear_line_on_a_missing_video(launch_file: ModuleType, tmp_path: Path) -> None:
    process = start(tmp_path, "source:=video", f"video:={tmp_path / 'none.mp4'}", "voice:=false")
    output, _ = process.communicate(timeout=60)
    assert "no such video file" in output
    assert "camera_node ended with exit code 2" in output


@pytest.mark.graph
def test_launch_plays_and_records_a_clip_and_ends_on_ctrl_c(launch_file: ModuleType, tmp_path: Path) -> None:
    clip, bag = write_clip(tmp_path / "clip.mp4", frames=90), tmp_path / "bag"
    process = start(tmp_path, "source:=video", f"video:={clip}", f"record:={bag}", "voice:=false", "namespace:=left")
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if "camera_node" in line and "finished cleanly" in line:
            time.sleep(2.0)  # for the nodes behind it
            os.killpg(process.pid, signal.SIGINT)  # Ctrl-C reaches everything on the terminal
    assert process.wait(timeout=10) == 0, "".join(seen)
    counts = Counter(topic for topic, _, _ in read_messages(bag))
    # Not all 90: while readers and writers are still finding each other, the first ones have nobody to go to.
    assert counts["/left/skeleton"] > 30, "".join(seen)
    assert counts["/left/action"] > 30, "".join(seen)

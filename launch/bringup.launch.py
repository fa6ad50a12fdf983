"""The whole graph for `ros2 launch sportcoach bringup.launch.py`; `--show-args` tells what can be chosen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from launch import Action, LaunchContext, LaunchDescription
from launch.actions import DeclareLaunchArgument, LogInfo, OpaqueFunction, SetEnvironmentVariable, Shutdown
from launch.events.process import ProcessExited
from launch.substitutions import LaunchConfiguration
from launch_ros.actions import Node
from launch_ros.parameter_descriptions import ParameterValue

from sportcoach.graph import OPTIONS, NodeSpec, Option, Value, environment, nodes, parse_options
from sportcoach.respawn import Respawn
from sportcoach.supervisor import BACK_OFF


def _argument(option: Option) -> DeclareLaunchArgument:
    return DeclareLaunchArgument(
        option.name,
        default_value=option.default_text,
        description=option.description,
        choices=list(option.choices) or None,
    )


def _parameter(value: Value) -> Any:
    """As launch takes it: a bare string would be read as YAML, '10' as a number."""
    if isinstance(value, str):
        return ParameterValue(value, value_type=str)
    return list(value) if isinstance(value, tuple) else value


def _on_exit(spec: NodeSpec) -> Callable[[ProcessExited, LaunchContext], list[Action]]:
    """Ends the launch when a node ended that is not started again; the same rules as in the supervisor."""
    respawn = Respawn()

    def on_exit(event: ProcessExited, context: LaunchContext) -> list[Action]:
        missed = spec.vital and not (event.returncode == 0 and not spec.respawn)
        if context.is_shutdown or not missed or (spec.respawn and respawn.again(event.returncode, time.monotonic())):
            return []
        reason = f"{spec.name} ended with exit code {event.returncode}: the graph is stopped"
        return [LogInfo(msg=reason), Shutdown(reason=reason)]

    return on_exit


def _node(spec: NodeSpec) -> Node:
    return Node(
        package=spec.package,
        executable=spec.executable,
        name=spec.name,
        namespace=spec.namespace or None,
        parameters=[{name: _parameter(value) for name, value in spec.parameters.items()}],
        remappings=list(spec.remappings),
        output="both",
        respawn=spec.respawn,
        respawn_delay=BACK_OFF,
        respawn_max_retries=-1,  # _on_exit decides: it ends the launch before the delay is over
        on_exit=_on_exit(spec),
    )


def _nodes(context: LaunchContext) -> list[Node]:
    texts = {name: LaunchConfiguration(name).perform(context) for name in OPTIONS}
    return [_node(spec) for spec in nodes(parse_options(texts))]


def generate_launch_description() -> LaunchDescription:
    """Arguments, environment and nodes, all from the list that `sportcoach up` uses."""
    return LaunchDescription(
        [
            *(_argument(option) for option in OPTIONS.values()),
            *(SetEnvironmentVariable(name, value) for name, value in environment().items()),
            OpaqueFunction(function=_nodes),
        ]
    )

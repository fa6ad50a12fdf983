"""Parameters are what config/parameters.yaml says, and wrong ones are named."""

from __future__ import annotations

import pytest
import yaml

from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.parameters import COMMON, ParameterSpec, load_parameters, refuse_unknown

PATH = config_path("parameters.yaml")
NODES = [name for name in yaml.safe_load(PATH.read_text(encoding="utf-8")) if name != COMMON]


@pytest.mark.parametrize("node", NODES)
def test_every_default_passes_its_own_check(node: str) -> None:
    for spec in load_parameters(PATH, node).values():
        spec.check(spec.default)
        assert spec.description.endswith(".")


def test_an_unknown_parameter_is_named() -> None:
    specs = load_parameters(PATH, "pose_node")
    refuse_unknown(["complexity", "use_sim_time", "qos_overrides./image_raw.depth"], specs, "pose_node")
    with pytest.raises(UserError, match="pose_node has no parameter 'complexty'"):
        refuse_unknown(["complexty"], specs, "pose_node")


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (ParameterSpec("a", "int", 1, "", 0, 5), 6),
        (ParameterSpec("a", "int", 1, ""), True),
        (ParameterSpec("a", "double", 1.0, ""), 1),
        (ParameterSpec("a", "string", "x", "", choices=("x", "y")), "z"),
        (ParameterSpec("a", "bool", True, ""), "yes"),
        (ParameterSpec("a", "string_array", [], ""), "x"),
    ],
)
def test_a_wrong_value_is_refused(spec: ParameterSpec, value: object) -> None:
    with pytest.raises(UserError, match="parameter 'a'"):
        spec.check(value)

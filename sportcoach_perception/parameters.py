"""What config/parameters.yaml declares: the parameters of every node, with type, default, range and description."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError
from sportcoach_perception.yaml_loader import SAFE_LOADER

COMMON: Final = "every_node"
"""Section whose parameters every node has."""

_TYPES: Final[dict[str, type]] = {
    "bool": bool,
    "int": int,
    "double": float,
    "string": str,
    "string_array": list,
}


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One parameter; `lowest` and `highest` are None without a range, `choices` is empty when any value goes."""

    name: str
    type: str
    default: Any
    description: str
    lowest: float | None = None
    highest: float | None = None
    choices: tuple[str, ...] = ()

    def check(self, value: Any) -> None:
        """Raises UserError when `value` is not of the type, in the range or among the choices."""
        kind: type = type(value)
        if kind is not _TYPES[self.type] or (kind is list and not all(isinstance(v, str) for v in value)):
            raise UserError(f"parameter '{self.name}' is of type {self.type}, not {value!r}")
        if self.lowest is not None and self.highest is not None and not self.lowest <= value <= self.highest:
            raise UserError(f"parameter '{self.name}' is {value!r}; it goes from {self.lowest:g} to {self.highest:g}")
        if self.choices and value not in self.choices:
            raise UserError(f"parameter '{self.name}' is {value!r}; it is one of {', '.join(self.choices)}")


def load_parameters(path: Path, node: str) -> dict[str, ParameterSpec]:
    """The parameters of `node`, by name, the common ones first."""
    sections: Mapping[str, Mapping[str, Mapping[str, Any]]] = yaml.load(path.read_text("utf-8"), SAFE_LOADER)
    specs = {}
    for name, entry in {**sections[COMMON], **sections[node]}.items():
        lowest, highest = entry.get("range", (None, None))
        choices = tuple(entry.get("choices", ()))
        specs[name] = ParameterSpec(
            name, entry["type"], entry["default"], entry["description"], lowest, highest, choices
        )
    return specs


def read_parameters(path: Path, node: str) -> dict[str, Any]:
    """Parameters of `node` that a YAML file gives, by name; lists as tuples.

    Raises:
        UserError: the file cannot be read, or gives something that is not a parameter of the node or not of its type.
    """
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UserError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise UserError(f"{path} does not list parameters of {node}, each 'name: value'")
    specs = load_parameters(config_path("parameters.yaml"), node)
    refuse_unknown(map(str, given), specs, node)
    for name, value in given.items():
        specs[str(name)].check(value)
    # ROS could not tell the type of an empty list.
    return {name: tuple(v) if isinstance(v, list) else v for name, v in given.items() if v != []}


def refuse_unknown(given: Iterable[str], specs: Mapping[str, ParameterSpec], node: str) -> None:
    """Raises UserError when a parameter was given that `node` does not have; ROS itself would drop it silently."""
    ours = [name for name in given if name != "use_sim_time" and not name.startswith("qos_overrides.")]
    unknown = sorted(set(ours) - set(specs))
    if unknown:
        raise UserError(f"{node} has no parameter '{unknown[0]}'; it has {', '.join(sorted(specs))}")

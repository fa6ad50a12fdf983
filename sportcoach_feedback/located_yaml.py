"""YAML whose mistakes are reported with file and line."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import yaml

from sportcoach_perception.errors import UserError
from sportcoach_perception.yaml_loader import SAFE_LOADER


class Entry:
    """A value in a YAML file that knows its line; accessors check what they return and raise UserError."""

    def __init__(self, node: yaml.Node, path: Path, what: str) -> None:
        self._node = node
        self._path = path
        self._what = what

    def error(self, problem: str) -> UserError:
        """The error to raise about this entry."""
        return UserError(f"{self._path}:{self._node.start_mark.line + 1}: {problem}")

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Entry]:
        """The entries of a mapping, by key: all of `required`, any of `optional`, nothing else, nothing twice."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error(f"{self._what} must be a mapping of {', '.join(required)}")
        fields: dict[str, Entry] = {}
        for key, value in self._node.value:
            name = str(key.value)
            if name not in required and name not in optional:
                known = ", ".join((*required, *optional))
                raise Entry(key, self._path, name).error(f"unknown key '{name}' in {self._what}; known are {known}")
            if name in fields:
                raise Entry(key, self._path, name).error(f"'{name}' given twice in {self._what}")
            fields[name] = Entry(value, self._path, name)
        missing = [name for name in required if name not in fields]
        if missing:
            raise self.error(f"{self._what} lacks '{missing[0]}'")
        return fields

    def mapping(self) -> dict[str, Entry]:
        """The entries of a mapping with free keys."""
        if not isinstance(self._node, yaml.MappingNode):
            raise self.error(f"{self._what} must be a mapping")
        return self.fields([str(key.value) for key, _ in self._node.value])

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return isinstance(self._node, yaml.SequenceNode)

    def items(self) -> list[Entry]:
        """The entries of a list."""
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.error(f"{self._what} must be a list")
        return [Entry(node, self._path, self._what) for node in self._node.value]

    def text(self) -> str:
        """A string that is not empty."""
        value = self._scalar()
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"{self._what} must be text")
        return value.strip()

    def choice(self, choices: Collection[str]) -> str:
        """One of `choices`."""
        value = self.text()
        if value not in choices:
            raise self.error(f"{self._what} is '{value}'; it must be one of {', '.join(choices)}")
        return value

    def number(self, lowest: float, highest: float) -> float:
        """A number from `lowest` to `highest`."""
        value = self._scalar()
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise self.error(f"{self._what} must be a number from {lowest:g} to {highest:g}")
        return float(value)

    def flag(self) -> bool:
        """True or false."""
        value = self._scalar()
        if not isinstance(value, bool):
            raise self.error(f"{self._what} must be true or false")
        return value

    def _scalar(self) -> Any:
        if not isinstance(self._node, yaml.ScalarNode):
            return None
        try:
            return yaml.constructor.SafeConstructor.construct_object(yaml.SafeLoader(""), self._node)
        except (yaml.YAMLError, ValueError) as error:  # a tag that is unknown, or that the text does not fit
            raise self.error(f"{self._what} '{self._node.value}' cannot be read as {self._node.tag}") from error


def read_yaml(path: Path, what: str) -> Entry:
    """The root entry of the YAML file at `path`; `what` it describes goes into error messages.

    Raises:
        UserError: the file cannot be read or is not YAML.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=SAFE_LOADER)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not a text file in UTF-8") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UserError(f"{path}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise UserError(f"{path} is not YAML: {error}") from error
    if node is None:
        raise UserError(f"{path} is empty; it must hold {what}")
    return Entry(node, path, what)

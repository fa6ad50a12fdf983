"""Movements as key postures with a rhythm, one YAML file each in `movements/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import yaml

from sportcoach_perception.errors import UserError
from sportcoach_perception.yaml_loader import SAFE_LOADER
from sportcoach_sim.posture import CONTROLS, GROUP, Support, names_of, posture
from sportcoach_sim.rotations import Array

START: Final = "start"

Window = tuple[float, float]
"""Part of a move's time, 0 to 1, in which a group of controls moves."""


@dataclass(frozen=True, slots=True)
class Move:
    """From wherever the athlete is to the key posture `to`.

    seconds: duration at the mean tempo.
    pause: how long the key posture is held [s].
    windows: when each group of controls moves; the whole time for those not named.
    hop: both feet leave the floor while they move.
    step: the side whose foot leaves the floor while it moves, or empty.
    """

    to: str
    seconds: float
    pause: float
    windows: Mapping[str, Window]
    hop: bool
    step: str


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A way in which a movement is done wrongly.

    unit, meaning: of the magnitude.
    range: magnitudes that occur.
    add: change (N,) of each key posture per unit of magnitude.
    late: groups of controls that begin late, by the magnitude as a share of the move.
    changes: the joint angles that it changes, without side; all others stay.
    """

    unit: str
    meaning: str
    range: tuple[float, float]
    add: Mapping[str, Array]
    late: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """An exercise, or something else that people do.

    action: label of the recognition.
    alternating: every second repetition is mirrored.
    keys: (N,) postures by name, START among them.
    vary: (N,) standard deviation from repetition to repetition, degrees or fractions of the height.
    asymmetry: (N,) standard deviation from athlete to athlete, of each side on its own.
    """

    name: str
    action: str
    source: str
    support: Support
    alternating: bool
    keys: Mapping[str, Array]
    cycle: tuple[Move, ...]
    vary: Array
    asymmetry: Array
    faults: Mapping[str, FaultSpec]

    def check_faults(self, magnitudes: Mapping[str, float]) -> None:
        """Raises: UserError when a fault isn't one of this movement."""
        for name in magnitudes:
            if name not in self.faults:
                known = ", ".join(self.faults) or "none"
                raise UserError(f"{self.name} has no fault named '{name}'; there are: {known}")


def _deviations(values: Mapping[str, float]) -> Array:
    result = np.zeros(len(CONTROLS))
    for name, value in values.items():
        for control in names_of(name):
            result[CONTROLS.index(control)] = value
    return result


def _move(entry: Mapping[str, Any]) -> Move:
    windows = {group: (float(a), float(b)) for group, (a, b) in entry.get("windows", {}).items()}
    if not set(windows) <= set(GROUP.values()):
        raise KeyError(f"windows of {', '.join(windows)}")
    return Move(
        to=entry["to"],
        seconds=float(entry["seconds"]),
        pause=float(entry.get("pause", 0.0)),
        windows=windows,
        hop=bool(entry.get("hop", False)),
        step=entry.get("step", ""),
    )


def _fault(entry: Mapping[str, Any]) -> FaultSpec:
    low, high = entry["range"]
    return FaultSpec(
        unit=entry["unit"],
        meaning=entry["meaning"],
        range=(float(low), float(high)),
        add={key: _deviations(values) for key, values in entry.get("add", {}).items()},
        late=tuple(entry.get("late", ())),
        changes=tuple(entry["changes"]),
    )


def parse(name: str, definition: Mapping[str, Any]) -> Movement:
    """The movement `name` from the fields of its YAML file; unknown controls and keys raise KeyError."""
    start = posture(definition[START])
    keys = {START: start, **{key: posture(values, start) for key, values in definition["keys"].items()}}
    movement = Movement(
        name=name,
        action=definition["action"],
        source=definition["source"],
        support=Support(definition["support"]),
        alternating=bool(definition.get("alternating", False)),
        keys=keys,
        cycle=tuple(_move(entry) for entry in definition["cycle"]),
        vary=_deviations(definition.get("vary", {})),
        asymmetry=_deviations(definition.get("asymmetry", {})),
        faults={fault: _fault(entry) for fault, entry in definition.get("faults", {}).items()},
    )
    for key in (*(move.to for move in movement.cycle), *(k for f in movement.faults.values() for k in f.add)):
        if key not in keys:
            raise KeyError(key)
    return movement


@cache
def movements() -> Mapping[str, Movement]:
    """All movements by name."""
    folder = files("sportcoach_sim") / "movements"
    found = sorted((item for item in folder.iterdir() if item.name.endswith(".yaml")), key=lambda item: item.name)
    texts = {item.name.removesuffix(".yaml"): item.read_text("utf-8") for item in found}
    return {name: parse(name, yaml.load(text, SAFE_LOADER)) for name, text in texts.items()}


def movement(name: str) -> Movement:
    """The movement `name`.

    Raises:
        UserError: there is none.
    """
    known = movements()
    if name not in known:
        raise UserError(f"no movement named '{name}'; there are {', '.join(known)}")
    return known[name]

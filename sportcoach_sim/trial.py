"""A trial: who does what, where, and what goes wrong on the way; from a YAML file or the demo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from sportcoach_perception.errors import UserError
from sportcoach_sim.plan import DEMO, DEMO_SCENE, Away, Plan, PlannedSet
from sportcoach_sim.scene import Camera, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, PictureFaults, World

DEMO_NAME: Final = "demo"
SECTIONS: Final = ("subject", "camera", "scene", "picture", "links", "plan")


@dataclass(frozen=True)
class Trial:
    """What an `Athlete` needs but its seed."""

    plan: Plan
    subject: Subject = field(default_factory=Subject)
    scene: Scene = field(default_factory=Scene)
    world: World = field(default_factory=World)


def load_trial(name: str) -> Trial:
    """The trial `demo`, or that of the YAML file `name` (docs/simulation.md says what it holds).

    Raises:
        UserError: there is no such file, or it is not a trial.
    """
    if name == DEMO_NAME:
        return Trial(DEMO, scene=DEMO_SCENE)
    try:
        definition = yaml.safe_load(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"trial {name}: {error.strerror}; name a YAML file, or '{DEMO_NAME}'") from error
    except yaml.YAMLError as error:
        raise UserError(f"trial {name} is not YAML: {' '.join(str(error).split())}") from error
    try:
        return _trial(definition)
    except (TypeError, ValueError, AttributeError) as error:
        raise UserError(f"trial {name}: {error}") from error


def _trial(definition: Mapping[str, Any]) -> Trial:
    if not isinstance(definition, Mapping) or not definition.get("plan"):
        raise ValueError("it has no 'plan', a list of sets")
    unknown = sorted(set(definition) - set(SECTIONS))
    if unknown:
        raise ValueError(f"unknown section '{unknown[0]}'; there are {', '.join(SECTIONS)}")
    links = {limb: LinkFaults(**faults) for limb, faults in definition.get("links", {}).items()}
    return Trial(
        plan=tuple(_entry(entry) for entry in definition["plan"]),
        subject=Subject(**definition.get("subject", {})),
        scene=Scene(camera=Camera(**definition.get("camera", {})), **definition.get("scene", {})),
        world=World(picture=PictureFaults(**definition.get("picture", {})), links=links),
    )


def _entry(entry: Mapping[str, Any]) -> PlannedSet | Away:
    return Away(float(entry["away"])) if "away" in entry else PlannedSet(**entry)

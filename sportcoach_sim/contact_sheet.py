"""Contact sheets: what the simulated athlete looks like, for the documentation.

`python -m sportcoach_sim.contact_sheet docs/images` draws them anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.frames import ImageFrame
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.movement import movement
from sportcoach_sim.plan import Plan, PlannedSet
from sportcoach_sim.scene import VIEWS, Camera, Scene
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import PictureFaults, World

Picture = NDArray[np.uint8]

COLUMNS: Final = 8
TILE: Final = (200, 150)
"""Width and height of one picture on a sheet."""


def _tile(picture: Picture, text: str) -> Picture:
    tile = cv2.resize(picture, TILE, interpolation=cv2.INTER_AREA)
    cv2.putText(tile, text, (4, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.36, (20, 20, 20), 1, cv2.LINE_AA)
    return np.asarray(tile, np.uint8)


def strip(plan: Plan, scene: Scene, title: str, subject: Subject | None = None, world: World | None = None) -> Picture:
    """One row: `COLUMNS` pictures, evenly spread over the last repetition of the plan."""
    with Athlete(subject or Subject(), plan, 1, scene, world, frame_rate=15.0) as athlete:
        last: list[Picture] = []
        truth: Truth | None = None
        for observation in athlete.observe():
            if isinstance(observation.data, Truth):
                truth = observation.data
            elif isinstance(observation.data, ImageFrame) and truth is not None:
                entry = plan[-1]
                if (
                    isinstance(entry, PlannedSet)
                    and truth.repetition == entry.repetitions
                    and truth.movement == entry.movement
                ):
                    last.append(observation.data.image)
    chosen = [last[i] for i in np.linspace(0, len(last) - 1, COLUMNS).astype(int)]
    return np.hstack([_tile(picture, title if column == 0 else "") for column, picture in enumerate(chosen)])


def _scene(view: str, stool: bool = False) -> Scene:
    return Scene(camera=Camera(azimuth=VIEWS[view]), stool=stool)


def sheets() -> dict[str, Picture]:
    """All sheets by the name of their file, without suffix."""
    exercises = [
        strip((PlannedSet(name, 2 if movement(name).alternating else 1),), _scene(view), f"{name}, {view}")
        for name in ("squat", "push_up", "lunge", "jumping_jack")
        for view in VIEWS
    ]
    faults = [
        strip((PlannedSet(name, 1, {fault: movement(name).faults[fault].range[1]}),), _scene(view), f"{name}: {fault}")
        for name, fault, view in (
            ("squat", "shallow_depth", "side"),
            ("squat", "knee_valgus", "front"),
            ("squat", "trunk_lean", "side"),
            ("squat", "weight_shift", "front"),
            ("push_up", "hip_sag", "side"),
            ("push_up", "hip_pike", "side"),
            ("push_up", "half_range", "side"),
            ("push_up", "elbow_flare", "front"),
            ("lunge", "knee_past_toes", "side"),
            ("lunge", "short_step", "side"),
            ("lunge", "trunk_lean", "side"),
            ("jumping_jack", "arms_not_overhead", "front"),
            ("jumping_jack", "feet_not_apart", "front"),
            ("jumping_jack", "out_of_rhythm", "front"),
        )
    ]
    others = [
        strip((PlannedSet(name, 1),), _scene("oblique", stool=name == "sit_down"), name)
        for name in ("standing", "walking_on_the_spot", "biceps_curl", "arm_circles", "tie_shoe", "sit_down")
    ]
    people = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        people.append(strip((PlannedSet("squat", 1),), Scene.sample(rng), f"athlete {seed}", Subject.sample(rng)))
    spoilt = [
        strip((PlannedSet("jumping_jack", 1),), scene, title, world=World(faults))
        for title, scene, faults in (
            ("occlusion 45 %", _scene("front"), PictureFaults(occlusion=0.45)),
            ("darkness 0.7", _scene("front"), PictureFaults(darkness=0.7)),
            ("lamp off", Scene(light=0.35), PictureFaults()),
            ("exposure 33 ms", _scene("front"), PictureFaults(exposure=0.033)),
            ("tilt 12 degrees", Scene(camera=Camera(tilt=12.0)), PictureFaults()),
        )
    ]
    rows = {"exercises": exercises, "faults": faults, "other": others, "people": people, "world": spoilt}
    return {f"sim_{name}": np.vstack(strips) for name, strips in rows.items()}


def main() -> None:
    """Write the sheets into the folder that is named on the command line."""
    folder = Path(sys.argv[1])
    for name, sheet in sheets().items():
        cv2.imwrite(str(folder / f"{name}.png"), sheet[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()

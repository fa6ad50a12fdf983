"""The athlete's own body: neutral posture and proportions from standing still for a moment, kept per athlete."""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np

from sportcoach_feedback.exercise import DIFFERENCE, Exercise, FaultRule, JudgedAngle, view_of
from sportcoach_feedback.pose import Pose
from sportcoach_perception.angles import ANGLES, Angles, split_side
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.skeleton import LANDMARK_INDEX

STANDING: Final = 2_000_000_000
"""So long the athlete must stand still [ns]."""

STILL: Final = 4.0
"""Largest change of any angle that counts while standing still [degrees], but for one frame in twenty."""

UPRIGHT: Final = {"knee": 155.0, "hip": 150.0}
"""Smallest angles of somebody who stands [degrees]."""

PERSONAL: Final = {"knee_valgus": 0.0, "trunk": 3.0}
"""Angles in which people differ when they stand, with what is usual [degrees]: their limits move along."""

LARGEST: Final = 6.0
"""Limits are moved no further than this [degrees]: a fault must not calibrate itself away."""


Part = TypeVar("Part", JudgedAngle, FaultRule)


@dataclass(frozen=True, slots=True)
class Calibration:
    """One athlete's neutral posture.

    angles: degrees by name, as seen from `view`.
    legs: length of the legs against that of the trunk.
    """

    view: str
    angles: Mapping[str, float]
    legs: float

    def shift(self, angle: str) -> float:
        """By how much the limits of `angle`, without side, are moved [degrees], both sides alike."""
        if angle not in PERSONAL:
            return 0.0
        found = [value for name, value in self.angles.items() if split_side(name)[1] == angle]
        return float(np.clip(np.mean(found) - PERSONAL[angle], -LARGEST, LARGEST)) if found else 0.0

    def adapt(self, exercise: Exercise) -> Exercise:
        """`exercise` with references and limits moved to this athlete, for the view of the calibration."""
        return replace(
            exercise,
            joints=tuple(part for joint in exercise.joints for part in self._joint(joint)),
            faults=tuple(part for rule in exercise.faults for part in self._rule(rule)),
        )

    def _joint(self, joint: JudgedAngle) -> tuple[JudgedAngle, ...]:
        shift = self.shift(joint.angle)
        if not shift or self.view not in joint.views:
            return (joint,)
        moved = tuple((x, degrees + shift) for x, degrees in joint.curve)
        return self._split(joint, replace(joint, views=(self.view,), curve=moved))

    def _rule(self, rule: FaultRule) -> tuple[FaultRule, ...]:
        shift = 0.0 if rule.side == DIFFERENCE else self.shift(rule.angle)
        if not shift or self.view not in rule.views:
            return (rule,)
        return self._split(rule, replace(rule, views=(self.view,), threshold=rule.threshold + shift))

    def _split(self, general: Part, own: Part) -> tuple[Part, ...]:
        others = tuple(view for view in general.views if view != self.view)
        return (own, replace(general, views=others)) if others else (own,)


class Calibrator:
    """Waits until the athlete stands still for `STANDING`, all of the body in view, and measures."""

    def __init__(self) -> None:
        self._seen: deque[tuple[int, Pose, float]] = deque()

    def step(self, stamp: int, pose: Pose | None, world: Floats) -> Calibration | None:
        """Take the pose at `stamp` [ns], None while nobody is in view; returns the calibration once it is there."""
        if pose is None or not _stands(pose):
            self._seen.clear()
            return None
        self._seen.append((stamp, pose, _leg_share(world)))
        while stamp - self._seen[0][0] > STANDING:
            self._seen.popleft()
        if stamp - self._seen[0][0] < 0.95 * STANDING:
            return None
        angles = np.array([pose.angles for _, pose, _ in self._seen])
        bends = angles[:, [n for n, name in enumerate(ANGLES) if split_side(name)[1] in UPRIGHT]]
        if np.percentile(np.ptp(bends, axis=0), 95) > STILL:
            return None
        return self._measure(angles)

    def _measure(self, angles: Angles) -> Calibration:
        visible = np.median([pose.visibility for _, pose, _ in self._seen], axis=0) >= 0.5
        median = np.median(angles, axis=0)
        return Calibration(
            view_of(float(np.median([pose.view for _, pose, _ in self._seen]))),
            {name: round(float(median[n]), 2) for n, name in enumerate(ANGLES) if visible[n]},
            round(float(np.median([share for _, _, share in self._seen])), 3),
        )


def _stands(pose: Pose) -> bool:
    bends = {name: pose.mean(name) for name in UPRIGHT}
    return all(bends[name] >= lowest for name, lowest in UPRIGHT.items())  # NaN, unseen, is not standing


def _leg_share(world: Floats) -> float:
    def middle(name: str) -> Floats:
        return np.asarray((world[LANDMARK_INDEX[f"left_{name}"]] + world[LANDMARK_INDEX[f"right_{name}"]]) / 2.0)

    legs = np.linalg.norm(middle("hip") - middle("knee")) + np.linalg.norm(middle("knee") - middle("ankle"))
    return float(legs / max(float(np.linalg.norm(middle("shoulder") - middle("hip"))), 1e-6))


def default_folder() -> Path:
    """Where calibrations are kept: in the user's data folder."""
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "sportcoach" / "calibrations"


class Athletes:
    """Calibrations in a folder, one small JSON file per athlete: no pictures, nothing else about the person.

    Args:
        folder: made when the first athlete is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not re.fullmatch(r"[\w-]{1,40}", name):
            raise UserError(f"'{name}' cannot name an athlete: use letters, digits, - and _")
        return self._folder / f"{name}.json"

    def names(self) -> list[str]:
        """Everybody who is kept."""
        return sorted(path.stem for path in self._folder.glob("*.json"))

    def load(self, name: str) -> Calibration | None:
        """The calibration of `name`; None when there is none.

        Raises:
            UserError: the name is none, or the file is damaged.
        """
        path = self._path(name)
        try:
            kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            angles = {str(angle): float(value) for angle, value in kept["angles"].items() if angle in ANGLES}
            return Calibration(str(kept["view"]), angles, float(kept["legs"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{path} is damaged: delete it with 'sportcoach sessions delete {name}'") from error

    def keep(self, name: str, calibration: Calibration) -> None:
        """Keep the calibration of `name`, in place of an earlier one.

        Raises:
            UserError: the name is none, or the folder cannot be written to.
        """
        path = self._path(name)
        partial = path.with_suffix(".part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            partial.write_text(json.dumps(asdict(calibration), indent=1) + "\n", encoding="utf-8")
            os.replace(partial, path)
        except OSError as error:
            raise UserError(f"cannot write {path}: {error.strerror}") from error

    def forget(self, name: str) -> bool:
        """Delete what is kept of `name`; whether there was anything."""
        path = self._path(name)
        there = path.exists()
        path.unlink(missing_ok=True)
        return there

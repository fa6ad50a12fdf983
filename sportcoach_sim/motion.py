"""Movement in time: segments between key postures, each smooth to the second derivative and at rest at its ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sportcoach_sim.kinematics import Pose
from sportcoach_sim.movement import Window
from sportcoach_sim.posture import CONTROL_INDEX, CONTROLS, GROUP, PoseSolver, Support
from sportcoach_sim.rotations import Array

GRAVITY: Final = 9.80665

STEP_HEIGHT: Final = 0.03
"""How high a foot is lifted that steps to another place [fraction of the height]."""


def minimum_jerk(time: ArrayLike) -> Array:
    """From 0 at `time` 0 to 1 at 1, as people move (Flash and Hogan 1985, J Neurosci 5(7):1688-1703)."""
    t = np.clip(np.asarray(time, np.float64), 0.0, 1.0)
    return np.asarray(t**3 * (10.0 - 15.0 * t + 6.0 * t**2))


def bump(time: ArrayLike) -> Array:
    """Up from 0 to 1 and back, with zero slope and curvature at both ends; its curvature at the top is -24."""
    t = np.clip(np.asarray(time, np.float64), 0.0, 1.0)
    return np.asarray(64.0 * (t * (1.0 - t)) ** 3)


class Wobble:
    """What never stands still in a person: sway below 1 Hz, and physiological tremor of 8 to 12 Hz in the arms.

    Sway of a few millimetres of the centre of mass: Winter 1995, Gait and Posture 3(4):193-214; tremor: McAuley and
    Marsden 2000, Brain 123(8):1545-1567. A sum of sines, so that any instant can be asked for.

    Args:
        rng: draws frequencies and phases.
        amount: 1 for the average person.
    """

    SWAY: Final = {
        "shank": 0.35, "shift": 0.03, "trunk": 0.6, "side_bend": 0.5, "twist": 0.7, "head": 1.2, "head_turn": 1.5,
        "left_arm_flexion": 1.0, "right_arm_flexion": 1.0, "left_arm_abduction": 0.8, "right_arm_abduction": 0.8,
        "left_elbow": 1.0, "right_elbow": 1.0, "hip": 0.5, "left_flare": 0.8, "right_flare": 0.8,
    }  # fmt: skip
    """Standard deviations [degrees, share of the stance for the shift]."""

    TREMOR: Final = {"left_arm_flexion": 0.006, "right_arm_flexion": 0.006, "left_elbow": 0.008, "right_elbow": 0.008}
    """The same [degrees]: about 0.2 m/s^2 at the wrist."""

    WAVES: Final = 3

    def __init__(self, rng: np.random.Generator, amount: float) -> None:
        rows = [
            (CONTROL_INDEX[name], deviation * amount, low, high)
            for table, low, high in ((self.SWAY, 0.12, 0.7), (self.TREMOR, 8.0, 12.0))
            for name, deviation in table.items()
        ]
        shape = (len(rows), self.WAVES)
        self._mixing = np.zeros((len(rows), len(CONTROLS)))
        for row, (control, deviation, _, _) in enumerate(rows):
            self._mixing[row, control] = deviation * np.sqrt(2.0 / self.WAVES)
        low, high = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
        self._rate = 2.0 * np.pi * rng.uniform(low[:, None], high[:, None], shape)
        self._phase = rng.uniform(0.0, 2.0 * np.pi, shape)

    def at(self, times: Array) -> Array:
        """(T, N) to add to the postures at `times` (T,) [s]."""
        waves = np.sin(self._rate * times[:, None, None] + self._phase).sum(axis=-1)
        return np.asarray(waves @ self._mixing)


@dataclass(frozen=True)
class Segment:
    """From posture `first` to posture `last`, in `seconds` from `begin` [s].

    supports: what the athlete rests on in the first and in the last posture.
    windows: as in `Move`.
    hop, step: as in `Move`.
    movement, stage, repetition, faults: truth about the segment; repetition 0 where none is under way.
    progress: 0 at the starting posture, 1 at the turning point; at the segment's two ends.
    """

    begin: float
    seconds: float
    first: Array
    last: Array
    supports: tuple[Support, Support]
    windows: Mapping[str, Window] = field(default_factory=dict)
    hop: bool = False
    step: str = ""
    movement: str = ""
    stage: str = "idle"
    repetition: int = 0
    faults: Mapping[str, float] = field(default_factory=dict)
    progress: tuple[float, float] = (0.0, 0.0)

    @property
    def end(self) -> float:
        """When the next segment begins [s]."""
        return self.begin + self.seconds

    def _share(self, times: Array, group: str) -> Array:
        a, b = self.windows.get(group, (0.0, 1.0))
        return (times - self.begin - a * self.seconds) / ((b - a) * self.seconds)

    def progress_at(self, times: Array) -> Array:
        """(T,) progress at `times` (T,) [s]."""
        a, b = self.progress
        return a + minimum_jerk((times - self.begin) / self.seconds) * (b - a)

    def _off_floor(self, times: Array) -> Array:
        """(T, N) what hops and steps add to the postures."""
        result = np.zeros((len(times), len(CONTROLS)))
        height = bump(self._share(times, "feet"))
        if self.hop:
            a, b = self.windows.get("feet", (0.0, 1.0))
            # Weightless at the top, where the curvature of the bump is -24 / flight time^2; for a height of 1.75 m.
            result[:, CONTROL_INDEX["rise"]] = GRAVITY * ((b - a) * self.seconds) ** 2 / 24.0 / 1.75 * height
        for side in ("left", "right") if self.step == "both" else (self.step,) * bool(self.step):
            result[:, CONTROL_INDEX[f"{side}_lift"]] = STEP_HEIGHT * height
        return result

    def postures(self, times: Array) -> Array:
        """(T, N) at `times` (T,) [s]; before the segment the first, after it the last."""
        shares = {group: minimum_jerk(self._share(times, group)) for group in set(GROUP.values())}
        share = np.stack([shares[GROUP[name]] for name in CONTROLS], axis=1)
        return np.asarray(self.first + share * (self.last - self.first) + self._off_floor(times))

    def pose(self, times: Array, solver: PoseSolver, wobble: Wobble) -> Pose:
        """T poses at `times` (T,) [s]."""
        offset = wobble.at(times)
        before, after = self.supports
        if before is after:
            return solver.solve(self.postures(times) + offset, before)
        offset += self._off_floor(times)
        return solver.solve(self.first + offset, before).blend(
            solver.solve(self.last + offset, after),
            minimum_jerk(self._share(times, "body")),
            minimum_jerk(self._share(times, "feet")),
        )

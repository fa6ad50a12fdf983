"""From "five squats with the knees falling in" to segments of movement, with what varies from time to time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from sportcoach_sim.motion import Segment
from sportcoach_sim.movement import START, Move, Movement
from sportcoach_sim.posture import CONTROL_INDEX, Support, correlated, mirrored, posture
from sportcoach_sim.rotations import Array
from sportcoach_sim.subject import Subject

FATIGUE_RANGE: Final = 0.06
"""Share of the range of movement that is lost at the end of a long set."""

FATIGUE_TIME: Final = 0.18
"""Share by which repetitions are slower at the end of a long set; of about this size in squats and push-ups to
exhaustion: Gonzalez-Badillo et al. 2017, Int J Sports Med 38(3):217-225."""

LONG_SET: Final = 15
"""Repetitions after which an athlete is tired."""

TEMPO_SPREAD: Final = 0.06
"""Deviation of the logarithm of a repetition's duration."""

BOTH_SIDES: Final = 0.85
"""Correlation of what varies from repetition to repetition on the left and on the right."""

_STANDING_KNEE: Final = 4.0
"""People don't stand with less flexion of the knees than this [degrees]; it keeps the legs from being overstretched."""

_CROUCH: Final = posture(
    {
        "knee": 118, "shank": 34, "trunk": 90, "spine": 25, "head": 55, "toe_y": 0.06, "heel": 20, "toe_x": 0.03,
        "hand_x": 0.225, "hand_y": 0.15, "planted": 1, "flare": 10, "arm_flexion": 150, "elbow": 50,
    }
)  # fmt: skip
"""On the way down to the hands: squatting with the palms on the floor."""

_PIKE: Final = {"hip": 65.0, "elbow": 28.0}
"""What is different from the starting posture on the hands when the feet have just jumped back: hips high."""


def _tempered(duration: float, rng: np.random.Generator, spread: float) -> float:
    return duration * float(np.exp(rng.normal(0.0, spread)))


class Choreographer:
    """Writes what one athlete does, segment by segment, each beginning where the last one ended.

    Args:
        subject: tempo and variability.
        rng: for everything that varies.
        begin: time of the first segment [s].
    """

    def __init__(self, subject: Subject, rng: np.random.Generator, begin: float = 0.0) -> None:
        self._subject = subject
        self._rng = rng
        self._time = begin
        self._asymmetry: dict[str, Array] = {}
        self._last: Array | None = None
        self._support = Support.FEET

    def _segment(self, target: Array, seconds: float, support: Support | None = None, **fields: Any) -> Segment:
        first = target if self._last is None else self._last
        after = support or self._support
        segment = Segment(self._time, seconds, first, target, (self._support, after), **fields)
        self._time, self._last, self._support = segment.end, target, after
        return segment

    def _key(self, movement: Movement, key: str, faults: Mapping[str, float], effort: float) -> Array:
        """The key posture as this athlete takes it this time."""
        if movement.name not in self._asymmetry:
            spread = movement.asymmetry * self._subject.variability
            self._asymmetry[movement.name] = self._rng.normal(0.0, 1.0, len(spread)) * spread
        start = movement.keys[START]
        scale = 0.3 if key == START else 1.0
        noise = correlated(self._rng.normal(0.0, 1.0, len(start)), BOTH_SIDES)
        varied = noise * movement.vary * self._subject.variability * scale
        limit = 2.5 * movement.vary
        result = start + effort * (movement.keys[key] - start) + np.clip(varied, -limit, limit)
        for name, magnitude in faults.items():
            change = movement.faults[name].add.get(key)
            if change is not None:
                result += magnitude * change
        return result

    def _finish(self, movement: Movement, vector: Array, mirror: bool) -> Array:
        result = (mirrored(vector) if mirror else vector) + self._asymmetry[movement.name]
        knee = CONTROL_INDEX["knee"]
        result[knee] = max(result[knee], _STANDING_KNEE)
        return result

    def _windows(self, movement: Movement, move: Move, faults: Mapping[str, float]) -> dict[str, tuple[float, float]]:
        windows = dict(move.windows)
        for name, magnitude in faults.items():
            for group in movement.faults[name].late:
                windows[group] = (magnitude, 1.0)
        return windows

    def repetition(self, movement: Movement, number: int, faults: Mapping[str, float]) -> Iterator[Segment]:
        """The segments of one repetition; `number` counts from 1 within the set."""
        tired = min(1.0, (number - 1) / LONG_SET) * self._subject.variability
        pace = _tempered(
            (1.0 + FATIGUE_TIME * tired) / self._subject.tempo, self._rng, TEMPO_SPREAD * self._subject.variability
        )
        effort = 1.0 - FATIGUE_RANGE * tired
        mirror = movement.alternating and number % 2 == 0
        other = {"left": "right", "right": "left", "": ""}
        truth: dict[str, Any] = {"movement": movement.name, "repetition": number, "faults": dict(faults)}
        away = False
        for index, move in enumerate(movement.cycle):
            key = self._finish(movement, self._key(movement, move.to, faults, effort), mirror)
            back = index == len(movement.cycle) - 1
            progress = (1.0 if away else 0.0, 0.0 if back else 1.0)
            away = True
            stage = "end" if back else "execute"
            yield self._segment(
                key,
                move.seconds * pace,
                movement.support,
                windows=self._windows(movement, move, faults),
                hop=move.hop,
                step=other[move.step] if mirror else move.step,
                stage=stage,
                progress=progress,
                **truth,
            )
            if move.pause > 0.0:
                hold: dict[str, Any] = {"stage": "idle" if back else "execute", "progress": (progress[1],) * 2}
                pause = _tempered(move.pause, self._rng, 0.25 * self._subject.variability)
                yield self._segment(key, pause, **{**truth, **hold})

    def settle(self, movement: Movement, faults: Mapping[str, float]) -> Iterator[Segment]:
        """From wherever the athlete is into the starting posture of `movement`."""
        start = self._finish(movement, self._key(movement, START, faults, 1.0), mirror=False)
        if self._last is None:
            self._last, self._support = start, movement.support
        elif movement.support is self._support:
            if not np.allclose(start, self._last):
                yield self._segment(start, 0.9, step="both", windows={"feet": (0.1, 0.9)})
        elif movement.support is Support.HANDS:
            windows = {"feet": (0.0, 0.4), "body": (0.0, 0.75), "arms": (0.0, 0.6), "hands": (0.6, 1.0)}
            yield self._segment(_CROUCH, 1.6, step="both", windows=windows)
            pike = posture(_PIKE, start)
            yield self._segment(pike, 0.9, Support.HANDS, step="both", windows={"feet": (0.15, 0.85)})
            yield self._segment(start, 0.8)
        else:
            yield self._segment(posture(_PIKE, self._last), 0.8)
            yield self._segment(_CROUCH, 0.9, Support.FEET, step="both", windows={"feet": (0.15, 0.85)})
            windows = {"feet": (0.6, 1.0), "body": (0.25, 1.0), "arms": (0.4, 1.0), "hands": (0.0, 0.4)}
            yield self._segment(start, 1.6, step="both", windows=windows)

    def rest(self, movement: Movement, seconds: float) -> Segment:
        """Breathe for `seconds` in the posture the athlete is in."""
        assert self._last is not None, "settle before resting"
        return self._segment(self._last, seconds, movement=movement.name)

    @property
    def time(self) -> float:
        """When the next segment will begin [s]."""
        return self._time

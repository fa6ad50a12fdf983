"""How fast the athlete moves and is drawn, on this machine."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sportcoach_perception.frames import ImageFrame
from sportcoach_sim.athlete import FRAME_RATE, Athlete, Truth
from sportcoach_sim.plan import Plan, PlannedSet
from sportcoach_sim.subject import Subject


@dataclass(frozen=True, slots=True)
class Speed:
    """Time per picture [ms], IMUs included: of moving, and of drawing on top; and how much faster than life that is."""

    frames: int
    step_ms: float
    render_ms: float
    real_time_factor: float


def _milliseconds_per_frame(plan: Plan, draw: bool) -> tuple[int, float]:
    with Athlete(Subject(), plan, 0, draw=draw) as athlete:
        counted: type = ImageFrame if draw else Truth
        start = time.perf_counter()
        frames = sum(isinstance(observation.data, counted) for observation in athlete.observe())
        return frames, (time.perf_counter() - start) / frames * 1e3


def measure_speed(repetitions: int = 5) -> Speed:
    """Time of `repetitions` squats and as many push-ups, without and with pictures of 640 x 480.

    Raises:
        UserError: nothing can be drawn here.
    """
    plan = (PlannedSet("squat", repetitions), PlannedSet("push_up", repetitions))
    _, step = _milliseconds_per_frame(plan, draw=False)
    frames, both = _milliseconds_per_frame(plan, draw=True)
    return Speed(frames, step, max(0.0, both - step), 1e3 / FRAME_RATE / both)

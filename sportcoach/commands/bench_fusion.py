"""sportcoach bench fusion: how exactly, how fast and how steadily skeletons and IMUs are brought together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.bench_fusion_assignment import assignment_figures
from sportcoach.bench_fusion_offset import offset_figures
from sportcoach.figures import Figure, print_figures, report
from sportcoach.fusion_speed import Policy, fusion, never_matching, pairing_errors, run, valid_share, wired, wireless
from sportcoach.fusion_streams import EPOCH, Arrival, Motion, exercise
from sportcoach_perception.fusion import Fusion

DRAWS: Final = 10
"""Sets of four random sensors that the errors are measured over."""

HARD: Final = 0.1
"""Slop of the cases in which trying every combination takes long [s]."""

HARD_SECONDS: Final = 10
"""Length of these cases: message_filters needs much longer for them than they last."""


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.soak:
        return _print(arguments, "fusion-soak", list(soak_figures(arguments.soak)), {"seconds": arguments.soak})
    motion = Motion(arguments.seed)
    policies = list(available())
    print(f"policies: {', '.join(policy.name for policy in policies)}", file=sys.stderr)
    figures = [
        *error_figures(motion, policies, arguments.seed),
        *speed_figures(motion, policies, arguments.seed),
        *offset_figures(arguments.runs, arguments.seed),
        *assignment_figures(arguments.runs, arguments.seed),
    ]
    details = {"policies": [policy.name for policy in policies], "draws": DRAWS, "runs": arguments.runs}
    return _print(arguments, "fusion", figures, details)


def _print(arguments: argparse.Namespace, name: str, figures: list[Figure], details: Mapping[str, Any]) -> int:
    if arguments.json:
        print(report(name, arguments.seed, figures, details))
    else:
        print_figures(figures)
    return 0


def available() -> Iterator[Policy]:
    """Our two policies, and message_filters where it is installed."""
    yield Policy("interpolate", "interpolate")
    yield Policy("approximate", "approximate")
    try:
        from sportcoach_perception.fusion_node import BACKEND
    except ImportError:
        return
    if BACKEND is not None:
        yield Policy("message_filters", "approximate", BACKEND)


def error_figures(motion: Motion, policies: list[Policy], seed: int) -> Iterator[Figure]:
    """Pairing error with wireless sensors on clocks of their own; that of interpolation alone with perfect sensors."""
    for policy in policies:
        late, wrong, valid = [], [], []
        for draw in range(DRAWS):
            frames = run(fusion(policy, "device"), wireless(motion, seed + draw)).frames
            errors = pairing_errors(motion, frames)
            late.append(errors[0])
            wrong.append(errors[1])
            valid.append(valid_share(frames))
        yield Figure(f"{policy.name}_valid", float(np.mean(valid)), "share", "higher")
        target = 1.0 if policy.name == "interpolate" else None
        yield from _percentiles(f"{policy.name}_pairing", np.concatenate(late), "ms", target)
        yield from _percentiles(f"{policy.name}_acc_error", np.concatenate(wrong), "m/s^2")
    perfect = run(fusion(policies[0]), wired(motion, seed)).frames
    yield from _percentiles("perfect_clocks_acc_error", pairing_errors(motion, perfect)[1], "m/s^2")


def _percentiles(name: str, values: NDArray[np.float64], unit: str, p95: float | None = None) -> Iterator[Figure]:
    yield Figure(f"{name}_p50", float(np.percentile(values, 50)), unit, "lower")
    yield Figure(f"{name}_p95", float(np.percentile(values, 95)), unit, "lower", p95)
    yield Figure(f"{name}_max", float(values.max()), unit, "lower")


def speed_figures(motion: Motion, policies: list[Policy], seed: int) -> Iterator[Figure]:
    """CPU time per message: usually, with skeletons 500 ms late, and with two streams that never match.

    Last, that of interpolation together with the estimate of the offsets, as fusion_node does it by default.
    """
    late, never = _start_of(wired(motion, seed, delay=0.5)), _start_of(never_matching(motion, seed))
    for policy in policies:
        target, worst = (None, None) if policy.name == "message_filters" else (10.0, 1000.0)
        usual = run(fusion(policy), wired(motion, seed)).cpu
        yield Figure(f"{policy.name}_cpu_mean", float(usual.mean()), "us per message", "lower", target)
        yield Figure(f"{policy.name}_cpu_p50", float(np.percentile(usual, 50)), "us", "lower")
        yield Figure(f"{policy.name}_cpu_p99", float(np.percentile(usual, 99)), "us", "lower")
        yield Figure(f"{policy.name}_cpu_worst", float(usual.max()), "us", "lower", worst)
        for case, arrivals in (("late_skeletons", late), ("never_matching", never)):
            cpu = run(fusion(policy, slop=HARD), arrivals).cpu
            yield Figure(f"{policy.name}_{case}_cpu_mean", float(cpu.mean()), "us per message", "lower", target)
            yield Figure(f"{policy.name}_{case}_cpu_worst", float(cpu.max()), "us", "lower", worst)
    aligning = run(Fusion(), exercise(seed)).cpu
    yield Figure("aligning_cpu_mean", float(aligning.mean()), "us per message", "lower")
    yield Figure("aligning_cpu_p99", float(np.percentile(aligning, 99)), "us", "lower")
    yield Figure("aligning_cpu_worst", float(aligning.max()), "us", "lower")


def _start_of(arrivals: list[Arrival]) -> list[Arrival]:
    return [arrival for arrival in arrivals if arrival.time < EPOCH + HARD_SECONDS * 1_000_000_000]


def soak_figures(seconds: float) -> Iterator[Figure]:
    """The node as a process for a while: what it loses, what it costs.

    Raises:
        UserError: there is no ROS, or the node does not start.
    """
    from sportcoach.soak_node import soak

    result = soak(seconds)
    yield Figure("soak_skeletons_lost", result.skeletons_lost, "messages", "lower", 0)
    yield Figure("soak_imu_samples_lost", result.samples_lost, "messages", "lower", 0)
    yield Figure("soak_frames_incomplete", result.incomplete, "frames", "lower", 0)
    yield Figure("soak_cpu", result.cpu * 100.0, "% of a core", "lower", 15.0)
    yield Figure("soak_memory", result.memory[-1], "MiB", "lower")
    yield Figure("soak_memory_growth", result.growth, "MiB per hour", "lower", 10.0)

"""The bench of the fusion measures what it says, and the node holds out as a process."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sportcoach.fusion_speed import Policy, fusion, never_matching, pairing_errors, run, valid_share, wired
from sportcoach.fusion_streams import EPOCH, Link, in_order, readings, skeletons
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS

Floats = NDArray[np.float64]


class Swing:
    """What a Motion is, of a limb that swings once a second."""

    seconds = 14.0

    def at(self, times: Floats) -> Floats:
        return np.broadcast_to(np.sin(2.0 * np.pi * times)[:, None, None], (len(times), 4, 6))


def test_perfect_sensors_are_paired_without_error() -> None:
    motion = Swing()
    frames = run(fusion(Policy("interpolate", "interpolate")), wired(motion, 0)).frames  # type: ignore[arg-type]
    late, wrong = pairing_errors(motion, frames)  # type: ignore[arg-type]
    assert valid_share(frames) == 1.0 and len(late) == 4 * sum(f.stamp >= EPOCH + 10**10 for f in frames)
    assert late.max() < 0.01
    assert wrong.max() < 1.1 * np.sqrt(3.0) * 0.01**2 / 8.0 * (2.0 * np.pi) ** 2  # h^2 / 8 times the second derivative


def test_a_clock_of_one_s_own_is_mapped_and_its_error_seen() -> None:
    motion, rng = Swing(), np.random.default_rng(0)
    link = Link(offset=-100.0, drift=80.0, pace=0.003, interval=0.0, wait=0.0, delay=0.004)
    streams = [readings(motion, limb, link, rng) for limb in range(4)]  # type: ignore[arg-type]
    arrivals = in_order(skeletons(motion, rng), *streams)  # type: ignore[arg-type]
    late, _ = pairing_errors(motion, run(fusion(Policy("i", "interpolate"), "device"), arrivals).frames)  # type: ignore[arg-type]
    assert np.median(late) == pytest.approx(4.0, abs=0.5)  # the delay that cannot be seen


def test_streams_that_never_match_give_no_set() -> None:
    arrivals = never_matching(Swing(), 0)  # type: ignore[arg-type]
    frames = run(fusion(Policy("approximate", "approximate"), slop=0.1), arrivals).frames
    assert len(frames) == sum(isinstance(arrival.message, Skeleton) for arrival in arrivals)
    assert not any(frame.imu_valid.any() for frame in frames)
    assert {a.message.limb for a in arrivals if isinstance(a.message, ImuSample)} == set(LIMBS)


@pytest.mark.graph
def test_the_node_loses_nothing_for_a_while() -> None:
    pytest.importorskip("rclpy", reason="needs ROS 2")
    pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
    from sportcoach.soak_node import soak

    result = soak(3.0)
    assert (result.skeletons_lost, result.samples_lost) == (0, 0)
    assert result.cpu > 0.0 and result.memory[0] > 1.0

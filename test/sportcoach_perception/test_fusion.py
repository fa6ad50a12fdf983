"""The clocks of devices, offsets seen in the motion and the synchronizer work together, whatever the order."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach_perception.frames import FusedFrame, ImuSample, Skeleton
from sportcoach_perception.fusion import Fusion, FusionOptions
from sportcoach_perception.skeleton import LIMBS
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.subject import Subject
from sportcoach_sim.world import LinkFaults, World

MS = 1_000_000
OFFSETS = (0.15, -0.06)
"""Of the wrists' sensors [s]."""

Arrivals = list[tuple[int, Skeleton | ImuSample]]


@pytest.fixture(scope="module")
def observations() -> list[Skeleton | ImuSample]:
    """Eight jumping jacks, with sensors whose stamps are late and early."""
    links = {limb: LinkFaults(offset=offset) for limb, offset in zip(LIMBS, OFFSETS, strict=False)}
    plan = (PlannedSet("jumping_jack", 8, rest=0.5),)
    with Athlete(Subject(), plan, 3, world=World(links=links), draw=False) as athlete:
        data = [observation.data for observation in athlete.observe()]
    skeletons = [each.skeleton for each in data if isinstance(each, Truth)]
    return [*skeletons, *(each for each in data if isinstance(each, ImuSample))]


def fuse(arrivals: Arrivals, options: FusionOptions) -> tuple[Fusion, list[FusedFrame]]:
    fusion = Fusion(options)
    frames: list[FusedFrame] = []
    for time, message in sorted(arrivals, key=lambda arrival: arrival[0]):
        frames += fusion.add_imu(message, time) if isinstance(message, ImuSample) else fusion.add_skeleton(message)
    return fusion, frames + list(fusion.flush())


def arriving(observations: list[Skeleton | ImuSample], seed: int) -> Arrivals:
    """Everything within 50 ms of its stamp, each stream in order."""
    rng = np.random.default_rng(seed)
    phases = dict(zip(("skeleton", *LIMBS), rng.integers(0, 30 * MS, 5), strict=True))
    return [
        (each.stamp + int(phases[getattr(each, "limb", "skeleton")]) + 20 * MS * (each.stamp // (100 * MS) % 2), each)
        for each in observations
    ]


def test_offsets_are_learned_from_the_motion_and_applied(observations: list[Skeleton | ImuSample]) -> None:
    fusion, frames = fuse(arriving(observations, 0), FusionOptions(max_wait=1.0))
    assert fusion.alignment is not None
    applied = np.array(fusion.alignment.applied[:2]) * 1e-9
    np.testing.assert_allclose(applied, OFFSETS, atol=0.03)
    assert np.mean([frame.imu_valid[:2] for frame in frames]) > 0.9


def test_offsets_are_only_reported_when_told_so(observations: list[Skeleton | ImuSample]) -> None:
    fusion, _ = fuse(arriving(observations, 0), FusionOptions(max_wait=1.0, align="report"))
    assert fusion.alignment is not None and fusion.alignment.applied == [0] * 4
    assert fusion.alignment.estimates[0].sure


def test_the_order_of_arrival_changes_nothing(observations: list[Skeleton | ImuSample]) -> None:
    one, other = (fuse(arriving(observations, seed), FusionOptions(max_wait=1.0))[1][3:] for seed in (1, 2))
    assert [frame.stamp for frame in one] == [frame.stamp for frame in other]
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.imu, b.imu)


def test_device_time_becomes_ros_time() -> None:
    start, device = 1_000_000_000_000, 5 * MS
    samples = [
        (start + 10 * n * MS + 2 * MS, ImuSample(device + 10 * n * MS, "left_wrist", np.full(6, 10.0 * n, np.float32)))
        for n in range(100)
    ]
    skeletons = [(start + 33 * n * MS + 40 * MS, Skeleton(start + 33 * n * MS, detected=True)) for n in range(25)]
    _, frames = fuse([*samples, *skeletons], FusionOptions(imu_clock="device", align="off"))
    for frame in frames[3:]:
        assert frame.imu[0, 0] == pytest.approx((frame.stamp - start) / MS - 2.0, abs=0.1)


def test_no_alignment_without_imus() -> None:
    fusion = Fusion()
    for n in range(200):
        assert len(fusion.add_skeleton(Skeleton(33 * n * MS, detected=True))) == 1
    assert fusion.alignment is not None and fusion.alignment.applied == [0] * 4


@pytest.mark.parametrize("value", [0.0, 0.3, np.nan, np.inf])
def test_landmarks_without_a_body_teach_nothing(value: float) -> None:
    fusion = Fusion()
    image = np.full((33, 2), value, np.float32)
    for n in range(600):
        turn = np.array([0.0, 0.0, 9.81, np.sin(n / 15.0), 0.0, 0.0], np.float32)
        fusion.add_imu(ImuSample(10 * n * MS, "left_wrist", turn), 0)
        if n % 3 == 0:
            fusion.add_skeleton(Skeleton(10 * n * MS, True, image, visibility=np.ones(33, np.float32)))
    assert fusion.alignment is not None and not fusion.alignment.estimates[0].sure


def test_a_clock_that_is_set_back_takes_the_offset_with_it(observations: list[Skeleton | ImuSample]) -> None:
    fusion, _ = fuse(arriving(observations, 0), FusionOptions(max_wait=1.0))
    assert fusion.alignment is not None and fusion.alignment.applied[0] != 0
    for t in (0, 10):
        fusion.add_imu(ImuSample(t * MS - 10**12, "left_wrist", np.zeros(6, np.float32)), 0)
    assert fusion.alignment.applied[0] == 0

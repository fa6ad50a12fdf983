"""What is said about a stream is what happened to it since the last time."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach_perception.diagnostics import Level
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.fusion import Fusion, FusionOptions
from sportcoach_perception.fusion_health import FusionHealth
from sportcoach_perception.limb_assignment import Assignment
from sportcoach_perception.skeleton import LIMBS

MS = 1_000_000


@pytest.fixture
def fusion() -> Fusion:
    return Fusion(FusionOptions(align="off"))


def add(fusion: Fusion, *milliseconds: int, value: float = 1.0) -> None:
    for t in milliseconds:
        fusion.add_imu(ImuSample(t * MS, "left_wrist", np.full(6, value, np.float32)), t * MS)


def test_a_stream_at_work_is_fine_and_has_a_rate_and_an_age(fusion: Fusion) -> None:
    health = FusionHealth(fusion)
    add(fusion, *range(0, 1000, 10))
    health.report(1000 * MS)
    add(fusion, *range(1000, 2000, 10))
    status = health.report(2000 * MS)["left_wrist"]
    assert (status.level, status.values["rate"], status.values["age"]) == (Level.OK, "100.0", "0.010")
    assert status.values["received"] == 200


def test_a_sensor_never_heard_of_is_nothing_wrong_and_one_that_fell_silent_is_stale(fusion: Fusion) -> None:
    health = FusionHealth(fusion)
    assert health.report(0)["left_wrist"].level is Level.OK
    add(fusion, 0, 10)
    assert health.report(1000 * MS)["left_wrist"].level is Level.OK
    assert health.report(2000 * MS)["left_wrist"].level is Level.STALE


def test_refused_messages_are_warned_of_once(fusion: Fusion) -> None:
    health = FusionHealth(fusion)
    add(fusion, 0, 10, 5)
    status = health.report(0)["left_wrist"]
    assert status.level is Level.WARN and "refused" in status.message and status.values["late"] == 1
    add(fusion, 20)
    assert health.report(0)["left_wrist"].level is Level.OK


def test_frames_that_did_not_wait_long_enough_are_warned_of(fusion: Fusion) -> None:
    health = FusionHealth(fusion)
    add(fusion, 0, 10)
    for t in (33, 66, 99, 300):
        fusion.add_skeleton(Skeleton(t * MS, detected=True))
    status = health.report(0)["left_wrist"]
    assert status.level is Level.WARN and "max_wait" in status.message and status.values["missed"] == 1


def test_a_clock_that_was_set_back_is_told(fusion: Fusion) -> None:
    health = FusionHealth(fusion)
    for t in (5000, 5033, 0, 33):
        fusion.add_skeleton(Skeleton(t * MS, detected=True))
    status = health.report(0)["skeleton"]
    assert status.level is Level.WARN and "set back" in status.message and status.values["frames"] == 4


def test_the_clock_and_the_offset_of_a_limb_are_told() -> None:
    fusion = Fusion(FusionOptions(imu_clock="device"))
    add(fusion, *range(0, 1000, 10))
    values = FusionHealth(fusion).report(0)["left_wrist"].values
    assert values["clock_settled"] is False and values["offset_sure"] is False and values["offset_applied"] == "0.000"


def test_sensors_on_other_limbs_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    fusion = Fusion()
    health = FusionHealth(fusion)
    assert health.report(0)["assignment"].level is Level.OK
    swapped = {"left_wrist": "left_ankle", "left_ankle": "left_wrist"}
    assignment = Assignment({limb: swapped.get(limb, limb) for limb in LIMBS}, margin=100.0)
    monkeypatch.setattr(type(fusion.alignment), "assignment", assignment)
    status = health.report(0)["assignment"]
    assert status.level is Level.WARN and "left_wrist is on the left_ankle" in status.message


def test_of_sensors_that_are_not_compared_with_limbs_nothing_is_told() -> None:
    assert "assignment" not in FusionHealth(Fusion(compare=False)).report(0)

"""The offset between camera and IMU is found from the movement, and only claimed when it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from motion_runs import NS, OFFSETS, record, shifted

from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.motion_offset import MotionOffset, OffsetEstimate, highest_peak, shared_offset
from sportcoach_perception.motion_signals import FeltMotion, SeenMotion
from sportcoach_perception.offset_evidence import OFFSETS as GRID


class Watch:
    """One limb's offset, fed with skeletons and samples."""

    def __init__(self, limb: str) -> None:
        self.seen, self.felt, self.limb = SeenMotion(smoothed=False), FeltMotion(), limb
        self.motion_offset = MotionOffset(limb, self.seen, self.felt)

    def feed(self, items: Iterable[Skeleton | ImuSample]) -> MotionOffset:
        for item in items:
            if isinstance(item, Skeleton):
                self.seen.add(item)
            elif item.limb == self.limb:
                self.felt.add(item)
            self.motion_offset.advance()
        return self.motion_offset


def watch(items: Iterable[Skeleton | ImuSample], limb: str) -> MotionOffset:
    return Watch(limb).feed(items)


def test_nothing_is_known_before_anything_is_seen() -> None:
    assert watch((), "left_wrist").estimate == OffsetEstimate() and not OffsetEstimate().sure


@pytest.mark.parametrize("movement", ["squat", "push_up", "lunge", "jumping_jack"])
@pytest.mark.parametrize("limb", ["left_wrist", "left_ankle"])
def test_the_offset_of_exact_landmarks_is_found(movement: str, limb: str) -> None:
    estimate = watch(record(movement), limb).estimate
    assert estimate.sure and estimate.offset == pytest.approx(OFFSETS[limb], abs=0.012)


def test_standing_still_says_nothing() -> None:
    items = record("squat", rest=20.0)
    assert not any(watch(items, limb).estimate.sure for limb in OFFSETS)


def test_a_hidden_limb_says_nothing() -> None:
    hidden = [replace(i, visibility=i.visibility * 0.0) if isinstance(i, Skeleton) else i for i in record("squat")]
    assert watch(hidden, "left_wrist").estimate == OffsetEstimate()


def test_another_athletes_movement_says_nothing_for_sure() -> None:
    skeletons = [item for item in record("squat") if isinstance(item, Skeleton)]
    samples = [item for item in record("lunge") if isinstance(item, ImuSample)]
    mixed = sorted([*skeletons, *samples], key=lambda item: item.stamp)
    assert not watch(mixed, "right_wrist").estimate.sure


def test_constant_errors_of_the_sensor_do_not_shift_the_offset() -> None:
    error = np.array([0.2, -0.2, 0.2, 0.01, -0.01, 0.01], np.float32)
    wrong = [replace(i, signal=i.signal + error) if isinstance(i, ImuSample) else i for i in record("squat")]
    for limb in ("left_wrist", "left_ankle"):
        assert watch(wrong, limb).estimate.offset == pytest.approx(OFFSETS[limb], abs=0.012)


def test_an_imu_that_speaks_before_the_camera_is_compared_once_both_are_there() -> None:
    items = [i for i in record("jumping_jack") if isinstance(i, ImuSample) or i.stamp > 2 * NS]
    assert watch(items, "left_wrist").estimate.sure


def test_gaps_are_left_out() -> None:
    def lost(item: Skeleton | ImuSample) -> bool:
        return 3.0 < item.stamp / NS < 4.0 if isinstance(item, ImuSample) else 6.0 < item.stamp / NS < 6.5

    items = [item for item in record("jumping_jack") if not lost(item)]
    assert watch(items, "left_wrist").estimate.offset == pytest.approx(OFFSETS["left_wrist"], abs=0.012)


def test_an_imu_that_comes_back_is_taken_up_again() -> None:
    items = record("jumping_jack", seconds=20.0)
    silent = [i for i in items if isinstance(i, Skeleton) or not 1.0 < i.stamp / NS < 15.0]
    assert watch(silent, "left_wrist").estimate.sure


def test_readings_that_are_no_numbers_are_dropped() -> None:
    broken = ImuSample(2 * NS + 5_000_000, "left_wrist", np.full(6, np.nan, np.float32))
    items = sorted([*record("jumping_jack"), broken], key=lambda item: item.stamp)
    assert watch(items, "left_wrist").estimate.sure


@pytest.mark.parametrize("value", [0.5, np.nan, np.inf])
def test_skeletons_without_extent_or_number_are_dropped(value: float) -> None:
    items = []
    for item in record("jumping_jack"):
        items.append(item)
        if isinstance(item, Skeleton):
            items.append(Skeleton(item.stamp + 1_000_000, True, np.full((33, 2), value, np.float32)))
    assert watch(items, "left_wrist").estimate == watch(record("jumping_jack"), "left_wrist").estimate


def test_the_same_stamps_give_the_same_estimate() -> None:
    assert watch(record("lunge"), "left_ankle").estimate == watch(record("lunge"), "left_ankle").estimate


def test_a_clock_that_is_set_back_begins_anew() -> None:
    limb = Watch("left_wrist")
    items = record("jumping_jack")
    before = limb.feed(items).estimate
    assert before.sure and limb.feed(items[:50]).estimate == OffsetEstimate()
    assert limb.feed(items[50:]).estimate == before


def test_a_sensor_that_starts_anew_is_forgotten() -> None:
    limb = Watch("left_wrist")
    assert limb.feed(record("jumping_jack")).estimate.sure
    limb.felt.restart()
    assert limb.feed(()) is not None
    limb.motion_offset.advance()
    assert limb.motion_offset.estimate == OffsetEstimate() and not limb.motion_offset.likelihood.any()


def test_sensors_on_one_clock_are_surer_together() -> None:
    alike = [i if isinstance(i, Skeleton) else shifted(i, 0.1 - OFFSETS[i.limb]) for i in record("lunge", seconds=5.0)]
    members = [watch(alike, limb) for limb in OFFSETS]
    together = shared_offset(members)
    assert together.offset == pytest.approx(0.1, abs=0.01)
    assert together.deviation < min(member.estimate.deviation for member in members)


def test_the_peak_is_found_between_the_grid() -> None:
    estimate = highest_peak(50.0 - ((GRID - 0.047) / 0.02) ** 2 / 2.0)
    assert estimate.offset == pytest.approx(0.047) and estimate.deviation == pytest.approx(0.02)


def test_a_second_peak_makes_unsure_and_the_edge_is_no_peak() -> None:
    def peak(at: float, height: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(height * np.exp(-(((GRID - at) / 0.03) ** 2) / 2.0))

    alone, rivalled = highest_peak(peak(0.1, 20.0)), highest_peak(peak(0.1, 20.0) + peak(-0.2, 19.0))
    assert alone.sure and not rivalled.sure
    assert rivalled.confidence == pytest.approx(1.0 - np.exp(-1.0), abs=0.01)
    assert highest_peak(peak(GRID[-1], 20.0)) == OffsetEstimate()
    assert highest_peak(np.zeros(len(GRID))) == OffsetEstimate()

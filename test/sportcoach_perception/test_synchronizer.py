"""Skeletons go out in order, with the IMUs of their stamp, and are never stalled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.frames import FusedFrame, ImuSample, Skeleton
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import Synchronizer

MS = 1_000_000


def sample(milliseconds: float, limb: str = "left_wrist") -> ImuSample:
    """A sample whose six numbers are its own time in ms: interpolation gives the pivot's time."""
    return ImuSample(round(milliseconds * MS), limb, np.full(6, milliseconds, np.float32))


def skeleton(milliseconds: float) -> Skeleton:
    return Skeleton(round(milliseconds * MS), detected=True)


def test_without_imus_a_skeleton_goes_out_at_once() -> None:
    (frame,) = Synchronizer().add_skeleton(skeleton(33))
    assert frame.stamp == 33 * MS
    assert not frame.imu_valid.any() and not frame.imu.any() and np.isnan(frame.sync_error).all()


def test_the_signal_is_interpolated_to_the_stamp() -> None:
    synchronizer = Synchronizer()
    synchronizer.add_imu(sample(30))
    assert synchronizer.add_skeleton(skeleton(33)) == ()
    (frame,) = synchronizer.add_imu(sample(40))
    assert frame.imu[0] == pytest.approx(33.0)
    assert frame.imu_valid.tolist() == [True, False, False, False]
    assert frame.sync_error[0] == pytest.approx(0.003)


def test_a_limb_that_died_is_waited_for_no_longer_than_allowed() -> None:
    synchronizer = Synchronizer(max_wait=0.1)
    synchronizer.add_imu(sample(0))
    held = [skeleton(t) for t in (33, 66, 99)]
    assert [synchronizer.add_skeleton(s) for s in held] == [(), (), ()]
    (frame,) = synchronizer.add_skeleton(skeleton(134))
    assert frame.stamp == 33 * MS and not frame.imu_valid.any()
    assert [len(synchronizer.add_skeleton(skeleton(t))) for t in (600, 633)] == [4, 1]  # given up after 0.5 s


def test_samples_too_far_apart_are_not_interpolated_between() -> None:
    synchronizer = Synchronizer(max_gap=0.05)
    synchronizer.add_imu(sample(0))
    synchronizer.add_skeleton(skeleton(33))
    (frame,) = synchronizer.add_imu(sample(80))
    assert not frame.imu_valid.any()


def test_a_sample_that_is_no_number_is_never_used() -> None:
    synchronizer = Synchronizer()
    synchronizer.add_imu(sample(30))
    synchronizer.add_imu(ImuSample(35 * MS, "left_wrist", np.full(6, np.nan, np.float32)))
    synchronizer.add_skeleton(skeleton(33))
    (frame,) = synchronizer.add_imu(sample(40))
    assert frame.imu[0] == pytest.approx(33.0) and synchronizer.counts.unusable == 1


def test_late_messages_are_counted_and_dropped() -> None:
    synchronizer = Synchronizer()
    synchronizer.add_skeleton(skeleton(66))
    assert synchronizer.add_skeleton(skeleton(33)) == ()
    assert synchronizer.add_skeleton(skeleton(66)) == ()
    assert synchronizer.counts.late == 2 and synchronizer.counts.restarts == 0


def test_a_clock_that_was_set_back_starts_anew() -> None:
    synchronizer = Synchronizer()
    synchronizer.add_imu(sample(9990))
    synchronizer.add_skeleton(skeleton(10_000))
    (frame,) = synchronizer.add_skeleton(skeleton(0))
    assert frame.stamp == 0 and synchronizer.counts.restarts == 1


def test_the_end_of_a_recording_loses_no_frame() -> None:
    synchronizer = Synchronizer()
    synchronizer.add_imu(sample(30))
    synchronizer.add_skeleton(skeleton(33))
    assert [frame.stamp for frame in synchronizer.flush()] == [33 * MS]
    assert synchronizer.flush() == ()


@given(
    jitter=st.lists(st.floats(0, 9), min_size=60, max_size=60),
    delay=st.lists(st.floats(0, 60), min_size=80, max_size=80),
    dropped=st.sets(st.integers(0, 59)),
)
def test_whatever_the_order_stamps_increase_and_the_signal_is_of_its_time(
    jitter: list[float], delay: list[float], dropped: set[int]
) -> None:
    samples = [sample(10 * i + j, LIMBS[0]) for i, j in enumerate(jitter) if i not in dropped]
    skeletons = [skeleton(33.0 * i + 5) for i in range(18)]
    messages = [*samples, *skeletons]
    arrival = [message.stamp + round(late * MS) for message, late in zip(messages, delay, strict=False)]
    synchronizer = Synchronizer()
    frames: list[FusedFrame] = []
    for index in np.argsort(arrival, kind="stable"):
        message = messages[index]
        add = synchronizer.add_imu if isinstance(message, ImuSample) else synchronizer.add_skeleton
        frames.extend(add(message))  # type: ignore[operator]
    frames.extend(synchronizer.flush())
    stamps = [frame.stamp for frame in frames]
    assert stamps == sorted(set(stamps))
    assert len(frames) + synchronizer.counts.late >= len(skeletons)
    for frame in frames:
        if frame.imu_valid[0]:
            assert frame.imu[0, 0] == pytest.approx(frame.stamp / MS, abs=0.01)

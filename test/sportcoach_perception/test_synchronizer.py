"""Skeletons go out in order, once, with the IMUs of their stamp, and are never stalled."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportcoach_perception.approximate import Approximation
from sportcoach_perception.frames import FusedFrame, ImuSample, Skeleton
from sportcoach_perception.interpolation import Interpolation, interpolate
from sportcoach_perception.skeleton import LIMBS
from sportcoach_perception.synchronizer import Synchronizer

MS = 1_000_000
HOUR = 3_600_000

Message = ImuSample | Skeleton


def sample(milliseconds: float, limb: str = "left_wrist") -> ImuSample:
    """A sample whose six numbers are its own time in ms: interpolation gives the pivot's time."""
    return ImuSample(round(milliseconds * MS), limb, np.full(6, milliseconds, np.float32))


def skeleton(milliseconds: float) -> Skeleton:
    return Skeleton(round(milliseconds * MS), detected=True)


def interpolating(max_wait: float = 0.1, max_gap: float = 0.1) -> Synchronizer:
    return Synchronizer(Interpolation(max_gap), max_wait, max_gap)


def approximating(slop: float = 0.02) -> Synchronizer:
    return Synchronizer(Approximation(slop))


def run(synchronizer: Synchronizer, *messages: Message) -> list[FusedFrame]:
    """All frames that come out until the last message."""
    return [
        frame
        for message in messages
        for frame in (
            synchronizer.add_imu(message) if isinstance(message, ImuSample) else synchronizer.add_skeleton(message)
        )
    ]


def test_without_imus_a_skeleton_goes_out_at_once() -> None:
    for synchronizer in (interpolating(), approximating()):
        (frame,) = synchronizer.add_skeleton(skeleton(33))
        assert frame.stamp == 33 * MS
        assert not frame.imu_valid.any() and not frame.imu.any() and np.isnan(frame.sync_error).all()


def test_the_signal_is_interpolated_to_the_stamp() -> None:
    synchronizer = interpolating()
    assert run(synchronizer, sample(30), skeleton(33)) == []
    (frame,) = synchronizer.add_imu(sample(40))
    assert frame.imu[0] == pytest.approx(33.0)
    assert frame.imu_valid.tolist() == [True, False, False, False]
    assert frame.sync_error[0] == pytest.approx(0.003)


def test_a_sample_at_the_stamp_is_taken_as_it_is() -> None:
    (frame,) = run(interpolating(), sample(33), skeleton(33))
    assert frame.imu[0] == pytest.approx(33.0) and frame.sync_error[0] == 0.0


def test_a_limb_that_died_is_waited_for_no_longer_than_allowed() -> None:
    synchronizer = interpolating(max_wait=0.1)
    assert run(synchronizer, sample(0), *map(skeleton, (33, 66, 99))) == []
    (frame,) = synchronizer.add_skeleton(skeleton(134))
    assert frame.stamp == 33 * MS and not frame.imu_valid.any()
    assert [len(synchronizer.add_skeleton(skeleton(t))) for t in (600, 633)] == [4, 1]  # given up after 0.5 s
    assert synchronizer.counts.missed == [4, 0, 0, 0] and synchronizer.counts.frames == 6


def test_samples_too_far_apart_are_not_interpolated_between() -> None:
    (frame,) = run(interpolating(max_gap=0.05), sample(0), skeleton(33), sample(80), sample(90))
    assert not frame.imu_valid.any()


def test_a_sample_that_is_no_number_is_never_used() -> None:
    synchronizer = interpolating()
    broken = ImuSample(35 * MS, "left_wrist", np.full(6, np.nan, np.float32))
    (frame,) = run(synchronizer, sample(30), broken, skeleton(33), sample(40))
    assert frame.imu[0] == pytest.approx(33.0) and synchronizer.counts.limbs[0].unusable == 1


def test_late_and_repeated_skeletons_are_dropped_and_counted() -> None:
    synchronizer = interpolating()
    assert len(run(synchronizer, skeleton(66), skeleton(33), skeleton(66))) == 1
    counts = synchronizer.counts.skeletons
    assert (counts.late, counts.duplicate, counts.restarts) == (1, 1, 0)


def test_a_sample_absurdly_ahead_releases_nothing_and_is_forgotten() -> None:
    synchronizer = interpolating()
    assert run(synchronizer, sample(0), sample(10), skeleton(33), sample(HOUR)) == []
    (frame,) = run(synchronizer, sample(20), sample(30), sample(40))
    assert frame.imu[0] == pytest.approx(33.0) and synchronizer.counts.limbs[0].future == 1


def test_an_imu_on_another_clock_does_not_end_the_waiting_for_the_others() -> None:
    right, wrong = "left_wrist", "right_ankle"
    synchronizer = interpolating()
    ahead = [sample(HOUR + t, wrong) for t in (0, 10, 20, 30)]
    assert run(synchronizer, sample(20, right), *ahead, skeleton(33), sample(HOUR + 40, wrong)) == []
    (frame,) = synchronizer.add_imu(sample(40, right))
    assert frame.imu_valid.tolist() == [True, False, False, False]


def test_a_skeleton_absurdly_ahead_of_the_imus_is_forgotten() -> None:
    synchronizer = interpolating()
    frames = run(synchronizer, sample(0), skeleton(0), skeleton(HOUR), sample(30), skeleton(33), sample(40))
    assert [frame.stamp for frame in frames] == [0, 33 * MS] and synchronizer.counts.skeletons.future == 1


def test_a_hole_in_the_pictures_holds_nothing_up() -> None:
    synchronizer = interpolating()
    assert len(run(synchronizer, skeleton(0), skeleton(HOUR))) == 2
    synchronizer = interpolating()
    waiting = run(synchronizer, sample(0), skeleton(5), *(sample(t) for t in range(5000, 5050, 10)), skeleton(5033))
    assert [frame.stamp for frame in waiting] == [5 * MS, 5033 * MS]


def test_a_bag_that_starts_again_loses_no_frame() -> None:
    synchronizer = interpolating()
    once = [message for t in range(0, 2000, 10) for message in (sample(t), *([skeleton(t)] if t % 40 == 0 else []))]
    frames = run(synchronizer, *once, *once) + list(synchronizer.flush())
    stamps = [t * MS for t in range(0, 2000, 40)]
    assert [frame.stamp for frame in frames] == stamps * 2
    assert synchronizer.counts.skeletons.restarts == synchronizer.counts.limbs[0].restarts == 1
    assert all(frame.imu[0, 0] == pytest.approx(frame.stamp / MS) for frame in frames if frame.imu_valid[0])
    assert sum(frame.imu_valid[0] for frame in frames) >= len(frames) - 2


def test_one_stamp_of_zero_does_not_start_anew() -> None:
    synchronizer = interpolating()
    (frame,) = run(synchronizer, sample(9990), skeleton(9995), sample(0), skeleton(0), sample(10_000))
    assert frame.imu[0] == pytest.approx(9995.0)
    assert synchronizer.counts.skeletons.restarts == synchronizer.counts.limbs[0].restarts == 0


def test_an_offset_moves_the_samples_that_are_already_here() -> None:
    synchronizer = interpolating()
    run(synchronizer, *(sample(t) for t in range(0, 300, 10)))
    synchronizer.set_offset(0, 150 * MS)
    (frame,) = synchronizer.add_skeleton(skeleton(33))
    assert frame.imu[0] == pytest.approx(183.0)
    assert synchronizer.newest(0) == 140 * MS


def test_the_end_of_a_recording_loses_no_frame() -> None:
    synchronizer = interpolating()
    run(synchronizer, sample(30), skeleton(33))
    assert [frame.stamp for frame in synchronizer.flush()] == [33 * MS]
    assert synchronizer.flush() == ()


def test_memory_is_bounded_however_long_a_stream_is_alone() -> None:
    for synchronizer in (interpolating(max_wait=1.0), approximating()):
        run(synchronizer, sample(0), *(skeleton(t / 10) for t in range(5000)))  # at 10 kHz
        assert len(synchronizer._pending) <= Synchronizer.DEPTH
    pairing = Interpolation()
    run(Synchronizer(pairing), *(sample(10 * t) for t in range(5000)))
    assert len(pairing._samples[0]) <= Interpolation.DEPTH


def test_approximate_gives_one_sample_per_limb_and_all_or_nothing() -> None:
    synchronizer = approximating()
    around = [sample(t, limb) for t in (30, 40) for limb in LIMBS]
    (frame,) = run(synchronizer, *around, skeleton(33))
    assert frame.imu[:, 0].tolist() == [30.0] * 4 and frame.imu_valid.all()
    assert frame.sync_error == pytest.approx(0.003)
    alive = [sample(t, limb) for t in (50, 60, 70, 80, 90) for limb in LIMBS[:3]]
    assert run(synchronizer, *alive[:-3], skeleton(66)) == []
    (frame,) = run(synchronizer, *(sample(t, limb) for t in (90, 170) for limb in LIMBS[:3]))[:1]
    assert frame.stamp == 66 * MS and not frame.imu_valid.any()


def test_approximate_starts_anew_with_the_bag() -> None:
    once = [
        message
        for t in range(0, 2000, 10)
        for message in (*(sample(t, limb) for limb in LIMBS), *([skeleton(t)] if t % 40 == 0 else []))
    ]
    frames = run(approximating(), *once, *once)
    assert [frame.stamp for frame in frames] == [t * MS for t in range(0, 2000, 40)] * 2
    assert sum(frame.imu_valid.all() for frame in frames) >= len(frames) - 3


def arrivals(draw: st.DrawFn, latest: float, drops: int) -> list[Message]:
    """Messages of a second with jitter, up to `drops` losses and delays of up to `latest` ms, in order of arrival."""
    jitter = draw(st.lists(st.floats(0, 9), min_size=100, max_size=100))
    dropped = draw(st.sets(st.integers(0, 99), max_size=drops))
    messages: list[Message] = [sample(10 * n + t, LIMBS[n % 2]) for n, t in enumerate(jitter) if n not in dropped]
    messages += [skeleton(33.0 * n + 5) for n in range(30)]
    delays = draw(st.lists(st.floats(0, latest), min_size=len(messages), max_size=len(messages)))
    order = np.argsort([m.stamp / MS + delay for m, delay in zip(messages, delays, strict=True)], kind="stable")
    return [messages[index] for index in order]


@st.composite
def any_arrivals(draw: st.DrawFn) -> list[Message]:
    """Delays beyond what is waited for, and a few stamps that are absurd."""
    messages = arrivals(draw, 200.0, 99)
    shifts = st.tuples(st.integers(0, len(messages) - 1), st.sampled_from((-HOUR, HOUR, 20_000)))
    for place, shift in draw(st.lists(shifts, max_size=3)):
        old = messages[place]
        moved = old.stamp / MS + shift
        messages[place] = sample(moved, old.limb) if isinstance(old, ImuSample) else skeleton(moved)
    return messages


@settings(max_examples=60, deadline=None)
@given(any_arrivals(), st.booleans())
def test_whatever_arrives_every_skeleton_goes_out_once_in_order_with_signals_of_its_time(
    messages: list[Message], approximate: bool
) -> None:
    synchronizer = approximating() if approximate else interpolating()
    frames = run(synchronizer, *messages) + list(synchronizer.flush())
    stamps = [frame.stamp for frame in frames]
    counts = synchronizer.counts.skeletons
    assert sum(after <= before for before, after in itertools.pairwise(stamps)) == counts.restarts
    assert 0 <= counts.received - counts.refused - len(frames) <= 1  # one may still be held
    for frame in frames:
        for limb in np.flatnonzero(frame.imu_valid):
            off = 20.0 if approximate else 0.02 + 1e-7 * frame.stamp / MS
            assert frame.imu[limb, 0] == pytest.approx(frame.stamp / MS, abs=off)


def stream_of(message: Message) -> str:
    return message.limb if isinstance(message, ImuSample) else "skeleton"


@st.composite
def punctual_arrivals(draw: st.DrawFn) -> list[Message]:
    """In order within each stream, none too late to be waited for; the sensors are on before and after."""
    messages = arrivals(draw, 45.0, 15)
    for stream in ("skeleton", *LIMBS):
        places = [place for place, message in enumerate(messages) if stream_of(message) == stream]
        ordered = sorted((messages[place] for place in places), key=lambda m: m.stamp)
        for place, message in zip(places, ordered, strict=True):
            messages[place] = message
    begin, end = ([sample(t, limb) for t in times for limb in LIMBS[:2]] for times in ((-1,), (1010, 1020)))
    return begin + messages + end


@settings(max_examples=60, deadline=None)
@given(punctual_arrivals())
def test_streaming_equals_the_batch_form_to_the_last_bit(messages: list[Message]) -> None:
    synchronizer = interpolating(max_wait=1.0)
    frames = run(synchronizer, *messages) + list(synchronizer.flush())
    pivots = np.array([frame.stamp for frame in frames])
    for limb, name in enumerate(LIMBS):
        samples = [m for m in messages if isinstance(m, ImuSample) and m.limb == name]
        stamps = np.array([s.stamp for s in samples], np.int64)
        signals = np.array([s.signal for s in samples], np.float32).reshape(-1, 6)
        values, valid = interpolate(stamps, signals, pivots)
        np.testing.assert_array_equal(np.stack([frame.imu_valid[limb] for frame in frames]), valid)
        np.testing.assert_array_equal(np.stack([frame.imu[limb] for frame in frames]), values)

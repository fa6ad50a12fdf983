import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.frames import ImuSample
from sportcoach_sim.world import ImuLink, LinkFaults, PictureFaults, PictureSpoiler, World

PERIOD = 10_000_000


def send(faults: LinkFaults, count: int = 3000, seed: int = 0) -> list[tuple[int, int, ImuSample]]:
    """True stamp, arrival and received reading of those that get through."""
    link = ImuLink(faults, np.random.default_rng(seed), PERIOD * 1e-9)
    signal = np.zeros(6, np.float32)
    sent = [(n * PERIOD, link.send(ImuSample(n * PERIOD, "left_wrist", signal))) for n in range(count)]
    return [(stamp, *received) for stamp, received in sent if received is not None]


@pytest.mark.parametrize("share", [0.1, 0.45])
def test_furniture_hides_its_share_of_the_picture(share: float) -> None:
    picture = np.full((480, 640, 3), 255, np.uint8)
    for seed in range(6):
        spoilt = PictureSpoiler(PictureFaults(occlusion=share), np.random.default_rng(seed), (480, 640)).apply(picture)
        assert np.any(spoilt != picture, axis=-1).mean() == pytest.approx(share, abs=0.002)
    assert (picture == 255).all(), "the original is left alone"


def test_darkness_dims_and_adds_noise() -> None:
    picture = np.full((480, 640, 3), 200, np.uint8)
    dark = PictureSpoiler(PictureFaults(darkness=0.6), np.random.default_rng(0), (480, 640)).apply(picture)
    assert dark.mean() == pytest.approx(0.4 * 200, abs=1.0)
    assert 8.0 < dark.std() < 13.0


def test_nothing_wrong_leaves_pictures_and_readings_as_they_are() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    assert PictureSpoiler(PictureFaults(), np.random.default_rng(0), (480, 640)).apply(picture) is picture
    received = send(LinkFaults())
    assert len(received) == 3000
    assert all(stamp == arrival == sample.stamp for stamp, arrival, sample in received)


def test_a_wrong_clock_shifts_stamps_by_offset_and_drift() -> None:
    received = send(LinkFaults(offset=-0.15, drift=100.0))
    for stamp, arrival, sample in received:
        assert sample.stamp - stamp == pytest.approx(-150_000_000 + stamp * 100e-6, abs=2)
        assert arrival == stamp, "a wrong clock doesn't delay anything"


def test_bluetooth_brings_readings_in_bursts() -> None:
    received = send(LinkFaults(burst=0.045))
    arrivals = np.array([arrival for _, arrival, _ in received])
    assert all(stamp <= arrival <= stamp + 45_000_001 for stamp, arrival, _ in received)
    steps = np.diff(np.unique(arrivals))
    assert np.abs(steps - 45_000_000).max() <= 2
    assert len(np.unique(arrivals)) < len(arrivals) / 4


def test_losses_have_their_share_and_come_in_gaps() -> None:
    received = send(LinkFaults(loss=0.1, gap=0.08), count=60_000)
    assert 1.0 - len(received) / 60_000 == pytest.approx(0.1, abs=0.015)
    gaps = np.diff([stamp for stamp, _, _ in received]) // PERIOD - 1
    assert gaps[gaps > 0].mean() == pytest.approx(8.0, rel=0.1)


def test_a_dead_sensor_stays_silent() -> None:
    assert [stamp for stamp, _, _ in send(LinkFaults(dies=2.0))][-1] == 1_990_000_000


@given(st.integers(0, 2**32 - 1))
def test_stamps_always_increase_and_nothing_arrives_before_it_was_measured(seed: int) -> None:
    faults = World.sample(np.random.default_rng(seed)).links["left_wrist"]
    received = send(faults, count=200, seed=seed)
    stamps = [sample.stamp for _, _, sample in received]
    arrivals = [arrival for _, arrival, _ in received]
    assert all(a < b for a, b in itertools.pairwise(stamps))
    assert all(a <= b for a, b in itertools.pairwise(arrivals))
    assert all(arrival >= stamp for stamp, arrival, _ in received)

"""The experiments about offsets and swapped sensors: what they simulate, and that nothing wrong is claimed."""

from __future__ import annotations

import numpy as np
import pytest

from sportcoach.bench_fusion_assignment import assignment_figures
from sportcoach.bench_fusion_offset import offset_figures
from sportcoach.seen_athletes import ERROR, SECONDS, SeenLandmarks, random_links, set_of, watch
from sportcoach_perception.frames import ImuSample, Skeleton
from sportcoach_perception.skeleton import LANDMARKS, LIMBS

RATE = 30


def truth(frame: int, image: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Skeleton:
    return Skeleton(round(frame / RATE * 1e9), detected=True, image=image.astype(np.float32))


def test_seen_landmarks_err_as_measured_less_what_smoothing_takes() -> None:
    image = np.random.default_rng(1).uniform(0.2, 0.8, (len(LANDMARKS), 2))
    seen = SeenLandmarks(np.random.default_rng(0))
    errors = np.array([seen.see(truth(k, image)).image for k in range(3000)]) - image
    size = (0.6 * 4.0 / 3.0 + 0.6) / 2.0
    assert 0.3 < np.median(np.std(errors[..., 1], axis=0)) / (ERROR * size) < 1.0


def test_seen_landmarks_are_late() -> None:
    seen, base = SeenLandmarks(np.random.default_rng(0)), np.zeros((len(LANDMARKS), 2))
    base[0], base[1] = (0.3, 0.1), (0.7, 0.9)
    late = []
    for k in range(90):
        base[2:] = 0.2 + 0.1 * k / RATE
        late.append(base[2, 1] - seen.see(truth(k, base)).image[2:, 1].mean())
    assert 0.005 < np.mean(late[30:]) / 0.1 < 0.06


def test_the_same_seed_gives_the_same_sights() -> None:
    links = random_links(np.random.default_rng(2))
    name, plan = set_of(3, 5)
    first, again = ([(s.now, s.item.stamp) for s in watch(plan, 3, 5, links)] for _ in range(2))
    assert name == "jumping_jack" and first == again


def test_a_run_ends_after_its_exercise() -> None:
    sights = list(watch(set_of(0, 0)[1], 0, 0, random_links(np.random.default_rng(0))))
    assert sights[-1].exercised == pytest.approx(SECONDS, abs=0.1) and sights[0].exercised < 0.0
    assert {s.item.limb for s in sights if isinstance(s.item, ImuSample)} == set(LIMBS)


def test_offsets_are_never_confidently_wrong() -> None:
    figures = {figure.name: figure for figure in offset_figures(runs=4, seed=1)}
    assert figures["offset_sure_worst"].met and figures["offset_sure_standing"].met
    assert figures["offset_sure_jumping_jack_wrist_10s"].value == 1.0
    assert len(figures) == 8 + 2 * 16


def test_sensors_in_their_places_raise_no_alarm() -> None:
    figures = {figure.name: figure.value for figure in assignment_figures(runs=4, seed=1)}
    assert figures["assignment_false_alarms"] == 0.0
    assert figures["assignment_noticed_lunge_wrists_ankles"] == 1.0

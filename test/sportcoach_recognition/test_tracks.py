"""Stages, angles and quality: brought to other stamps, learned where they are known, told at every step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from stream import movement

from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.config import FitConfig
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.fitted import build, gridded
from sportcoach_recognition.losses import of_heads
from sportcoach_recognition.models.scores import Scores
from sportcoach_recognition.perturb import Perturbations
from sportcoach_recognition.tracks import UNKNOWN, Track, Truth, mean_known, stack_tracks, unknown
from sportcoach_recognition.training import fit

STAMPS = np.array([0, 100, 200], np.int64)
ANGLES = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 3.0]], np.float32)
TRACK = Track(STAMPS, np.array([0, 1, 2]), ANGLES, np.array([0.4, 0.6, np.nan], np.float32))
SMALL = {"joint": 8, "heads": 2, "part": 8, "limb": 8, "body": 16, "stages": 3, "angles": 2, "quality": True}


def test_angles_are_interpolated_and_stages_are_the_nearest() -> None:
    there = TRACK.at(np.array([0.0, 60.0, 150.0, 190.0, 900.0]))
    np.testing.assert_allclose(there.angles, [[0, 1], [0.6, 1], [1.5, 2], [1.9, 2.8], [2, 3]], rtol=1e-6)
    assert there.stage.tolist() == [0, 1, 1, 2, 2]


def test_quality_is_the_mean_over_the_time_in_which_it_is_known() -> None:
    assert mean_known(TRACK.quality) == pytest.approx(0.5)
    assert mean_known(TRACK.at(np.array([0.0, 60.0, 70.0, 190.0])).quality) == pytest.approx(1.6 / 3)
    assert np.isnan(mean_known(unknown(STAMPS, 2).quality))


def test_what_is_unknown_costs_nothing() -> None:
    short = TRACK.at(np.array([0.0]))
    truth = stack_tracks([TRACK, replace(short, quality=np.full(1, np.nan, np.float32))])
    assert truth.stage[1].tolist() == [0, UNKNOWN, UNKNOWN]
    angles = truth.angles.nan_to_num(9.9) + 0.1
    scores = Scores(torch.zeros(2, 5), angles=angles, quality=torch.tensor([0.7, 0.0]))
    assert of_heads(scores, truth).item() == pytest.approx(0.1 + 0.2, abs=1e-6)
    nothing = Truth(torch.full((2, 3), UNKNOWN), torch.full((2, 3, 2), torch.nan), torch.full((2,), torch.nan))
    everything = Scores(torch.zeros(2, 5), stage=torch.zeros(2, 3, 4), angles=angles, quality=torch.zeros(2))
    assert of_heads(everything, nothing).item() == 0.0


def test_the_heads_answer_at_every_step_of_a_stream() -> None:
    torch.manual_seed(0)
    net, inputs = build("stream_gat", 4, SMALL).eval(), movement(9)
    state = net.start()
    with torch.inference_mode():
        whole = net(inputs)
        for t in range(9):
            scores, state = net.step(inputs.between(t, t + 1), state)
            for told, expected in ((scores.stage, whole.stage), (scores.angles, whole.angles)):
                torch.testing.assert_close(told[:, 0], expected[:, t], atol=1e-4, rtol=0.0)
    torch.testing.assert_close(scores.quality, whole.quality)
    assert 0.0 < whole.quality.item() < 1.0


def test_training_brings_the_angles_nearer() -> None:
    sequences = list(synthetic.read(20, seed=1))
    tracks = [replace(unknown(s.stamps, 2), angles=np.full((len(s.stamps), 2), 1.5, np.float32)) for s in sequences]
    config = FitConfig(
        steps=60,
        batch=8,
        longest=16,
        average=0.9,
        learning_rate=1e-2,
        heads_loss=5.0,
        network={**SMALL, "quality": False},
    )
    fitted = fit(sequences, [], ACTIONS, config, 0, tracks=tracks)
    with torch.inference_mode():
        angles = fitted.networks[0](gridded(sequences, fitted.networks[0].config)).angles
    assert (angles - 1.5).abs().mean() < 0.75
    with pytest.raises(UserError, match="mirror"):
        fit(sequences, [], ACTIONS, replace(config, perturbations=Perturbations(mirror=0.5)), 0, tracks=tracks)

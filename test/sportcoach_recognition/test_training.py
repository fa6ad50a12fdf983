"""Training: splits that cut no subject, batches that repeat, augmentation that keeps what it must, clips as judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import FusedFrame
from sportcoach_recognition import checkpoint, clips, train
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.augment import augment, in_perspective
from sportcoach_recognition.card import Facts, render
from sportcoach_recognition.config import TrainConfig
from sportcoach_recognition.datasets import synthetic
from sportcoach_recognition.models.frame_gat import Config
from sportcoach_recognition.recognizer import Recognizer
from sportcoach_recognition.sampler import Sampler

SEQUENCES = list(synthetic.read(120, seed=3))
SMALL = TrainConfig(
    steps=120, batch=8, frames=40, validate_every=60, learning_rate=0.01,
    network=Config(channels=8, heads=2, dilations=(1, 2), dropout=0.0),
)  # fmt: skip


def test_no_subject_is_on_both_sides() -> None:
    training, validation = train.split(SEQUENCES, 0.2, seed=0)
    assert training
    assert validation
    assert not {s.subject for s in training} & {s.subject for s in validation}


def test_simulated_athletes_of_the_test_part_are_not_learned_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for people in (train.utd_mhad, train.penn_action, train.pushup_form, train.irds, train.videos):
        monkeypatch.setattr(people, "exercises", lambda *_: ())
    athletes = [replace(SEQUENCES[0], source="simulated", name=part, part=part) for part in ("train", "test")]
    loaded = train.load_sequences(TrainConfig(synthetic=0), tmp_path, tmp_path / "pose.task", tmp_path, athletes)
    assert [sequence.name for sequence in loaded] == ["train"]
    assert train.command(Path("net.yaml"), loaded).endswith("train/net.yaml --simulated COLLECTION")


def test_only_people_are_held_still() -> None:
    athletes = [replace(s, source="simulated", subject=f"s{n % 5}") for n, s in enumerate(SEQUENCES)]
    assert {s.source for part in train.split(athletes, 0.2, seed=0) for s in part} == {"simulated"}


def test_the_same_seed_draws_the_same_batches_and_every_action() -> None:
    one, two = (Sampler(SEQUENCES, {}, 50, seed=9).batch(32) for _ in range(2))
    assert np.array_equal(one.features, two.features)
    assert np.array_equal(one.labels, two.labels)
    assert set(one.labels.ravel().tolist()) == set(range(len(ACTIONS)))
    assert np.isfinite(one.features).all()


def test_nothing_is_done_before_an_action_begins_and_nobody_is_asked_at_once() -> None:
    squat = next(s for s in SEQUENCES if s.label == "squat")
    late = replace(squat, begin=int(squat.stamps[len(squat.stamps) // 2]))
    batch = Sampler([late], {}, 80, seed=4).batch(64)
    squats = batch.labels == ACTIONS.index("squat")
    sure = batch.weights > 0.0
    assert set(batch.labels[sure].tolist()) == {ACTIONS.index("squat"), ACTIONS.index("other")}
    begins = np.argwhere(squats[:, 1:] & ~squats[:, :-1])
    assert len(begins)
    for row, frame in begins:
        assert not sure[row, frame + 1 : frame + 6].any()


@pytest.mark.parametrize("seed", range(20))
def test_augmented_pieces_are_hip_centred_and_not_too_long(seed: int) -> None:
    world, seen, begun = augment(SEQUENCES[seed], 50, np.random.default_rng(seed))
    assert len(world) == len(seen) == len(begun) <= 50
    np.testing.assert_allclose(world[:, [23, 24]].mean(1), 0.0, atol=1e-5)
    assert world.dtype == np.float32


def test_mirroring_keeps_left_and_right_consistent() -> None:
    standing = next(s for s in SEQUENCES if s.name.startswith("stand"))
    for seed in range(20):
        world, _, _ = augment(standing, 30, np.random.default_rng(seed))
        shoulders, hips = world[:, 11] - world[:, 12], world[:, 23] - world[:, 24]
        assert ((shoulders * hips)[:, [0, 2]].sum(1) > -0.01).mean() > 0.8


def test_what_is_nearer_to_the_camera_looks_larger_and_the_hips_as_they_are() -> None:
    world = np.zeros((1, 33, 3), np.float32)
    world[0, :3] = [[0.3, -0.6, -0.5], [0.3, -0.6, 0.0], [0.3, -0.6, 0.5]]
    seen = in_perspective(world, 2.0)[0]
    np.testing.assert_allclose(seen[:3, 0], [0.3 * 2.0 / 1.5, 0.3, 0.3 * 2.0 / 2.5], rtol=1e-6)
    np.testing.assert_allclose(seen[:3, 1], -2.0 * seen[:3, 0], rtol=1e-6)
    np.testing.assert_array_equal(seen[:, 2], world[0, :, 2])
    np.testing.assert_array_equal(seen[3:], 0.0)


def test_what_stands_at_the_lens_is_at_most_twice_as_large() -> None:
    world = np.full((1, 33, 3), [0.1, 0.2, -1.99], np.float32)
    np.testing.assert_allclose(in_perspective(world, 2.0)[..., :2], 2.0 * world[..., :2], rtol=1e-6)


def test_a_squat_is_a_squat_from_half_way_down_and_leans_no_more_than_a_thigh_goes() -> None:
    half = synthetic.MOVEMENTS["half_squat"]
    assert half.label == "squat"
    assert half.turn["torso"][1] < half.turn["thigh"][0] < synthetic.MOVEMENTS["squat"].turn["thigh"][0]


def test_training_learns_and_repeats() -> None:
    training, validation = train.split(SEQUENCES, 0.2, seed=0)
    one, two = (train.train(SMALL, training, validation).network for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), two.state_dict().values(), strict=True))
    sampler = Sampler(training, {}, 40, seed=1)
    untrained = train.framewise.build(SMALL.network).eval()
    batch = sampler.batch(32)
    with torch.inference_mode():
        assert train.batch_loss(one, batch, SMALL) < train.batch_loss(untrained, batch, SMALL)


def test_a_killed_training_goes_on_to_the_same_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(SMALL, steps=30, validate_every=10, network=replace(SMALL.network, dropout=0.3))
    training, validation = train.split(SEQUENCES, 0.2, seed=0)
    whole = train.train(config, training, validation).network
    kept, save = tmp_path / "keep" / "all.pt", checkpoint.save

    def killed(*what: Any) -> None:
        save(*what)
        raise KeyboardInterrupt

    monkeypatch.setattr(checkpoint, "save", killed)
    with pytest.raises(KeyboardInterrupt):
        train.train(config, training, validation, kept)
    monkeypatch.setattr(checkpoint, "save", save)
    steps, loss = [], train.batch_loss
    monkeypatch.setattr(train, "batch_loss", lambda *batch: steps.append(1) or loss(*batch))
    resumed = train.train(config, training, validation, kept).network
    assert len(steps) == 20
    pairs = zip(whole.state_dict().values(), resumed.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
    assert [row.split(",")[0] for row in kept.with_suffix(".csv").read_text().split()] == ["step", "10", "20", "30"]
    with pytest.raises(UserError, match="is of another run"):
        train.train(replace(config, seed=1), training, validation, kept)
    state = torch.load(kept, weights_only=True)
    torch.save({name: value for name, value in state.items() if name != "judged"}, kept)
    with pytest.raises(UserError, match="is of another run"):
        train.train(config, training, validation, kept)


def test_a_clip_is_left_out_with_its_twin_in_the_push_up_set() -> None:
    clip = replace(SEQUENCES[0], source="clips", name="pushup_wrong_wrong7")
    twin = replace(SEQUENCES[0], source="pushup-form", name="wrong/wrong7")
    rest = train.without_clips([clip, twin, *SEQUENCES], {"pushup_wrong_wrong7"})
    assert rest == SEQUENCES


@pytest.mark.parametrize("text", ["steps: [", "nonsense: 3", "network: {layers: 9}", "- a\n- b"])
def test_a_bad_configuration_is_a_user_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text)
    with pytest.raises(UserError, match=r"bad\.yaml"):
        TrainConfig.read(tmp_path / "bad.yaml")


def test_settings_like_others_name_what_differs(tmp_path: Path) -> None:
    (tmp_path / "usual.yaml").write_text("steps: 30\nbatch: 4\nnetwork: {channels: 8}")
    (tmp_path / "longer.yaml").write_text("like: usual.yaml\nsteps: 60")
    usual, longer = (TrainConfig.read(tmp_path / f"{name}.yaml") for name in ("usual", "longer"))
    assert longer == replace(usual, steps=60)
    (tmp_path / "lost.yaml").write_text("like: missing.yaml")
    with pytest.raises(UserError, match=r"missing\.yaml cannot be read"):
        TrainConfig.read(tmp_path / "lost.yaml")


def test_the_shipped_configuration_is_valid() -> None:
    TrainConfig.read(Path(__file__).parents[2] / "config" / "train" / "frame_gat.yaml")


def test_missing_sets_are_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no such folder: .*utd_mhad"):
        train.load_sequences(TrainConfig(), tmp_path, tmp_path / "pose.task", tmp_path)


@pytest.mark.parametrize("out", ["file/net.safetensors", "net.onnx", "folder.safetensors"])
def test_weights_that_could_not_be_written_are_refused_before_the_training(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(UserError, match="weights"):
        train.main(tmp_path / "missing.yaml", tmp_path / out, tmp_path, tmp_path / "pose.task", tmp_path)


def test_a_short_clip_is_judged_by_its_last_answer() -> None:
    recognizer = Recognizer.load()
    stand = next(s for s in SEQUENCES if s.name.startswith("stand"))
    frames = [
        FusedFrame(int(t), True, world, seen.astype(np.float32))
        for t, world, seen in zip(stand.stamps[:40], stand.world, stand.seen, strict=False)
    ]
    result = clips.judge("a", "other", frames, recognizer)
    assert result.answers == {result.last: 1}
    assert "| a | other |" in clips.table([result])


def test_the_card_tells_what_was_measured() -> None:
    result = clips.ClipResult("squat_a", "squat", 0.93, "squat", {"squat": 93, "other": 7}, 2)
    facts = Facts(
        name="net", digest="abc123", size=72_000, network="frame_gat", parameters=17, seed=0, minutes=12.0,
        command="sportcoach train x.yaml", groups=1, training=SEQUENCES, held_back={("penn-action", "squat"): (3, 4)},
        unseen_clips=[result], seen_clips=[result],
    )  # fmt: skip
    card = render(facts)
    for text in ("`abc123`", "| penn-action | squat | 3 | 4 | 75.0% |", "| squat_a | squat | 93% | squat | other 7 |"):
        assert text in card
    assert "It took 12 minutes of one core." in card
    assert "Not measured" in render(replace(facts, unseen_clips=[]))

"""The recogniser on streams of frames: shipped weights, any rate, gaps, and the same answer every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sportcoach_perception.frames import FusedFrame
from sportcoach_perception.skeleton import LIMBS
from sportcoach_recognition.action import ACTIONS, NOBODY, Action
from sportcoach_recognition.datasets.sequence import Sequence, hip_centred
from sportcoach_recognition.datasets.synthetic import MOVEMENTS, angles, figure
from sportcoach_recognition.features import RATE
from sportcoach_recognition.recognizer import Decision, Recognizer
from sportcoach_sim.athlete import Athlete, Truth
from sportcoach_sim.plan import PlannedSet
from sportcoach_sim.scene import Scene
from sportcoach_sim.subject import Subject


def athlete(movement: str, seconds: float = 5.0, seed: int = 5, rate: float = 30.0, start: int = 0) -> list[FusedFrame]:
    """A stick figure, seen half from the side, at `rate` frames per second."""
    rng = np.random.default_rng(seed)
    world = figure(angles(MOVEMENTS[movement], rng, round(seconds * RATE)), rng)
    turn = np.array([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]], np.float32)
    seen = np.any(world != 0.0, axis=-1)
    world = hip_centred(world, seen) @ turn.T
    at = np.arange(0.0, seconds - 1.0 / RATE, 1.0 / rate)
    low, w = (at * RATE).astype(int), ((at * RATE) % 1.0).astype(np.float32)[:, None, None]
    path = world[low] * (1 - w) + world[low + 1] * w
    visibility = seen[0].astype(np.float32)
    return [FusedFrame(start + round(t * 1e9), True, p, visibility) for t, p in zip(at, path, strict=True)]


def nobody(stamp: int) -> FusedFrame:
    return FusedFrame(stamp, False, np.zeros((33, 3), np.float32), np.zeros(33, np.float32))


@pytest.fixture(scope="module")
def shipped() -> Recognizer:
    return Recognizer.load()


@pytest.fixture
def recognizer(shipped: Recognizer) -> Recognizer:
    shipped.reset()
    return shipped


def run(recognizer: Recognizer, frames: list[FusedFrame]) -> list[Action]:
    return [recognizer.step(frame) for frame in frames]


@pytest.mark.parametrize(
    "movement", ["squat", "push_up", "lunge_one_side", "jumping_jack", "curl", "stand", "high_knees"]
)
def test_each_movement_is_named(recognizer: Recognizer, movement: str) -> None:
    right = [run(recognizer, athlete(movement, seed=seed))[-1].label == MOVEMENTS[movement].label for seed in (1, 2, 3)]
    assert sum(right) >= 2


@pytest.mark.parametrize("exercise", ["squat", "lunge", "jumping_jack"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_exercise_is_named_within_a_second_of_its_beginning(
    recognizer: Recognizer, exercise: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    scene = Scene.sample(rng, float(rng.uniform(-80.0, 80.0)))
    standing, named = [], []
    with Athlete(Subject.sample(rng), (PlannedSet(exercise, 1, rest=2.0),), seed, scene, draw=False) as simulated:
        for truth in (seen.data for seen in simulated.observe() if isinstance(seen.data, Truth)):
            frame = FusedFrame(truth.stamp, True, truth.skeleton.world, truth.skeleton.visibility)
            label = recognizer.step(frame).label
            if truth.stage != "idle":
                named.append((truth.stamp, label))
            elif not named:
                standing.append(label)
    assert set(standing[30:]) == {"other"}  # from a second after somebody came into view
    begin = named[0][0]
    assert next(stamp for stamp, label in named if label == exercise) - begin <= 1_000_000_000


@pytest.mark.parametrize("rate", [15.0, 24.0, 60.0])
def test_the_frame_rate_does_not_matter(recognizer: Recognizer, rate: float) -> None:
    usual = run(recognizer, athlete("squat", rate=30.0))[-1]
    recognizer.reset()
    other = run(recognizer, athlete("squat", rate=rate))[-1]
    assert other.label == usual.label
    np.testing.assert_allclose(other.probabilities, usual.probabilities, atol=0.1)


def test_every_frame_is_answered_with_a_distribution(recognizer: Recognizer) -> None:
    frames = athlete("jumping_jack")
    for frame, action in zip(frames, run(recognizer, frames), strict=True):
        assert action.stamp == frame.stamp
        assert action.label in ACTIONS
        assert action.probabilities.dtype == np.float32
        assert action.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
        assert action.confidence == pytest.approx(action.probabilities[ACTIONS.index(action.label)])
        assert action.model_id.startswith("frame_gat-")


def test_the_answer_depends_on_the_frames_alone(recognizer: Recognizer) -> None:
    frames = athlete("push_up")
    first = run(recognizer, frames)
    again = run(Recognizer.load(), frames)
    for a, b in zip(first, again, strict=True):
        assert a.label == b.label
        assert np.array_equal(a.probabilities, b.probabilities)


def test_later_stamps_give_the_same_answer(recognizer: Recognizer) -> None:
    now = run(recognizer, athlete("squat"))
    later = run(recognizer, athlete("squat", start=1_700_000_000_000_000_000))  # a jump, so it starts anew
    assert [a.label for a in now] == [a.label for a in later]
    assert np.array_equal(now[-1].probabilities, later[-1].probabilities)


def test_nobody_in_view(recognizer: Recognizer) -> None:
    action = recognizer.step(nobody(7))
    assert (action.stamp, action.label, action.confidence) == (7, NOBODY, 0.0)
    assert not action.probabilities.any()


def test_a_short_dropout_keeps_the_answer_and_a_long_one_drops_it(recognizer: Recognizer) -> None:
    frames = athlete("squat")
    last = run(recognizer, frames)[-1]
    held = recognizer.step(nobody(last.stamp + 400_000_000))
    assert held.label == last.label
    assert recognizer.step(nobody(last.stamp + 600_000_000)).label == NOBODY


@pytest.mark.parametrize("jump", [-3_000_000_000, 2_000_000_000])
def test_a_jump_in_time_starts_anew(recognizer: Recognizer, jump: int) -> None:
    fresh = run(recognizer, athlete("jumping_jack", start=10_000_000_000))
    recognizer.reset()
    last = run(recognizer, athlete("squat", start=0))[-1].stamp
    after = run(recognizer, athlete("jumping_jack", start=last + jump))
    assert np.array_equal(after[-1].probabilities, fresh[-1].probabilities)


def test_another_athlete_starts_anew(recognizer: Recognizer) -> None:
    fresh = run(recognizer, athlete("jumping_jack", start=5_000_000_000))
    recognizer.reset()
    run(recognizer, athlete("squat"))
    after = run(recognizer, [replace(frame, athlete_id="2") for frame in athlete("jumping_jack", start=5_000_000_000)])
    assert np.array_equal(after[-1].probabilities, fresh[-1].probabilities)


def test_a_repeated_frame_changes_nothing(recognizer: Recognizer) -> None:
    once = run(recognizer, athlete("lunge"))
    recognizer.reset()
    twice = [recognizer.step(frame) for frame in athlete("lunge") for _ in range(2)]
    assert np.array_equal(once[-1].probabilities, twice[-1].probabilities)


def test_an_imu_that_is_not_valid_is_not_looked_at(recognizer: Recognizer) -> None:
    plain = run(recognizer, athlete("squat"))[-1]
    recognizer.reset()
    noise = np.full((len(LIMBS), 6), np.nan, np.float32)
    frames = [FusedFrame(f.stamp, True, f.world, f.visibility, noise) for f in athlete("squat")]
    assert np.array_equal(run(recognizer, frames)[-1].probabilities, plain.probabilities)


def test_a_label_changes_only_by_a_clear_margin() -> None:
    decision = Decision(np.array([0.5, 0.4, 0.1, 0, 0], np.float32))
    for _ in range(50):
        decision.update(np.array([0.44, 0.54, 0.02, 0, 0], np.float32))
    assert decision.label == "squat"
    for _ in range(50):
        decision.update(np.array([0.1, 0.9, 0, 0, 0], np.float32))
    assert decision.label == "push_up"


def test_a_sequence_resamples_to_the_network_rate() -> None:
    frames = athlete("squat", rate=47.0)
    sequence = Sequence(
        np.array([f.stamp for f in frames]), np.stack([f.world for f in frames]),
        np.stack([f.visibility > 0 for f in frames]), "squat", "test", "a", "b",
    ).resampled()  # fmt: skip
    assert set(np.diff(sequence.stamps).tolist()) == {1_000_000_000 // RATE}

"""A trial is what its file says; a wrong one is named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sportcoach_perception.errors import UserError
from sportcoach_sim.plan import DEMO, Away, PlannedSet
from sportcoach_sim.trial import load_trial

WHOLE = """
subject: {height: 1.6}
camera: {azimuth: 40}
scene: {light: 0.8}
picture: {occlusion: 0.2}
links: {left_wrist: {offset: 0.1, drift: 50}}
plan:
  - {movement: squat, repetitions: 3, faults: {knee_valgus: 15}}
  - {away: 2}
"""


def test_the_demo_needs_no_file() -> None:
    assert load_trial("demo").plan == DEMO


def test_a_file_says_who_where_and_what(tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    trial = load_trial(str(path))
    assert trial.plan == (PlannedSet("squat", 3, {"knee_valgus": 15}), Away(2.0))
    assert (trial.subject.height, trial.scene.camera.azimuth, trial.scene.light) == (1.6, 40, 0.8)
    assert (trial.world.picture.occlusion, trial.world.links["left_wrist"].offset) == (0.2, 0.1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plan: []", "no 'plan'"),
        ("- squat", "no 'plan'"),
        ("plan: [{movement: squat}]\nplam: 1", "unknown section 'plam'"),
        ("plan: [{movement: yodelling}]", "yodelling"),
        ("plan: [{movement: squat, faults: {hip_sag: 3}}]", "hip_sag"),
        ("plan: [{move: squat}]", "move"),
        ("plan: [", "not YAML"),
    ],
)
def test_a_wrong_file_is_named(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "trial.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=words):
        load_trial(str(path))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(UserError, match="No such file"):
        load_trial("nowhere.yaml")

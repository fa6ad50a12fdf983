"""What `sportcoach train --json` says of a network: time named right, by what was exercised and what was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sportcoach.commands.train import figures
from sportcoach_recognition.card import Facts
from sportcoach_recognition.clips import ClipResult

CLIPS = [
    ClipResult("squat_a", "squat", 0.75, "squat", {"squat": 75, "other": 25}, 2),
    ClipResult("lunge_a", "lunge", 1.0, "lunge", {"lunge": 300}, 0),
    ClipResult("other_curl", "other", 0.5, "squat", {"other": 50, "squat": 50}, 1),
]
FACTS = Facts(
    name="net", digest="abc", size=1, network="frame_gat", parameters=17, seed=0, minutes=12.0, command="", groups=1,
    training=[], held_back={("a", "squat"): (3, 4), ("b", "lunge"): (1, 1)}, unseen_clips=CLIPS, seen_clips=[],
)  # fmt: skip


def test_a_long_clip_counts_more_than_a_short_one_and_rest_is_counted_apart() -> None:
    told = {figure.name: figure.value for figure in figures(FACTS)}
    assert told["unseen_clips_exercise"] == pytest.approx(375 / 400)
    assert told["unseen_clips_other"] == 0.5
    assert told["held_back_accuracy"] == pytest.approx(0.875)
    assert (told["parameters"], told["training"]) == (17, 12.0)


def test_nothing_is_said_of_clips_that_no_network_was_kept_from() -> None:
    assert not [figure for figure in figures(replace(FACTS, unseen_clips=[])) if figure.name.startswith("unseen")]

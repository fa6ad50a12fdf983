"""sportcoach train: the recognition network."""

from __future__ import annotations

import argparse
from itertools import chain

from sportcoach.datasets import simulated
from sportcoach.figures import Figure, report
from sportcoach_perception import pose_model
from sportcoach_recognition import train
from sportcoach_recognition.card import Facts
from sportcoach_recognition.clips import right_time


def main(arguments: argparse.Namespace) -> int:
    """Train as the settings say."""
    # A missing one is found before any work.
    collections = [simulated.read(folder, pictured=True) for folder in arguments.simulated]
    athletes, model = chain.from_iterable(collections), pose_model.path("full")
    facts = train.main(
        arguments.config, arguments.out, arguments.data, model, arguments.cache, athletes, arguments.keep
    )
    if arguments.json:
        about = {"network": facts.network, "command": facts.command, "sha256": facts.digest}
        print(report("train", facts.seed, figures(facts), about))
    else:
        print(f"{arguments.out}: sha256 {facts.digest}")
    return 0


def figures(facts: Facts) -> list[Figure]:
    """How good the network is on people that it was not trained on, how large it is and how long it took."""
    shares = [right / of for right, of in facts.held_back.values()]
    found = [
        Figure("held_back_accuracy", sum(shares) / len(shares), "share, mean of sources and labels", "higher"),
        Figure("parameters", facts.parameters, "numbers", "lower"),
        Figure("training", facts.minutes, "minutes of one core", "lower"),
    ]
    if not facts.unseen_clips:
        return found
    exercises = [clip for clip in facts.unseen_clips if clip.label != "other"]
    others = [clip for clip in facts.unseen_clips if clip.label == "other"]
    return [
        Figure("unseen_clips_exercise", right_time(exercises), "share of the time named right", "higher", 0.95),
        Figure("unseen_clips_other", right_time(others), "share of the time named right", "higher"),
        *found,
    ]

"""sportcoach train: the recognition network."""

from __future__ import annotations

import argparse
from itertools import chain

from sportcoach.datasets import simulated
from sportcoach_perception import pose_model
from sportcoach_recognition import train


def main(arguments: argparse.Namespace) -> int:
    """Train as the settings say."""
    # A missing one is found before any work.
    collections = [simulated.read(folder, pictured=True) for folder in arguments.simulated]
    athletes, model = chain.from_iterable(collections), pose_model.path("full")
    digest = train.main(
        arguments.config, arguments.out, arguments.data, model, arguments.cache, athletes, arguments.keep
    )
    print(f"{arguments.out}: sha256 {digest}")
    return 0

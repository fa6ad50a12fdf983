"""sportcoach train: the recognition network."""

from __future__ import annotations

import argparse

from sportcoach_perception import pose_model
from sportcoach_recognition import train


def main(arguments: argparse.Namespace) -> int:
    """Train as the settings say."""
    digest = train.main(arguments.config, arguments.out, arguments.data, pose_model.path("full"), arguments.cache)
    print(f"{arguments.out}: sha256 {digest}")
    return 0

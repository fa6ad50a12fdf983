"""sportcoach train: the recognition network."""

from __future__ import annotations

import argparse

from sportcoach_recognition import train


def main(arguments: argparse.Namespace) -> int:
    """Train as the settings say."""
    train.main(arguments.config, arguments.data, arguments.out)
    return 0

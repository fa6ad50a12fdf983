"""Options of the commands that read data sets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

DATASETS: Final = (
    "utd-mhad", "irds", "berkeley-mhad", "penn-action", "pushup-form", "videos", "bags", "simulated",
)  # fmt: skip

_MODALITIES: Final = ("fused", "skeleton", "inertial")


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """What is evaluated, and how."""
    _add_dataset(parser)
    parser.add_argument(
        "--protocol",
        default="",
        metavar="NAME",
        help="how it is divided ('sportcoach dataset info' lists them; default: the standard one)",
    )
    test = parser.add_argument_group("another test part")
    test.add_argument(
        "--test-subjects", metavar="LIST", help="subjects to test, 2,4,6,8 for example; all others are trained on"
    )
    test.add_argument(
        "--test-root", type=Path, metavar="DIR", help="folder of the same layout to test, all of --root is trained on"
    )
    training = parser.add_argument_group("training")
    training.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="trained network (.safetensors) to test, without training"
    )
    training.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="training settings (default: those of the set in config/train/evaluate)",
    )
    training.add_argument(
        "--modality", choices=_MODALITIES, default="fused", help="what the network sees (default: fused, all there is)"
    )
    training.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)")
    training.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for networks, curves and answers; a killed run with the same --out goes on",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def add_info_options(parser: argparse.ArgumentParser) -> None:
    """What is described."""
    _add_dataset(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")


def add_landmarks_options(parser: argparse.ArgumentParser) -> None:
    """Which videos are looked at."""
    parser.add_argument("root", type=Path, metavar="DIR", help="folder of videos, with labels.csv (docs/datasets.md)")
    parser.add_argument(
        "--complexity", choices=("lite", "full", "heavy"), default="full", help="pose network (default: full)"
    )
    _add_cache(parser)


def _add_dataset(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dataset", choices=DATASETS, metavar="DATASET", help=", ".join(DATASETS))
    parser.add_argument(
        "--root", type=Path, required=True, metavar="DIR", help="folder of the set, in its published layout"
    )
    _add_cache(parser)


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path("build/landmarks"),
        metavar="DIR",
        help="folder for the landmarks of videos (default: build/landmarks)",
    )

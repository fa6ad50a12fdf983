"""Options of `sportcoach experiment`."""

from __future__ import annotations

import argparse
from pathlib import Path

from sportcoach.experiments.registry import EXPERIMENTS


def add_experiment_options(parser: argparse.ArgumentParser) -> None:
    """Which experiment, how large, and where its results go."""
    listing = "; ".join(f"{name}: {description}" for name, (_, description) in EXPERIMENTS.items())
    parser.add_argument("name", choices=(*EXPERIMENTS, "all"), metavar="NAME", help=f"{listing}; or all")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder for the results; a killed run goes on there"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("../shared/data"),
        metavar="DIR",
        help="folder of the published data sets (default: ../shared/data)",
    )
    parser.add_argument(
        "--sets", type=int, default=0, metavar="N", help="sets that are coached (default: as the scale says)"
    )
    parser.add_argument(
        "--collection",
        type=Path,
        metavar="DIR",
        help="simulated collection that networks learn from (default: one is made in --out)",
    )
    parser.add_argument(
        "--scale",
        type=Path,
        metavar="FILE",
        help="sizes of the experiments (default: full.yaml in config/experiments)",
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes (default: 1)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of everything random (default: 0)")
    parser.add_argument("--quick", action="store_true", help="a small sample, in minutes, to see that it runs")
    parser.add_argument("--json", action="store_true", help="print JSON and nothing else on stdout")

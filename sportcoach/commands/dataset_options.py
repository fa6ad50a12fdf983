"""Options of the commands that read data sets."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from sportcoach.commands.options import CHAIN, OF_BAGS, add_options

DATASETS: Final = (
    "utd-mhad", "irds", "berkeley-mhad", "penn-action", "pushup-form", "videos", "bags", "simulated",
)  # fmt: skip

_MODALITIES: Final = ("fused", "skeleton", "inertial")


OF_TRAINING: Final = ("protocol", "test_subjects", "test_root", "checkpoint", "config", "modality", "seed", "cache")
OF_COACHING: Final = (*CHAIN, *OF_BAGS, "workers", "ray", "baseline", "tolerance")


def add_evaluate_options(parser: argparse.ArgumentParser) -> None:
    """A command for each data set; `bags` also goes through the chain of the graph."""
    what = parser.add_subparsers(title="data sets", metavar="DATASET", required=True)
    for name in DATASETS:
        if name == "bags":
            bags = what.add_parser(
                name, help="recordings: DIR through the chain of the graph, --root DIR as a data set"
            )
            folder = bags.add_mutually_exclusive_group(required=True)
            folder.add_argument(
                "folder", nargs="?", type=Path, metavar="DIR", help="bags below it are coached and judged"
            )
            _add_root(folder, "bags below it are trained on and tested, by a protocol")
            _add_coaching_options(bags)
        else:
            one = what.add_parser(name, help="train and test by a published protocol")
            _add_root(one, "folder of the set, in its published layout", required=True)
            _add_training_options(one)
            one.set_defaults(command="evaluate", dataset=name)
    feedback = what.add_parser("feedback", help="what was said, and when, against reference remarks")
    feedback.add_argument(
        "--root",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder of NAME.csv (t, text) with NAME.json or NAME/session.json each",
    )
    feedback.add_argument(
        "--window", type=float, default=3.0, metavar="S", help="how far apart counts as in time (default: 3)"
    )
    feedback.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    feedback.set_defaults(command="evaluate_feedback")
    form = what.add_parser("form", help="which real push-ups are corrected, in good and in bad form, and why")
    _add_root(form, "folder of the push-up form landmarks", required=True)
    form.add_argument(
        "--threshold", type=float, default=5.0, metavar="DEG", help="beyond a fault's limit for a cue (default: 5)"
    )
    form.add_argument("--json", action="store_true", help="print one JSON object and nothing else on stdout")
    form.set_defaults(command="evaluate_form")


def _add_coaching_options(parser: argparse.ArgumentParser) -> None:
    """Those of both ways to evaluate bags, and to which of the two each belongs."""
    add_options(parser, "what to look for, with DIR", (*CHAIN, *OF_BAGS))
    group = parser.add_argument_group("evaluation, with DIR")
    group.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: one per core)")
    group.add_argument("--ray", default="", metavar="ADDRESS", help="run on this Ray cluster (requirements-ray.txt)")
    group.add_argument(
        "--baseline", type=Path, metavar="FILE", help="JSON of an earlier evaluation; exit code 3 if a figure is worse"
    )
    group.add_argument(
        "--tolerance", type=float, default=0.005, metavar="X", help="what may be lost against it (default: 0.005)"
    )
    _add_training_options(parser)
    defaults = {name: parser.get_default(name) for name in (*OF_TRAINING, *OF_COACHING)}
    parser.set_defaults(
        command="evaluate_bags",
        dataset="bags",
        of_training={name: defaults[name] for name in OF_TRAINING},
        of_coaching={name: defaults[name] for name in OF_COACHING},
    )


def _add_training_options(parser: argparse.ArgumentParser) -> None:
    """How a network is trained and tested."""
    _add_cache(parser)
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
    _add_root(parser, "folder of the set, in its published layout", required=True)
    _add_cache(parser)


def _add_root(parser: argparse._ActionsContainer, text: str, required: bool = False) -> None:
    parser.add_argument("--root", type=Path, required=required, metavar="DIR", help=text)


def _add_cache(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path("build/landmarks"),
        metavar="DIR",
        help="folder for the landmarks of videos (default: build/landmarks)",
    )

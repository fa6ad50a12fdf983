"""sportcoach dataset info: what is in a data set, after a check of every file."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from sportcoach.datasets import catalogue
from sportcoach_perception.skeleton import LANDMARKS, LIMBS
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.grid import duration
from sportcoach_recognition.protocols import PROTOCOLS


def main(arguments: argparse.Namespace) -> int:
    """Read everything and print."""
    found = describe(arguments.dataset, catalogue.read(arguments.dataset, arguments.root, arguments.cache))
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return 0
    console = Console()
    for key, value in found.items():
        if not isinstance(value, dict):
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            console.print(f"{key.replace('_', ' ')}: {text}", highlight=False)
    for key in ("classes", "subjects"):
        table = Table(key, "sequences")
        for name, count in found[key].items():
            table.add_row(name, str(count))
        console.print(table)
    return 0


def describe(name: str, sequences: list[Sequence]) -> dict[str, Any]:
    """Numbers of a set: sequences by class and subject, time, landmarks and sensors."""
    spans = [duration(sequence) for sequence in sequences]
    seconds = np.array([(end - begin) / 1e9 for begin, end in spans])
    seen = np.any([sequence.seen.any(0) for sequence in sequences], axis=0)
    sensors = np.any([sequence.imu_seen for sequence in sequences], axis=0)
    return {
        "dataset": name,
        "protocols": list(PROTOCOLS[name]),
        "sequences": len(sequences),
        "minutes": round(float(seconds.sum()) / 60.0, 1),
        "seconds_per_sequence": [round(float(value), 1) for value in np.percentile(seconds, (0, 50, 100))],
        "frames_per_second": _rate([sequence.stamps for sequence in sequences]),
        "imu_readings_per_second": _rate([sequence.imu_stamps for sequence in sequences]),
        "landmarks": [landmark for landmark, there in zip(LANDMARKS, seen, strict=True) if there],
        "sensors": [
            f"{limb} {kind}"
            for limb, there in zip(LIMBS, sensors, strict=True)
            for kind, has in zip(("accelerometer", "gyro"), there, strict=True)
            if has
        ],
        "classes": dict(sorted(Counter(sequence.label for sequence in sequences).items())),
        "subjects": dict(sorted(Counter(sequence.subject for sequence in sequences).items())),
    }


def _rate(streams: list[NDArray[np.int64]]) -> float | None:
    """Median rate of the streams that are there [1/s]."""
    rates = [(len(stamps) - 1) / (stamps[-1] - stamps[0]) * 1e9 for stamps in streams if len(stamps) > 1]
    return round(float(np.median(rates)), 1) if rates else None

"""Bags to evaluate as a list of jobs: each gives the same result wherever and whenever it runs."""

from __future__ import annotations

import hashlib
import json
import math
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from sportcoach.bag import Bag
from sportcoach.bag_evaluation.expected import Expected, from_labels, from_truth
from sportcoach.bag_evaluation.score import as_json, score
from sportcoach.bag_labels import Label
from sportcoach.bag_recovery import storage_files
from sportcoach.bag_source import find_source
from sportcoach.offline import coach_bag
from sportcoach.pipeline import PipelineOptions
from sportcoach.results import FrameResult
from sportcoach_feedback.coach import AUTO
from sportcoach_feedback.exercise import Exercise, load_exercises
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError

TRUTH: Final = ("truth", "sportcoach_msgs/msg/TruthFrame")
DECISION: Final = ("deviation", "sportcoach_msgs/msg/Deviation")
"""The last result of the chain: when it was published, the frame was done."""

_STAMP: Final = struct.Struct("<iI")
"""A header's time, behind the four bytes that every serialized message begins with."""

_PACKAGES: Final = ("sportcoach", "sportcoach_perception", "sportcoach_recognition", "sportcoach_feedback")


@dataclass(frozen=True, slots=True)
class Job:
    """One bag.

    name: its path below the folder that is evaluated.
    labels: its rows of labels.csv; without any, the truth in the bag is taken.
    remap, from_pictures: see `offline.analyze`.
    """

    name: str
    path: str
    labels: tuple[Label, ...]
    options: PipelineOptions
    remap: Mapping[str, str]
    from_pictures: bool

    def fingerprint(self, code: str) -> str:
        """What the result depends on: the files, the job, the `code` (see `code_digest`)."""
        files = [(f.name, f.stat().st_size, f.stat().st_mtime_ns) for f in storage_files(Path(self.path))]
        return hashlib.sha256(json.dumps([code, files, asdict(self)]).encode()).hexdigest()[:20]


Result = dict[str, Any]
"""What `run` gives, ready for JSON: bag, error, warning, seconds_spent and, unless there is an error, score."""


def code_digest() -> str:
    """Of everything installed that decides about results: our code, weights and settings."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        spec = find_spec(package)
        roots = [Path(location) for location in (spec.submodule_search_locations or ()) if spec] if spec else []
        for root in roots:
            _add_files(digest, root)
    _add_files(digest, config_path("."))
    return digest.hexdigest()


def _add_files(digest: Any, root: Path) -> None:
    for file in sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(str(file.relative_to(root)).encode())
        digest.update(file.read_bytes())


def run(job: Job) -> Result:
    """Run a job; a bag that cannot be used gives a result with an error, and stops nobody else."""
    result: Result = {"bag": job.name, "error": "", "warning": "", "seconds_spent": 0.0}
    began = time.perf_counter()
    try:
        with Bag(job.path) as bag:
            result["score"] = _evaluate(bag, job)
            result["warning"] = bag.damage
    except UserError as error:
        result["error"] = str(error)
    result["seconds_spent"] = round(time.perf_counter() - began, 3)
    return result


def _evaluate(bag: Bag, job: Job) -> dict[str, Any]:
    folder = Path(job.options.exercises) if job.options.exercises else None
    exercises = load_exercises(folder)
    source = find_source(bag, job.remap, job.from_pictures)
    truth = [] if job.labels else [bag.decode(message) for message in bag.messages(_topics(bag, *TRUTH))]
    if not job.labels and not truth:
        raise UserError(f"{bag.path} has neither a row in labels.csv nor the truth of a simulated athlete")
    results = [result for step in coach_bag(bag, source, job.options) for result in step]
    if not results:
        raise UserError(f"{bag.path}: no frame could be used")
    expected = from_truth(truth, exercises) if truth else _labelled(job.labels, results, exercises)
    return as_json(score(expected, results, _latencies(bag), _known(exercises, job.options.exercise)))


def _labelled(labels: Sequence[Label], results: Sequence[FrameResult], exercises: Mapping[str, Exercise]) -> Expected:
    return from_labels(labels, results[0].skeleton.stamp, results[-1].skeleton.stamp, exercises)


def _known(exercises: Mapping[str, Exercise], chosen: str) -> list[tuple[str, str]]:
    names = exercises if chosen == AUTO else [chosen]
    return list(dict.fromkeys((name, rule.name) for name in names for rule in exercises[name].faults))


def _topics(bag: Bag, name: str, msgtype: str) -> list[str]:
    """Topics called `name` in any namespace."""
    return [t.name for t in bag.topics.values() if t.msgtype == msgtype and t.name.rpartition("/")[2] == name]


def _latencies(bag: Bag) -> Iterator[int]:
    """From the picture to the publication of every decision that was recorded [ms]."""
    for message in bag.messages(_topics(bag, *DECISION)):
        seconds, nanoseconds = _STAMP.unpack_from(message.cdr, 4)
        yield math.ceil((message.stamp - seconds * 10**9 - nanoseconds) * 1e-6)

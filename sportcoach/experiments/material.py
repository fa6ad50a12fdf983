"""What networks are trained on and tested with: real people of UTD-MHAD, simulated athletes seen by MediaPipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from sportcoach.datasets import simulated
from sportcoach.experiments import placement
from sportcoach.experiments.alone import alone
from sportcoach.experiments.trials import Setup
from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError
from sportcoach_recognition import protocols
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.datasets import utd_mhad
from sportcoach_recognition.datasets.sequence import Sequence
from sportcoach_recognition.divisions import Division, Fold
from sportcoach_recognition.grid import duration
from sportcoach_sim.dataset import shards
from sportcoach_sim.dataset.build import build
from sportcoach_sim.dataset.recipe import SPLITS, Settings

PEOPLE: Final = "utd-mhad"
SIMULATED: Final = "simulated"

CLASSES: Final = {PEOPLE: utd_mhad.CLASSES, SIMULATED: ACTIONS}

SIZES: Final = {
    PEOPLE: ("steps", "batch", "networks"),
    SIMULATED: ("athlete_steps", "batch", "networks", "athletes", "clips", "rendered", "seconds"),
}
"""What of the scale a network depends on that is trained on a set."""

FRAME_RATE: Final = 30.0
"""Of the simulated camera, and of the networks that are trained on what it sees [1/s]."""

WINDOW: Final = 64
"""The paper's window [frames]."""


def folds(setup: Setup, dataset: str) -> range:
    """The divisions of a set that are trained and tested, by number."""
    return range(1 if dataset == SIMULATED else min(setup.scale.folds, len(_people(setup.data / "utd_mhad").folds)))


def fold(setup: Setup, dataset: str, number: int) -> Fold:
    """What is trained on and what is tested; no one is in both.

    Real people are divided by the standard protocol (without its test part, each is left out in turn). Of the simulated
    athletes, the networks learn from the first 70 %, and all others are tested: nothing is chosen by a validation part.
    """
    if dataset == PEOPLE:
        return _people(setup.data / "utd_mhad").folds[number]
    return _athletes(collection(setup))


@cache
def _people(root: Path) -> Division:
    if not root.is_dir():
        raise UserError(f"{root} is not a folder: name that of the data sets with --data")
    protocol = protocols.protocol(PEOPLE, "")
    return protocol.divide(protocol.asked(list(utd_mhad.read(root))))


@cache
def _athletes(root: Path) -> Fold:
    clips = ((clip, simulated.sequence(clip)) for clip in shards.read(root))
    sequences = [placement.with_virtual(sequence, clip) for clip, sequence in clips if len(sequence.stamps)]
    names = sorted({sequence.subject for sequence in sequences})
    learned = names[: round(SPLITS["train"] * len(names))]
    train = [sequence for sequence in sequences if sequence.subject in learned]
    return Fold("athletes", train, [sequence for sequence in sequences if sequence.subject not in learned])


def collection(setup: Setup) -> Path:
    """Folder of the simulated athletes, made now where they are missing."""
    if setup.collection:
        return setup.collection
    scale = setup.scale
    settings = Settings(scale.athletes, scale.clips, scale.rendered, setup.seed, seconds=scale.seconds)
    return _made(setup.out / SIMULATED, settings, setup.workers)


@cache
def _made(root: Path, settings: Settings, workers: int) -> Path:
    with alone(root.parent):  # all workers make one collection, not each of them another
        build(root, settings, pose_model.path("full") if settings.rendered else None, workers)
    return root


def occluded(setup: Setup, share: float) -> list[Sequence]:
    """Simulated athletes whom no network has seen, with a share of every picture hidden; the same for each share."""
    settings = Settings(setup.scale.occluded_athletes, 1, 1.0, setup.seed + 1, share, setup.scale.seconds)
    root = _made(setup.out / f"occluded-{share:.2f}", settings, setup.workers)
    return [placement.with_virtual(simulated.sequence(clip), clip) for clip in shards.read(root)]


def windows(sequences: Iterable[Sequence], frames: int) -> Iterator[Sequence]:
    """Simulated sequences cut into windows of so many frames, one after the other; what is left over is dropped.

    Nobody may be seen in a window, when pictures are hidden; its IMUs go on.
    """
    length = round(frames * 1e9 / FRAME_RATE)
    for sequence in sequences:
        first, last = duration(sequence)
        for begin in range(first, last - length + 1, length):
            yield between(sequence, begin, begin + length)


def between(sequence: Sequence, begin: int, end: int) -> Sequence:
    """What of a sequence lies between two stamps [ns]."""
    frames = (sequence.stamps >= begin) & (sequence.stamps < end)
    readings = (sequence.imu_stamps >= begin) & (sequence.imu_stamps < end)
    return replace(
        sequence,
        stamps=sequence.stamps[frames],
        world=sequence.world[frames],
        seen=sequence.seen[frames],
        angles=sequence.angles[frames] if len(sequence.angles) else sequence.angles,
        stage=sequence.stage[frames] if len(sequence.stage) else sequence.stage,
        quality=sequence.quality[frames] if len(sequence.quality) else sequence.quality,
        imu_stamps=sequence.imu_stamps[readings],
        imu=sequence.imu[readings],
        name=f"{sequence.name}@{begin / 1e9:.2f}",
    )

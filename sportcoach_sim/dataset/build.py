"""Makes a collection: shard by shard, on several cores, going on where an earlier run was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sportcoach_perception.pose import PoseEstimator
from sportcoach_sim.dataset.claim import claimed
from sportcoach_sim.dataset.clip import Clip
from sportcoach_sim.dataset.recipe import ACTIONS, Recipe, Settings, recipes
from sportcoach_sim.dataset.recording import record
from sportcoach_sim.dataset.shards import write
from sportcoach_sim.render import check_drawing
from sportcoach_sim.workers import completed


@dataclass(frozen=True, slots=True)
class Made:
    """A clip that was made, and how long it kept one core busy [s], whatever else the machine had to do."""

    rendered: bool
    core_seconds: float


def build(
    root: Path,
    settings: Settings,
    pose_model: Path | None,
    workers: int = 1,
    progress: Callable[[int], None] = lambda clips: None,
) -> list[Made]:
    """Make what is missing of the collection in folder `root`; its bytes depend on `settings` alone.

    Args:
        root: folder, new or with what an earlier run has made of the same collection.
        settings: what it is made from.
        pose_model: of MediaPipe, for the clips that are rendered; None to render none.
        workers: processes; one works in this one.
        progress: is told how many clips are there, at the beginning and after every shard.

    Raises:
        UserError: pictures are wanted and cannot be drawn, the folder holds something else, or another run is
            writing to it.
    """
    if pose_model is not None:
        check_drawing()
    shards = [(subject, action) for subject in range(settings.subjects) for action in ACTIONS]
    with claimed(root, settings, pose_model):
        missing = [shard for shard in shards if not shard_path(root, settings, *shard).exists()]
        done = (len(shards) - len(missing)) * settings.clips
        progress(done)
        made: list[Made] = []
        jobs = [(root, settings, pose_model, *shard) for shard in missing]
        for part in completed(make_shard, jobs, workers):
            made += part
            progress(done + len(made))
    return made


def shard_path(root: Path, settings: Settings, subject: int, action: str) -> Path:
    """Where the clips of one athlete and action are."""
    return root / settings.split(subject) / f"s{subject:03d}_{action}.npz"


def make_shard(root: Path, settings: Settings, pose_model: Path | None, subject: int, action: str) -> list[Made]:
    """Record and write the clips of one athlete and action."""
    clips, made = [], []
    for recipe in recipes(settings, subject, action):
        began = time.process_time()
        clips.append(_record(recipe, pose_model))
        made.append(Made(recipe.rendered, time.process_time() - began))
    write(shard_path(root, settings, subject, action), clips)
    return made


def _record(recipe: Recipe, pose_model: Path | None) -> Clip:
    if pose_model is None or not recipe.rendered:
        return record(recipe, None)
    with PoseEstimator(pose_model) as estimator:
        return record(recipe, estimator.estimate)

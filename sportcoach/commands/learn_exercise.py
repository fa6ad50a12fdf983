"""sportcoach learn-exercise: a definition of a new exercise from a recording of somebody who does it well."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sportcoach.bag import Bag
from sportcoach.bag_feed import BagFeed
from sportcoach.bag_recovery import SUFFIXES
from sportcoach.bag_source import find_source
from sportcoach.pipeline import Pipeline, PipelineOptions
from sportcoach.session import write_atomically
from sportcoach_feedback.decomposition import decompose, key_poses
from sportcoach_feedback.exercise import load_exercise
from sportcoach_feedback.learning import definition, learn
from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Skeleton
from sportcoach_perception.pictured import seen_angles
from sportcoach_perception.pose import PoseEstimator
from sportcoach_perception.video import VideoFile


def main(arguments: argparse.Namespace) -> int:
    """Learn, write, check what was written, and say what was found."""
    path: Path = arguments.out / f"{arguments.name}.yaml"
    if path.exists() and not arguments.force:
        raise UserError(f"{path} exists: give another name, or --force to replace it")
    seen = [skeleton for skeleton in _skeletons(arguments.source) if skeleton.detected]
    if not seen:
        raise UserError(f"no athlete in view in {arguments.source}")
    world = np.stack([skeleton.world for skeleton in seen])
    seconds = np.array([skeleton.stamp for skeleton in seen]) * 1e-9
    told = [seen_angles(skeleton.world, skeleton.image, skeleton.aspect) for skeleton in seen]
    angles, views = (np.array(column) for column in zip(*told, strict=True))
    learned = learn(seconds, angles, views)
    poses = key_poses(decompose(zip((skeleton.stamp for skeleton in seen), world, angles, strict=True)))
    source = f"Averaged over {len(learned.cycles.spans)} repetitions in {arguments.source.name}."
    write_atomically(path, definition(arguments.name, learned, source))
    exercise = load_exercise(path)
    moving = [joint.angle for joint in learned.joints if joint.moves]
    still = [joint.angle for joint in learned.joints if not joint.moves]
    count, driver = len(learned.cycles.spans), exercise.signal.angle
    print(f"{path}: {count} repetitions of {learned.seconds:.1f} s, driven by the {driver}")
    print(f"moving: {', '.join(moving)}; kept still: {', '.join(still) or 'none'}; judged from the {learned.view}")
    print(f"key poses at {', '.join(f'{(stamp - seen[0].stamp) * 1e-9:.1f}' for stamp in poses)} s")
    print(f"Look through it, then: sportcoach run --exercises {arguments.out} --exercise {arguments.name}")
    return 0


def _skeletons(path: Path) -> Iterator[Skeleton]:
    """Those of a video or a bag; raises UserError when it is neither."""
    if path.is_dir() or path.suffix in SUFFIXES:
        with Bag(path) as bag:
            source = find_source(bag, {}, False)
            with Pipeline(PipelineOptions(), pictures=source.frames != "skeleton") as pipeline:
                for results in BagFeed(bag, source, pipeline, 0).results():
                    yield from (result.skeleton for result in results)
        return
    video = VideoFile(path)
    with PoseEstimator(pose_model.path("full")) as estimator:
        for number, frame in enumerate(video):
            if number % 300 == 299:
                print(f"{number + 1} of {video.frame_count} frames", file=sys.stderr, flush=True)
            yield estimator.estimate(frame)
    video.close()

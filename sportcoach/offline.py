"""The chain over video files and bags without ROS transport, as fast as the machine allows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sportcoach.bag import Bag
from sportcoach.bag_feed import BagFeed
from sportcoach.bag_recovery import SUFFIXES
from sportcoach.bag_source import BagSource, find_source
from sportcoach.pipeline import Pipeline, PipelineOptions, Results
from sportcoach.session import Session, SessionLog
from sportcoach_perception.video import VideoFile

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all (0 when unknown)."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in one video or bag; `warning` is empty or one line about what was wrong with it."""

    log: SessionLog
    session: Session
    warning: str


def analyze(
    path: Path,
    options: PipelineOptions,
    duration: float = 0.0,
    progress: Progress = lambda done, total: None,
    remap: Mapping[str, str] | None = None,
    from_pictures: bool = False,
) -> Analysis:
    """Run the chain over one video, or over the pictures or skeletons and the IMU data of one bag.

    Args:
        path: a video file, or a bag: a rosbag2 folder or one of its files.
        options: settings of the chain.
        duration: stop after this many seconds; 0 for the whole.
        progress: told after every frame.
        remap: topic in a bag -> our name for it.
        from_pictures: find the skeletons in the pictures of a bag, though it holds skeletons too.

    Raises:
        UserError: the file cannot be decoded, a bag holds nothing to analyze, or a model cannot be loaded.
    """
    limit = round(duration * 1e9)
    if path.is_dir() or path.suffix in SUFFIXES:
        with Bag(path) as bag:
            return _analyze_bag(bag, find_source(bag, remap, from_pictures), options, limit, progress)
    return _analyze_video(path, options, limit, progress)


def _analyze_video(path: Path, options: PipelineOptions, limit: int, progress: Progress) -> Analysis:
    video = VideoFile(path)
    with Pipeline(options) as pipeline:

        def results() -> Iterator[Results]:
            for frame in video:
                if limit and frame.stamp >= limit:
                    return
                yield pipeline.add_picture(frame)

        log = _collect(path.name, results(), video.frame_count, progress)
    video.close()
    session = log.summary()
    return Analysis(log, session, "" if limit else _complaint(video, session))


def coach_bag(bag: Bag, source: BagSource, options: PipelineOptions) -> Iterator[Results]:
    """What the chain says to each message of a bag that drives it.

    Raises:
        UserError: a model cannot be loaded.
    """
    with Pipeline(options, pictures=source.frames != "skeleton") as pipeline:
        yield from BagFeed(bag, source, pipeline).results()


def _analyze_bag(bag: Bag, source: BagSource, options: PipelineOptions, limit: int, progress: Progress) -> Analysis:
    with Pipeline(options, pictures=source.frames != "skeleton") as pipeline:
        feed = BagFeed(bag, source, pipeline, limit)
        log = _collect(bag.path.resolve().name, feed.results(), source.count, progress)
    return Analysis(log, log.summary(feed.frames or None), bag.damage or feed.complaint)


def _collect(name: str, steps: Iterator[Results], total: int, progress: Progress) -> SessionLog:
    """Log the results of all steps, with the time that each step took."""
    log = SessionLog(name)
    began = time.perf_counter()
    for results in steps:
        spent = time.perf_counter() - began
        for result in results:
            log.add(replace(result, latency=spent))
            progress(len(log), total)
        began = time.perf_counter()
    return log


def _complaint(video: VideoFile, session: Session) -> str:
    if session.frames < video.frame_count:
        return f"{video.path} ends early: {session.frames} of {video.frame_count} frames could be decoded"
    if session.detected_fraction == 0.0:
        return f"no athlete in view in {video.path}"
    return ""

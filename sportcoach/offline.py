"""The chain over video files without ROS transport, as fast as the machine allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sportcoach.pipeline import Pipeline, PipelineOptions
from sportcoach.session import Session, SessionLog
from sportcoach_perception.video import VideoFile

Progress = Callable[[int, int], None]
"""Called with frames done and frames in all (0 when unknown)."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found in one video; `warning` is empty or one line about what was wrong with the file."""

    log: SessionLog
    session: Session
    warning: str


def analyze(
    path: Path, options: PipelineOptions, duration: float = 0.0, progress: Progress = lambda done, total: None
) -> Analysis:
    """Run the chain over one video.

    Args:
        path: the video file.
        options: settings of the chain.
        duration: stop after this many seconds of video; 0 for the whole.
        progress: told after every frame.

    Raises:
        UserError: the file cannot be decoded, or a model cannot be loaded.
    """
    video = VideoFile(path)
    log = SessionLog(path.name)
    limit = round(duration * 1e9)
    with Pipeline(options) as pipeline:
        for frame in video:
            if limit and frame.stamp >= limit:
                break
            began = time.perf_counter()
            result = pipeline.step(frame)
            log.add(replace(result, latency=time.perf_counter() - began))
            progress(len(log), video.frame_count)
    video.close()
    session = log.summary()
    return Analysis(log, session, "" if limit else _complaint(video, session))


def _complaint(video: VideoFile, session: Session) -> str:
    if session.frames < video.frame_count:
        return f"{video.path} ends early: {session.frames} of {video.frame_count} frames could be decoded"
    if session.detected_fraction == 0.0:
        return f"no athlete in view in {video.path}"
    return ""

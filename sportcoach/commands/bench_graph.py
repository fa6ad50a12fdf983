"""sportcoach bench graph: frames lost and latency of the running graph, hop by hop."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from sportcoach.figures import Figure, print_figures, report
from sportcoach.follow import Follower, Outcome, exclusive
from sportcoach.graph import GraphOptions
from sportcoach.results import FrameResult
from sportcoach_perception.config import share_folder
from sportcoach_perception.errors import UserError
from sportcoach_perception.video import VideoFile

WIDTH, HEIGHT, RATE = 640, 480, 30.0

HOPS = (
    ("camera", None, "camera_info"),
    ("pose", "camera_info", "skeleton"),
    ("fusion", "skeleton", "fused"),
    ("recognition", "fused", "action"),
    ("feedback", "action", "deviation"),
)
"""Name of the hop, topic that goes in (None: the stamp of the frame itself), topic that comes out."""


def main(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    if arguments.duration == 0.0:
        raise UserError("--duration must be more than 0: the measurement needs an end")
    video = arguments.video or default_video()
    results: list[FrameResult] = []
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        source = bring_to_standard(video, clip)
        options = GraphOptions(
            source="video",
            video=str(clip),
            loop=True,
            duration=arguments.duration,
            complexity=arguments.complexity,
            record=str(Path(folder) / "bag"),
            profile="all",
            voice=False,
        )
        with exclusive(options) as stop:
            outcome = Follower(options, results.append, to_stderr, hops=True).run(stop)
    if outcome.error:
        raise UserError(outcome.error, outcome.exit_code)
    if not results:
        raise UserError("the graph gave no result to measure", 1)
    figures = measure(results, outcome)
    if arguments.json:
        details = {"video": video.name, "frames_in_clip": source, "complexity": arguments.complexity}
        print(report("graph", 0, figures, details))
    else:
        print_figures(figures)
    return 0


def default_video() -> Path:
    """The clip of the squat in the data beside the checkout.

    Raises:
        UserError: it is not there.
    """
    video = share_folder().parent / "shared" / "data" / "clips" / "squat_tb_bodyweight.mp4"
    if not video.is_file():
        raise UserError(f"there is no {video.name} in the data beside this checkout: name a video with --video")
    return video


def to_stderr(name: str, line: str) -> None:
    """Print what a node said."""
    print(f"{name}: {line}", file=sys.stderr)


def bring_to_standard(video: Path, clip: Path) -> int:
    """Write `video` as a 640 x 480 clip at 30 fps, letter-boxed; returns its number of frames."""
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), RATE, (WIDTH, HEIGHT))
    count = 0
    for frame in VideoFile(video, max_size=WIDTH):
        scale = min(WIDTH / frame.image.shape[1], HEIGHT / frame.image.shape[0])
        size = (round(frame.image.shape[1] * scale), round(frame.image.shape[0] * scale))
        canvas = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        top, left = (HEIGHT - size[1]) // 2, (WIDTH - size[0]) // 2
        canvas[top : top + size[1], left : left + size[0]] = cv2.resize(frame.image, size)[..., ::-1]
        writer.write(canvas)
        count += 1
    writer.release()
    return count


def measure(results: list[FrameResult], outcome: Outcome) -> list[Figure]:
    """Share of processed frames, latency, and latency per hop."""
    latency = np.array([result.latency for result in results]) * 1e3
    figures = [
        Figure("frames_processed", len(results) / outcome.frames, "share", "higher", 0.98),
        Figure("latency_p50", float(np.percentile(latency, 50)), "ms", "lower"),
        Figure("latency_p95", float(np.percentile(latency, 95)), "ms", "lower", 150.0),
        Figure("latency_max", float(latency.max()), "ms", "lower"),
    ]
    for name, before, after in HOPS:
        hop = np.array(_hop(outcome.arrivals, before, after)) * 1e-6
        for percentile in (50, 95):
            figures.append(Figure(f"hop_{name}_p{percentile}", float(np.percentile(hop, percentile)), "ms", "lower"))
    return figures


def _hop(arrivals: dict[str, dict[int, int]], before: str | None, after: str) -> list[int]:
    """Time between the arrivals of a frame on two topics, as the monitor saw them [ns]."""
    starts = arrivals.get(before, {}) if before is not None else {stamp: stamp for stamp in arrivals[after]}
    return [end - starts[stamp] for stamp, end in arrivals[after].items() if stamp in starts]

"""The whole chain without ROS: the same objects as in the nodes, called one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sportcoach.results import FrameResult
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.frames import FusedFrame, ImageFrame, Skeleton
from sportcoach_perception.fusion import Fusion
from sportcoach_perception.pose import PoseEstimator
from sportcoach_perception.pose_model import path as pose_model_path
from sportcoach_recognition.recognizer import Recognizer


@dataclass(frozen=True, slots=True)
class PipelineOptions:
    """The settings that decide what comes out; names as in config/parameters.yaml."""

    complexity: str = "full"
    model: str = ""
    weights: str = ""
    exercise: str = "auto"
    exercises: str = ""
    language: str = "en"


class Pipeline:
    """Pictures in, results out: pose, fusion, recognition and coaching of one athlete.

    Raises:
        UserError: a model or an exercise definition cannot be loaded.
    """

    def __init__(self, options: PipelineOptions) -> None:
        exercises = load_exercises(Path(options.exercises) if options.exercises else None)
        self._coach = Coach(exercises, options.exercise, options.language)
        self._recognizer = Recognizer.load(options.weights or None)
        self._pose = PoseEstimator(options.model or pose_model_path(options.complexity))
        self._fusion = Fusion()

    def step(self, frame: ImageFrame) -> FrameResult:
        """What is said about `frame`; its latency is 0, to be measured by the caller."""
        skeleton = self._pose.estimate(frame)
        (fused,) = self._fusion.add_skeleton(skeleton)  # without IMUs every skeleton is ready at once
        return self._judge(skeleton, fused)

    def _judge(self, skeleton: Skeleton, fused: FusedFrame) -> FrameResult:
        action = self._recognizer.step(fused)
        return FrameResult(skeleton, action, self._coach.step(fused, action), 0.0)

    def close(self) -> None:
        """Free the pose network."""
        self._pose.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

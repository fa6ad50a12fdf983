"""The whole chain without ROS: the same objects as in the nodes, called one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from sportcoach.results import FrameResult
from sportcoach_feedback.coach import Coach
from sportcoach_feedback.control import Control
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.frames import FusedFrame, ImageFrame, ImuSample, Skeleton
from sportcoach_perception.fusion import Fusion, FusionOptions
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


Results = tuple[FrameResult, ...]


class Pipeline:
    """Pictures or skeletons and IMU samples in, results out: fusion, recognition and coaching of one athlete.

    What goes in, in order of arrival, gives the results that are ready, in order of their stamps. Their latency is 0,
    to be measured by the caller.

    Args:
        options: the settings.
        pictures: whether pictures are going to come; otherwise the pose network is not loaded.

    Raises:
        UserError: a model or an exercise definition cannot be loaded.
    """

    def __init__(self, options: PipelineOptions, pictures: bool = True) -> None:
        exercises = load_exercises(Path(options.exercises) if options.exercises else None)
        self._coach = Coach(exercises, options.exercise, options.language)
        self._recognizer = Recognizer.load(options.weights or None)
        model = options.model or (pose_model_path(options.complexity) if pictures else "")
        self._pose = PoseEstimator(model) if pictures else None
        # Nobody here reads which sensors are swapped, nor their offsets where the network doesn't look at them.
        align = "apply" if self._recognizer.reads_sensors else "off"
        self._fusion = Fusion(FusionOptions(align=align), compare=False)

    def add_picture(self, frame: ImageFrame) -> Results:
        """Take a picture."""
        if self._pose is None:
            raise ValueError("this pipeline was made for skeletons")
        return self.add_skeleton(self._pose.estimate(frame))

    def add_skeleton(self, skeleton: Skeleton) -> Results:
        """Take a skeleton; without IMUs its own result is ready at once."""
        return self._judge(self._fusion.add_skeleton(skeleton))

    def add_imu(self, sample: ImuSample, arrival: int) -> Results:
        """Take an IMU sample that was received at `arrival` [ns]."""
        return self._judge(self._fusion.add_imu(sample, arrival))

    def control(self, wish: Control) -> None:
        """Take a wish about the session; it holds from the first frame that is not older.

        Raises:
            UserError: there is no such exercise.
        """
        self._coach.control(wish)

    def flush(self) -> Results:
        """The results that were still waiting for IMU samples, at the end of a recording."""
        return self._judge(self._fusion.flush())

    def _judge(self, frames: tuple[FusedFrame, ...]) -> Results:
        results = []
        for frame in frames:
            action = self._recognizer.step(frame)
            results.append(FrameResult(frame.skeleton, action, self._coach.step(frame, action), 0.0))
        return tuple(results)

    def close(self) -> None:
        """Free the pose network."""
        if self._pose is not None:
            self._pose.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

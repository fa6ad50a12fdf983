"""Skeletons from pictures with MediaPipe Pose Landmarker (Bazarevsky et al. 2020, BlazePose)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Any

import mediapipe as mp
import numpy as np

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame, Skeleton, aspect_of


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence MediaPipe's native log, which has no switch and greets every start with warnings on stderr."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


class PoseEstimator:
    """One athlete's 33 landmarks per picture, tracked from picture to picture.

    The result depends on the pictures and their stamps only, to the last bit. Stamps that go back, or jump by more
    than `RESET_GAP`, start a new track.

    Args:
        model: a pose_landmarker_*.task bundle.
        min_confidence: below it a detection, its presence or its track does not count, 0..1.

    Raises:
        UserError: the bundle cannot be loaded.
    """

    RESET_GAP = 2_000_000_000
    """Gap between pictures after which the last pose says nothing about the next [ns]."""

    def __init__(self, model: str | Path, min_confidence: float = 0.5) -> None:
        self._model = Path(model)
        self._min_confidence = min_confidence
        self._origin: int | None = None
        self._last = -1
        self._athlete_seen = False
        self._landmarker = self._create()

    def _create(self) -> Any:
        vision = mp.tasks.vision
        options = vision.PoseLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_path=str(self._model)),
            running_mode=vision.RunningMode.VIDEO,
            min_pose_detection_confidence=self._min_confidence,
            min_pose_presence_confidence=self._min_confidence,
            min_tracking_confidence=self._min_confidence,
        )
        try:
            with _quiet():
                return vision.PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, FileNotFoundError) as error:
            raise UserError(f"pose model {self._model} cannot be loaded; 'make setup' fetches it anew") from error

    def _milliseconds(self, stamp: int) -> int:
        """MediaPipe's clock: whole milliseconds since the track began, strictly increasing."""
        if self._origin is not None:
            elapsed = (stamp - self._origin) // 1_000_000
            if 0 <= elapsed - self._last <= self.RESET_GAP // 1_000_000:
                self._last = max(elapsed, self._last + 1)
                return self._last
            self._landmarker.close()
            self._landmarker = self._create()
            self._athlete_seen = False
        self._origin, self._last = stamp, 0
        return 0

    def estimate(self, frame: ImageFrame) -> Skeleton:
        """Landmarks of the athlete in `frame`; not `detected` and all zero when nobody is found."""
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(frame.image))
        # The networks warn once more when the first athlete comes into view.
        with nullcontext() if self._athlete_seen else _quiet():
            result = self._landmarker.detect_for_video(picture, self._milliseconds(frame.stamp))
        self._athlete_seen |= bool(result.pose_landmarks)
        if not result.pose_landmarks:
            return Skeleton(frame.stamp, detected=False)
        flat, world = result.pose_landmarks[0], result.pose_world_landmarks[0]
        return Skeleton(
            frame.stamp,
            detected=True,
            image=np.array([(p.x, p.y) for p in flat], np.float32),
            world=np.array([(p.x, p.y, p.z) for p in world], np.float32),
            visibility=np.array([p.visibility for p in flat], np.float32),
            aspect=aspect_of(frame.image.shape[1], frame.image.shape[0]),
        )

    def close(self) -> None:
        """Free the network; MediaPipe's own destructor raises at interpreter exit."""
        self._landmarker.close()

    def __enter__(self) -> PoseEstimator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""Pictures from a video file or a camera device."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import ImageFrame

# OpenCV's and FFmpeg's own complaints about broken files and devices would appear beside our one line.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

DEFAULT_MAX_SIZE = 640
"""Longer side of the pictures that are worked on [pixels]; the pose network itself sees 256 x 256."""


def _to_rgb(bgr: NDArray[np.uint8], max_size: int) -> NDArray[np.uint8]:
    """A picture of OpenCV's as RGB, no larger than `max_size`."""
    return np.asarray(cv2.cvtColor(fit_within(bgr, max_size), cv2.COLOR_BGR2RGB), np.uint8)


def fit_within(image: NDArray[np.uint8], max_size: int) -> NDArray[np.uint8]:
    """`image` (h, w, 3) shrunk so that its longer side is at most `max_size` pixels, unchanged when it is already."""
    scale = max_size / max(image.shape[:2])
    if scale >= 1.0:
        return image
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


class VideoFile:
    """A video file as a stream of RGB pictures, stamped from 0 with the file's own time.

    Attributes:
        frame_count: number of frames the file claims to have; 0 when it doesn't say.
        frame_rate: frames per second the file claims.

    Raises:
        UserError: the file is missing or holds no picture that can be decoded.
    """

    def __init__(self, path: str | Path, max_size: int = DEFAULT_MAX_SIZE) -> None:
        self.path = Path(path)
        self._max_size = max_size
        if not self.path.is_file():
            raise UserError(f"no such video file: {self.path}")
        self._capture = cv2.VideoCapture(str(self.path), cv2.CAP_FFMPEG)
        self._first: ImageFrame | None = self._decode() if self._capture.isOpened() else None
        if self._first is None:
            self._capture.release()
            raise UserError(f"{self.path} is not a video that can be decoded (try 'ffmpeg -i {self.path.name}')")
        self.frame_count = max(0, int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.frame_rate = float(self._capture.get(cv2.CAP_PROP_FPS)) or 30.0

    def _decode(self) -> ImageFrame | None:
        ok, image = self._capture.read()
        if not ok:
            return None
        stamp = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * 1e6)
        return ImageFrame(stamp, _to_rgb(np.asarray(image, np.uint8), self._max_size))

    def __iter__(self) -> Iterator[ImageFrame]:
        """Frames to the end of the file, once; stamps strictly increase from 0."""
        frame, self._first = self._first, None
        if frame is None:
            return
        origin, last = frame.stamp, -1
        while frame is not None:
            # Broken files repeat or reverse time stamps: continue at the nominal rate there.
            stamp = frame.stamp - origin
            if stamp <= last:
                stamp = last + round(1e9 / self.frame_rate)
            last = stamp
            yield ImageFrame(stamp, frame.image)
            frame = self._decode()
        self._capture.release()

    def close(self) -> None:
        """Release the file; iterating further ends at once."""
        self._capture.release()


class CameraDevice:
    """A webcam as a stream of RGB pictures, stamped by `now` when they arrive.

    Args:
        device: number N of the device, /dev/videoN on Linux.
        now: clock in ns; passed in, so that stamps live on the caller's time line.

    Raises:
        UserError: the device cannot be opened, or (while iterating) it stops delivering pictures.
    """

    def __init__(self, device: int, now: Callable[[], int], max_size: int = DEFAULT_MAX_SIZE) -> None:
        self._device = device
        self._now = now
        self._max_size = max_size
        self._capture: Any = cv2.VideoCapture(device)
        if not self._capture.isOpened():
            raise UserError(
                f"camera {device} cannot be opened: is it plugged in, and may this user read /dev/video{device}?"
            )
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)

    def __iter__(self) -> Iterator[ImageFrame]:
        while True:
            ok, image = self._capture.read()
            stamp = self._now()
            if not ok:
                raise UserError(
                    f"camera {self._device} stopped delivering pictures: is it still plugged in?", exit_code=3
                )
            yield ImageFrame(stamp, _to_rgb(np.asarray(image, np.uint8), self._max_size))

    def close(self) -> None:
        """Release the device."""
        self._capture.release()

"""Videos give stamped RGB pictures; broken ones give one clear line."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from sportcoach_perception.errors import UserError
from sportcoach_perception.video import CameraDevice, VideoFile, fit_within


def write_video(path: Path, frames: int = 20, size: tuple[int, int] = (64, 48), rate: float = 25.0) -> Path:
    """A clip whose red grows from frame to frame."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), rate, size)
    for index in range(frames):
        writer.write(np.full((size[1], size[0], 3), (0, 0, 10 * index), np.uint8))
    writer.release()
    return path


def test_frames_come_in_rgb_stamped_from_zero_at_the_files_rate(tmp_path: Path) -> None:
    frames = list(VideoFile(write_video(tmp_path / "clip.mp4")))
    assert [frame.stamp for frame in frames] == [index * 40_000_000 for index in range(20)]
    red, green, blue = frames[15].image[20, 20].astype(int)
    assert red > 120 and green < 40 and blue < 40


def test_large_pictures_are_shrunk_and_small_ones_kept(tmp_path: Path) -> None:
    (frame, *_) = VideoFile(write_video(tmp_path / "clip.mp4", frames=2, size=(200, 100)), max_size=80)
    assert frame.image.shape == (40, 80, 3)
    assert fit_within(frame.image, 100) is frame.image


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such video file"):
        VideoFile(tmp_path / "nothing.mp4")


def test_a_text_file_named_mp4_is_named(tmp_path: Path) -> None:
    path = tmp_path / "words.mp4"
    path.write_text("not a video", encoding="utf-8")
    with pytest.raises(UserError, match="not a video that can be decoded"):
        VideoFile(path)


def test_a_file_cut_short_gives_the_frames_it_still_has(tmp_path: Path) -> None:
    whole = tmp_path / "whole.avi"
    writer = cv2.VideoWriter(str(whole), cv2.VideoWriter_fourcc(*"MJPG"), 25.0, (64, 48))
    noise = np.random.default_rng(0)
    for _ in range(40):
        writer.write(noise.integers(0, 255, (48, 64, 3), np.uint8))
    writer.release()
    data = whole.read_bytes()
    cut = tmp_path / "cut.avi"
    cut.write_bytes(data[: len(data) // 2])
    frames = list(VideoFile(cut))
    assert 10 < len(frames) < 30


def test_a_camera_that_is_not_there_is_named() -> None:
    with pytest.raises(UserError, match="camera 63 cannot be opened"):
        CameraDevice(63, lambda: 0)

"""Helpers for tests of bags: filled messages of every type that a session records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from sportcoach.bag_types import message_types
from sportcoach.bag_writer import BagWriter

STAMP = 1_700_000_000_123_456_789


class Messages:
    """Filled messages of every type that a session records."""

    def __init__(self) -> None:
        self.store = message_types()
        self._rng = np.random.default_rng(3)

    def make(self, name: str, /, **fields: Any) -> Any:
        package, _, message = name.rpartition("/")
        return self.store.types[f"{package}/msg/{message}"](**fields)

    def ours(self, name: str, /, **fields: Any) -> Any:
        return self.make(f"sportcoach_msgs/{name}", **fields)

    def floats(self, size: int) -> Any:
        return self._rng.random(size, np.float32)

    def time(self, stamp: int = STAMP) -> Any:
        return self.make("builtin_interfaces/Time", sec=stamp // 10**9, nanosec=stamp % 10**9)

    def header(self) -> Any:
        return self.make("std_msgs/Header", stamp=self.time(), frame_id="camera_optical_frame")

    def fault(self, name: str) -> Any:
        return self.ours("Fault", name=name, joint="left_knee", deviation=12.5, confidence=0.75)

    def joint(self, name: str) -> Any:
        numbers = {"angle": 95.5, "reference": 90.25, "deviation": 5.25, "weight": 1.0}
        return self.ours("JointDeviation", joint=name, **numbers, in_tolerance=False)

    def perception(self) -> Iterator[tuple[str, Any]]:
        body = {"athlete_id": "", "detected": True, "aspect": 1.75, "visibility": self.floats(33)}
        yield (
            "skeleton",
            self.ours("Skeleton", header=self.header(), **body, image=self.floats(66), world=self.floats(99)),
        )
        imu = {"imu": self.floats(24), "imu_valid": np.array([True, False, True, False]), "sync_error": self.floats(4)}
        pose = {"image": self.floats(66), "world": self.floats(99)}
        yield "fused", self.ours("FusedFrame", header=self.header(), **body, **pose, **imu)
        window = {"skeleton": self.floats(6336), "imu": self.floats(1536)}
        yield "fused_window", self.ours("FusedWindow", header=self.header(), **window)

    def results(self) -> Iterator[tuple[str, Any]]:
        who = {"header": self.header(), "exercise": "squat"}
        action = {
            "label": "squat",
            "probabilities": self.floats(5),
            "confidence": 0.9,
            "model_id": "frame_gat-0123abcd",
        }
        yield "action", self.ours("Action", header=self.header(), **action)
        stage = {"progress": 0.5, "energy": 1.25, "boundary_score": 0.125, "repetitions": 3, "tempo": 2.5}
        yield "stage", self.ours("Stage", **who, stage="execute", **stage)
        joints = [self.joint("left_knee"), self.joint("right_hip")]
        faults = [self.fault("shallow_depth"), self.fault("knee_valgus")]
        yield "deviation", self.ours("Deviation", **who, joints=joints, quality=0.5, faults=faults)
        span = {"start": self.time(STAMP - 10**9), "end": self.time()}
        yield "repetition", self.ours("Repetition", **who, **span, number=4, quality=0.5, faults=faults)
        cue = {
            "joint": "left_knee",
            "fault": "shallow_depth",
            "deviation": 12.5,
            "text": "Go deeper, très bien",
            "severity": 2,
        }
        yield "cue", self.ours("Cue", **who, **cue, expires=self.time(STAMP + 10**9))
        yield "voice", self.ours("VoiceCommand", header=self.header(), text="Go deeper", clip="", priority=2)
        duration = self.make("builtin_interfaces/Duration", sec=0, nanosec=300_000_000)
        buzz = {"actuator": "left_wrist", "intensity": 0.5, "duration": duration, "pattern": "pulse"}
        yield "haptic", self.ours("HapticCommand", header=self.header(), **buzz)
        yield "control", self.ours("Control", header=self.header(), command="exercise", value="lunge")

    def truth(self) -> Iterator[tuple[str, Any]]:
        what = {"action": "squat", "movement": "squat", "stage": "execute", "progress": 0.5, "repetition": 2}
        wrong = {"faults": ["knee_valgus"], "magnitudes": np.array([22.0])}
        angles = {"joints": ["left_knee", "right_knee"], "angles": self.floats(2)}
        pose = {"image": self.floats(66), "world": self.floats(99)}
        yield "truth", self.ours("TruthFrame", header=self.header(), **what, **wrong, **angles, **pose)

    def pictures(self) -> Iterator[tuple[str, Any]]:
        data = np.frombuffer(bytes(range(256)) * 20, np.uint8)
        picture = {"header": self.header(), "format": "rgb8; jpeg compressed bgr8", "data": data}
        yield "image_raw/compressed", self.make("sensor_msgs/CompressedImage", **picture)
        no_roi = {"x_offset": 0, "y_offset": 0, "height": 0, "width": 0, "do_rectify": False}
        lens = {"d": np.zeros(5), "k": np.eye(3).ravel(), "r": np.eye(3).ravel(), "p": np.eye(3, 4).ravel()}
        info = {"height": 480, "width": 640, "distortion_model": "plumb_bob", "binning_x": 0, "binning_y": 0}
        roi = self.make("sensor_msgs/RegionOfInterest", **no_roi)
        yield "camera_info", self.make("sensor_msgs/CameraInfo", header=self.header(), **info, **lens, roi=roi)


def assert_equal(read: Any, written: Any) -> None:
    """Two messages hold the same values, through all their levels, whichever classes hold them."""
    if isinstance(written, np.ndarray):
        np.testing.assert_array_equal(read, written)
    elif isinstance(written, list):
        assert len(read) == len(written)
        for one, other in zip(read, written, strict=True):
            assert_equal(one, other)
    elif hasattr(written, "__msgtype__"):
        assert read.__msgtype__ == written.__msgtype__
        for field in written.__dataclass_fields__:
            assert_equal(getattr(read, field), getattr(written, field))
    else:
        assert read == written


def write_squat_bag(folder: Path) -> dict[str, Any]:
    messages = Messages()
    written = dict([*messages.perception(), *messages.results(), *messages.truth(), *messages.pictures()])
    with BagWriter(folder) as bag:
        for index, (topic, message) in enumerate(written.items()):
            bag.write(
                topic, message.__msgtype__, STAMP + index, messages.store.serialize_cdr(message, message.__msgtype__)
            )
    return written

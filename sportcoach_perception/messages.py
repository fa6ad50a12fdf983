"""Perception's records to and from ROS messages.

The functions take message objects and import none: they serve rclpy's classes and those of a bag reader alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sportcoach_perception.frames import FusedFrame, ImuSample, Skeleton


def stamp_of(time: Any) -> int:
    """A builtin_interfaces/Time as ns."""
    return int(time.sec) * 1_000_000_000 + int(time.nanosec)


def set_time(time: Any, stamp: int) -> None:
    """Write `stamp` [ns] into a builtin_interfaces/Time or Duration."""
    time.sec, time.nanosec = divmod(stamp, 1_000_000_000)


def fill_skeleton(message: Any, skeleton: Skeleton, frame_id: str) -> Any:
    """`skeleton` as the Skeleton message given, in the camera's frame `frame_id`."""
    set_time(message.header.stamp, skeleton.stamp)
    message.header.frame_id = frame_id
    message.athlete_id = skeleton.athlete_id
    message.detected = skeleton.detected
    message.aspect = skeleton.aspect
    message.image = skeleton.image.ravel()
    message.world = skeleton.world.ravel()
    message.visibility = skeleton.visibility
    return message


def read_skeleton(message: Any) -> Skeleton:
    """A Skeleton message as a record."""
    return Skeleton(
        stamp_of(message.header.stamp),
        bool(message.detected),
        np.asarray(message.image, np.float32).reshape(-1, 2),
        np.asarray(message.world, np.float32).reshape(-1, 3),
        np.asarray(message.visibility, np.float32),
        str(message.athlete_id),
        _aspect(message),
    )


def _aspect(message: Any) -> float:
    """0 where bags were recorded before the message had it."""
    return float(getattr(message, "aspect", 0.0))


def fill_fused(message: Any, frame: FusedFrame, frame_id: str) -> Any:
    """`frame` as the FusedFrame message given."""
    set_time(message.header.stamp, frame.stamp)
    message.header.frame_id = frame_id
    message.athlete_id = frame.athlete_id
    message.detected = frame.detected
    message.aspect = frame.aspect
    message.image = frame.image.ravel()
    message.world = frame.world.ravel()
    message.visibility = frame.visibility
    message.imu = frame.imu.ravel()
    message.imu_valid = frame.imu_valid.tolist()
    message.sync_error = frame.sync_error
    return message


def read_fused(message: Any) -> FusedFrame:
    """A FusedFrame message as a record."""
    return FusedFrame(
        stamp_of(message.header.stamp),
        bool(message.detected),
        np.asarray(message.world, np.float32).reshape(-1, 3),
        np.asarray(message.visibility, np.float32),
        np.asarray(message.imu, np.float32).reshape(-1, 6),
        np.asarray(message.imu_valid, np.bool_),
        np.asarray(message.sync_error, np.float32),
        str(message.athlete_id),
        np.asarray(message.image, np.float32).reshape(-1, 2),
        _aspect(message),
    )


def fill_imu(message: Any, sample: ImuSample, stamp: int) -> Any:
    """`sample` as the sensor_msgs/Imu given, at `stamp` [ns], in the frame of the sensor (REP-145)."""
    set_time(message.header.stamp, stamp)
    message.header.frame_id = f"{sample.limb}_imu"
    acceleration, rate = message.linear_acceleration, message.angular_velocity
    acceleration.x, acceleration.y, acceleration.z, rate.x, rate.y, rate.z = map(float, sample.signal)
    message.orientation_covariance[0] = -1.0  # not measured
    return message


def read_imu(message: Any, limb: str) -> ImuSample:
    """A sensor_msgs/Imu as a sample of `limb`; what the sensor does not measure (covariance -1 or NaN) is zero."""
    acceleration, rate = message.linear_acceleration, message.angular_velocity
    signal = np.array((acceleration.x, acceleration.y, acceleration.z, rate.x, rate.y, rate.z), np.float32)
    if not message.linear_acceleration_covariance[0] >= 0.0:  # NaN, too
        signal[:3] = 0.0
    if not message.angular_velocity_covariance[0] >= 0.0:
        signal[3:] = 0.0
    return ImuSample(stamp_of(message.header.stamp), limb, signal)

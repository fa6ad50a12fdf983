"""IMU messages read at once are those read the long way; whatever is laid out otherwise is left to that."""

from __future__ import annotations

import numpy as np
import pytest
from bag_messages import Messages
from numpy.testing import assert_array_equal

from sportcoach_perception.imu_bytes import sample_of
from sportcoach_perception.messages import read_imu

MESSAGES = Messages()


def imu(frame_id: str = "imu", accelerations: float = 0.0, rates: float = 0.0) -> bytes:
    def vector() -> object:
        x, y, z = MESSAGES.floats(3).tolist()
        return MESSAGES.make("geometry_msgs/Vector3", x=x, y=y, z=z)

    header = MESSAGES.make("std_msgs/Header", stamp=MESSAGES.time(), frame_id=frame_id)
    message = MESSAGES.make(
        "sensor_msgs/Imu",
        header=header,
        orientation=MESSAGES.make("geometry_msgs/Quaternion", x=0.0, y=0.0, z=0.0, w=1.0),
        orientation_covariance=np.full(9, -1.0),
        angular_velocity=vector(),
        angular_velocity_covariance=np.full(9, rates),
        linear_acceleration=vector(),
        linear_acceleration_covariance=np.full(9, accelerations),
    )
    return bytes(MESSAGES.store.serialize_cdr(message, message.__msgtype__))


@pytest.mark.parametrize("name", ["", "a", "imu_link", "left_wrist_imu", "é" * 9])
@pytest.mark.parametrize(("accelerations", "rates"), [(0.0, 0.1), (-1.0, 0.0), (0.0, np.nan)])
def test_a_sample_is_that_of_the_message(name: str, accelerations: float, rates: float) -> None:
    cdr = imu(name, accelerations, rates)
    sample = sample_of(cdr, "left_wrist")
    assert sample is not None
    expected = read_imu(MESSAGES.store.deserialize_cdr(cdr, "sensor_msgs/msg/Imu"), "left_wrist")
    assert (sample.stamp, sample.limb) == (expected.stamp, expected.limb)
    assert_array_equal(sample.signal, expected.signal)


@pytest.mark.parametrize("cdr", [b"", imu()[:-1], imu() + b"\0", b"\x00\x00" + imu()[2:], imu()[:12] + b"\xff" * 20])
def test_other_bytes_are_left_alone(cdr: bytes) -> None:
    assert sample_of(cdr, "left_wrist") is None

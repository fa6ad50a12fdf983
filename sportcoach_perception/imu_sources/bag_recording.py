"""Recordings of ROS: sensor_msgs/Imu in rosbag2 folders (MCAP or sqlite3), read without ROS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from rosbags.highlevel import AnyReader, AnyReaderError
from rosbags.rosbag2 import ReaderError
from rosbags.typesys import Stores, get_typestore

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.recording import Recording, RecordingBuilder
from sportcoach_perception.messages import read_imu
from sportcoach_perception.skeleton import LIMBS

IMU: Final = "sensor_msgs/msg/Imu"


def read(folder: Path, limbs: Mapping[str, str]) -> Recording:
    """The readings in a bag, at the stamps in their headers.

    Args:
        folder: a rosbag2 folder.
        limbs: limbs by topic; without any, those of the topics imu/<limb>/data.

    Raises:
        UserError: there is no such bag, or no such topic in it.
    """
    builder = RecordingBuilder()
    try:
        with AnyReader([folder], default_typestore=get_typestore(Stores.LATEST)) as reader:
            imus = [link for link in reader.connections if link.msgtype == IMU]
            chosen = {link.topic: limb for link in imus if (limb := _limb(link.topic, limbs))}
            if not chosen:
                topics = ", ".join(sorted(link.topic for link in imus)) or "none"
                raise UserError(f"{folder} has no IMU topic of a limb; say in 'limbs' which of them is: {topics}")
            for link, _, data in reader.messages(connections=[link for link in imus if link.topic in chosen]):
                sample = read_imu(reader.deserialize(data, IMU), chosen[link.topic])
                if np.isfinite(sample.signal).all():
                    builder.add(sample.stamp, sample.limb, sample.signal)
                else:
                    builder.malformed += 1
    except (AnyReaderError, ReaderError, OSError) as error:
        raise UserError(f"{folder} is not a bag that can be read: {error}") from error
    return builder.build(folder)


def _limb(topic: str, limbs: Mapping[str, str]) -> str | None:
    if limbs:
        return limbs.get(topic)
    return next((limb for limb in LIMBS if topic.endswith(f"/imu/{limb}/data")), None)

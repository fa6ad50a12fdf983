"""ROS message classes by the names of their types."""

from __future__ import annotations

from importlib import import_module

from sportcoach_perception.errors import UserError


def message_class(msgtype: str) -> type:
    """The class of "sensor_msgs/msg/Imu", for example.

    Raises:
        UserError: its package is not installed, or has no such message.
    """
    package, _, name = msgtype.partition("/msg/")
    try:
        found: type = getattr(import_module(f"{package}.msg"), name)
    except (ImportError, AttributeError) as error:
        raise UserError(f"messages of type {msgtype} are not installed here") from error
    return found

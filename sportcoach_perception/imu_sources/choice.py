"""The source that parameters ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources import bag_recording, csv_recording
from sportcoach_perception.imu_sources.ble import BleProtocol, BleSource
from sportcoach_perception.imu_sources.limbs import parse_limbs
from sportcoach_perception.imu_sources.lines import LineDecoder, parse_fields
from sportcoach_perception.imu_sources.movella_dot import MOVELLA_DOT
from sportcoach_perception.imu_sources.reading import LiveSource
from sportcoach_perception.imu_sources.recording import Recording
from sportcoach_perception.imu_sources.udp import UdpSource
from sportcoach_perception.imu_sources.units import Units

BLUETOOTH: Final[dict[str, BleProtocol]] = {"movella_dot": MOVELLA_DOT}
"""Bluetooth sensors by the name of their source."""


def make_source(parameter: Callable[[str], Any], now: Callable[[], int]) -> LiveSource | Recording:
    """The source that the parameters of imu_node ask for, not yet open.

    Args:
        parameter: gives the value of a parameter by its name, see config/parameters.yaml.
        now: clock of the node [ns].

    Raises:
        UserError: parameters that make no sense, or a recording that cannot be read.
    """
    kind, limbs = parameter("source"), parse_limbs(parameter("limbs"))
    if kind in BLUETOOTH:
        return BleSource(BLUETOOTH[kind], limbs, now)
    units = Units(parameter("acc_unit"), parameter("gyro_unit"), parameter("time_unit"))
    fields = parse_fields(parameter("fields"))
    if kind == "recording":
        path = Path(parameter("recording"))
        if not parameter("recording") or not path.exists():
            raise UserError(f"no such recording of IMU data: '{parameter('recording')}' (a CSV file or a bag's folder)")
        return bag_recording.read(path, limbs) if path.is_dir() else csv_recording.read(path, units, fields, limbs)
    decoder = LineDecoder(units, fields, parameter("columns"))
    return UdpSource(decoder, limbs, now, parameter("address"), parameter("port"), parameter("allow"))

"""Recordings in CSV files: columns named by header, of one sensor, of one per row, or of many side by side."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, product, zip_longest
from pathlib import Path
from typing import Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.lines import FIELDS, SIGNAL
from sportcoach_perception.imu_sources.recording import Recording, RecordingBuilder
from sportcoach_perception.imu_sources.units import Units
from sportcoach_perception.skeleton import LIMBS

HEADER_ROWS: Final = 8
"""A file that still holds no number after this many rows holds none."""

SEPARATORS: Final = "/._"
"""Between the name of a sensor and that of its column."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a kind of file calls the fields, and on which limbs its sensors are.

    The cells of a header of several rows are joined by slashes. Where there are several sensors, the name of each
    comes before that of the field; `t` may belong to all of them or to each.
    """

    fields: Mapping[str, str]
    limbs: Mapping[str, str]


OWN: Final = Layout({name: name for name in FIELDS}, {limb: limb for limb in LIMBS})

CMU: Final = Layout(
    {
        "limb": "limb",
        "t": "Time/S",
        **{f"a{axis}": f"Accelerometer/{axis.upper()}" for axis in "xyz"},
        **{f"g{axis}": f"Gyroscope/{axis.upper()}" for axis in "xyz"},
    },
    {
        "LeftWrist": "left_wrist",
        "RightWrist": "right_wrist",
        "LeftShank": "left_ankle",
        "RightShank": "right_ankle",
    },
)
"""CMU-MBL IMU exercises: ten sensors, three header rows, m/s^2 and rad/s. Our ankle sensors are strapped to the shank;
chest, pelvis, feet and thighs are on no limb of ours."""


@dataclass(frozen=True, slots=True)
class _Sensor:
    """Columns of a sensor's time and signal; `name` is its name, or the column that holds it row by row."""

    name: str | int
    time: int
    signal: tuple[int, ...]


def read(
    path: Path, units: Units, fields: Mapping[str, str] | None = None, limbs: Mapping[str, str] | None = None
) -> Recording:
    """The readings in a CSV file with commas, semicolons or tabs.

    Args:
        path: the file.
        units: of its numbers.
        fields: what it calls the fields, by our names; without it, the layouts known here are tried.
        limbs: limbs by sensor, beside those that the layout knows. The one sensor of a file that names none has the
            name of the file.

    Raises:
        UserError: the file cannot be read, or has no such columns, or no reading.
    """
    layouts = (Layout({**OWN.fields, **fields}, OWN.limbs),) if fields else (OWN, CMU)
    try:
        with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            rows = _rows(file)
            header, first = _header(rows)
            for layout in layouts:
                known = {**layout.limbs, **(limbs or {})}
                if sensors := _sensors(header, layout.fields, known, path.name):
                    return _read(chain(first, rows), sensors, known, units).build(path)
    except (OSError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as CSV: {error}") from error
    wanted = ", ".join(layouts[0].fields[name] for name in ("t", *SIGNAL))
    raise UserError(f"{path} has no columns {wanted} of a sensor that is on a limb: say in 'fields' and 'limbs' which")


def _rows(file: Iterable[str]) -> Iterator[list[str]]:
    lines = iter(file)
    first = next(lines, "")
    return csv.reader(chain((first,), lines), delimiter=max(",;\t", key=first.count))


def _header(rows: Iterator[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Names of the columns, from all rows before the first with a number in it; and that row, if there is one."""
    header: list[list[str]] = []
    for row in rows:
        if any(map(_is_number, row)):
            return _names(header), [row]
        if len(header) == HEADER_ROWS:
            break
        header.append(row)
    return _names(header), []


def _names(header: list[list[str]]) -> list[str]:
    columns = zip_longest(*header, fillvalue="")
    return ["/".join(cell.strip() for cell in column if cell.strip()) for column in columns]


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _sensors(header: list[str], fields: Mapping[str, str], limbs: Iterable[str], file: str) -> list[_Sensor]:
    """The sensors that have all columns they need."""
    column = {name: index for index, name in enumerate(header)}
    if {fields["t"], *(fields[name] for name in SIGNAL)} <= column.keys():
        signal = tuple(column[fields[name]] for name in SIGNAL)
        return [_Sensor(column.get(fields["limb"], file), column[fields["t"]], signal)]
    sensors = []
    for sensor, separator in product(limbs, SEPARATORS):
        prefix = sensor + separator
        time = column.get(prefix + fields["t"], column.get(fields["t"]))
        signal = tuple(column.get(prefix + fields[name], -1) for name in SIGNAL)
        if time is not None and min(signal) >= 0:
            sensors.append(_Sensor(sensor, time, signal))
    return sensors


def _read(
    rows: Iterable[list[str]], sensors: list[_Sensor], limbs: Mapping[str, str], units: Units
) -> RecordingBuilder:
    builder = RecordingBuilder()
    for row, sensor in ((row, sensor) for row in rows if row for sensor in sensors):
        try:
            name = row[sensor.name].strip() if isinstance(sensor.name, int) else sensor.name
            if name in limbs:
                signal = units.signal([float(row[index]) for index in sensor.signal])
                builder.add(units.nanoseconds(row[sensor.time]), limbs[name], signal)
        except (ValueError, IndexError, OverflowError):
            builder.malformed += 1
    return builder

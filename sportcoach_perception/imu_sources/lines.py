"""Lines of text, JSON or CSV, as sensors stream them: what they say, and in which units."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats
from sportcoach_perception.imu_sources.units import Units

SIGNAL: Final = ("ax", "ay", "az", "gx", "gy", "gz")
FIELDS: Final = ("limb", "t", *SIGNAL)
"""Our names of what a line says; `limb` and `t` may be missing."""

JSON_FIELDS: Final = {
    "limb": "limb",
    "t": "t",
    **{f"a{axis}": f"acc.{index}" for index, axis in enumerate("xyz")},
    **{f"g{axis}": f"gyro.{index}" for index, axis in enumerate("xyz")},
}
"""Where the fields are in our own JSON lines; a dot leads into an object or a list."""


class MalformedError(ValueError):
    """A packet or a line that says nothing."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says.

    sensor: how it names the sensor or the limb; empty when it does not.
    device_time: on the clock of the sensor [ns]; None when it tells no time.
    signal: (6,) acc [m/s^2], gyro [rad/s].
    """

    sensor: str
    device_time: int | None
    signal: Floats


def parse_fields(entries: Iterable[str]) -> dict[str, str]:
    """What the fields are called elsewhere, by our names, from entries OURS=THEIRS.

    Raises:
        UserError: an entry of another form or with a name that we do not have.
    """
    fields = {}
    for entry in entries:
        ours, _, theirs = (part.strip() for part in entry.partition("="))
        if ours not in FIELDS or not theirs:
            raise UserError(f"'{entry}' does not name a field: OURS=THEIRS, OURS one of {', '.join(FIELDS)}")
        fields[ours] = theirs
    return fields


class LineDecoder:
    """Reads lines, each in JSON when it begins with a brace and in CSV otherwise.

    Args:
        units: what the numbers are in; a JSON line may say otherwise in `acc_unit`, `gyro_unit` and `t_unit`.
        fields: where a JSON line has the fields, if not as in JSON_FIELDS.
        columns: what the values of a CSV line are, in their order; values of other names, and any that follow, are
            skipped.

    Raises:
        UserError: the columns lack a part of the signal.
    """

    def __init__(self, units: Units, fields: Mapping[str, str] | None = None, columns: Sequence[str] = FIELDS) -> None:
        self._units = units
        self._paths = {name: path.split(".") for name, path in {**JSON_FIELDS, **(fields or {})}.items()}
        self._columns = {name: index for index, name in enumerate(columns) if name in FIELDS}
        missing = [name for name in SIGNAL if name not in self._columns]
        if missing:
            raise UserError(f"columns of IMU data without {', '.join(missing)}: they need {', '.join(SIGNAL)}")
        self._fewest = 1 + max(self._columns.values())

    def decode(self, line: bytes) -> Line:
        """What `line` says.

        Raises:
            MalformedError: it is not a line of this form.
        """
        try:
            text = line.decode()
            return self._read_json(text) if text.lstrip().startswith("{") else self._read_csv(text)
        # Anybody may send anything: whatever does not fit surfaces as one of these.
        except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
            raise MalformedError(f"not a line of IMU data: {error}") from error

    def _read_csv(self, text: str) -> Line:
        values = text.split(",")
        if len(values) < self._fewest:
            raise ValueError(f"{len(values)} values, not {self._fewest}")
        return self._line({name: values[index].strip() for name, index in self._columns.items()}, self._units)

    def _read_json(self, text: str) -> Line:
        data = json.loads(text)
        said = {ours: data[theirs] for ours, theirs in _UNIT_KEYS.items() if theirs in data}
        return self._line({name: _follow(data, path) for name, path in self._paths.items()}, self._in(said))

    def _in(self, said: Mapping[str, str]) -> Units:
        if not said:
            return self._units
        try:
            return Units(**{"acc": self._units.acc, "gyro": self._units.gyro, "time": self._units.time, **said})
        except UserError as error:
            raise ValueError(str(error)) from error

    @staticmethod
    def _line(values: Mapping[str, Any], units: Units) -> Line:
        sensor, time = values.get("limb"), values.get("t")
        return Line(
            sensor="" if sensor is None else str(sensor),
            device_time=None if time is None else units.nanoseconds(time),
            signal=units.signal([float(values[name]) for name in SIGNAL]),
        )


_UNIT_KEYS: Final = {"acc": "acc_unit", "gyro": "gyro_unit", "time": "t_unit"}


def _follow(data: Any, path: Sequence[str]) -> Any:
    """The value in `data` that `path` leads to; None when there is none."""
    for key in path:
        if isinstance(data, list):
            data = data[int(key)]
        elif isinstance(data, dict):
            data = data.get(key)
        else:
            return None
    return data

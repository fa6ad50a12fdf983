"""Lines of text become readings in SI units; anything else is refused, never more than that."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.limbs import parse_limbs
from sportcoach_perception.imu_sources.lines import FIELDS, LineDecoder, MalformedError, parse_fields
from sportcoach_perception.imu_sources.units import PLAUSIBLE, Units

OURS = LineDecoder(Units())


def test_a_json_line_of_our_own_form() -> None:
    line = OURS.decode(b'{"limb": "right_wrist", "t": 12.5, "acc": [0.1, 0.2, 9.8], "gyro": [1, -2, 3]}')
    assert line.sensor == "right_wrist"
    assert line.device_time == 12_500_000_000
    np.testing.assert_array_equal(line.signal, np.array([0.1, 0.2, 9.8, 1, -2, 3], np.float32))


def test_a_csv_line_of_our_own_form() -> None:
    line = OURS.decode(b"left_ankle, 0.25, 0.1, 0.2, 9.8, 1, -2, 3\r")
    assert (line.sensor, line.device_time) == ("left_ankle", 250_000_000)
    np.testing.assert_array_equal(line.signal, np.array([0.1, 0.2, 9.8, 1, -2, 3], np.float32))


def test_sensor_and_time_may_be_left_out() -> None:
    assert OURS.decode(b'{"acc": [0, 0, 9.8], "gyro": [0, 0, 0]}').sensor == ""
    assert OURS.decode(b'{"acc": [0, 0, 9.8], "gyro": [0, 0, 0]}').device_time is None


def test_units_of_the_decoder_and_of_a_line_that_says_its_own() -> None:
    decoder = LineDecoder(Units("g", "deg/s", "ms"))
    line = {"t": 1.5, "acc": [1, 0, -2], "gyro": [180, 0, 90]}
    read = decoder.decode(json.dumps(line).encode())
    assert read.device_time == 1_500_000
    np.testing.assert_allclose(read.signal, [9.80665, 0, -19.6133, math.pi, 0, math.pi / 2], rtol=1e-6)
    said = {**line, "acc_unit": "mg", "gyro_unit": "mdeg/s", "t_unit": "us"}
    read = decoder.decode(json.dumps(said).encode())
    assert read.device_time == 1_500
    np.testing.assert_allclose(read.signal[0], 9.80665e-3, rtol=1e-6)
    np.testing.assert_allclose(read.signal[3], math.radians(0.18), rtol=1e-6)


def test_nanoseconds_of_the_day_keep_every_digit() -> None:
    text = b'{"t": "1698501144401010203", "t_unit": "ns", "acc": [0, 0, 1], "gyro": [0, 0, 0]}'
    assert OURS.decode(text).device_time == 1_698_501_144_401_010_203


def test_fields_of_another_app_are_found_by_their_paths() -> None:
    fields = parse_fields(["t=Timestamp", "ax=Accelerometer.x", "ay=Accelerometer.y", "az=Accelerometer.z"])
    decoder = LineDecoder(Units(time="ms"), fields)
    line = b'{"Timestamp": 1518819953744, "Accelerometer": {"x": 1, "y": 2, "z": 3}, "gyro": [4, 5, 6]}'
    assert decoder.decode(line).device_time == 1_518_819_953_744_000_000
    assert decoder.decode(line).signal.tolist() == [1, 2, 3, 4, 5, 6]


def test_columns_of_another_app_in_any_order_with_others_between_and_behind() -> None:
    decoder = LineDecoder(Units(time="ms"), columns=("t", "gx", "gy", "gz", "-", "ax", "ay", "az"))
    line = decoder.decode(b"1000,1,2,3,99,4,5,6,30.1,-12.7")
    assert (line.sensor, line.device_time, line.signal.tolist()) == ("", 1_000_000_000, [4, 5, 6, 1, 2, 3])


@pytest.mark.parametrize(
    "line",
    [
        b"right_wrist,1,2,3",
        b"right_wrist,1,0,0,zero,0,0,0",
        b'{"acc": [0, 0], "gyro": [0, 0, 0]}',
        b'{"acc": [0, 0, NaN], "gyro": [0, 0, 0]}',
        b'{"acc": [0, 0, 1e300], "gyro": [0, 0, 0]}',
        b'{"t": -1, "acc": [0, 0, 1], "gyro": [0, 0, 0]}',
        b'{"t": 1e40, "acc": [0, 0, 1], "gyro": [0, 0, 0]}',
        b'{"acc_unit": "furlong", "acc": [0, 0, 1], "gyro": [0, 0, 0]}',
        b'{"acc_unit": [], "acc": [0, 0, 1], "gyro": [0, 0, 0]}',
        b'{"acc": ' + b"[" * 50_000,
        b'{"t": ' + b"9" * 5_000 + b', "acc": [0, 0, 1], "gyro": [0, 0, 0]}',
        b"\xff\xfe{}",
    ],
)
def test_broken_lines_are_malformed(line: bytes) -> None:
    with pytest.raises(MalformedError):
        OURS.decode(line)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_malformed(line: bytes) -> None:
    check(line)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text("1.-eg", max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["x", "0", "1"]), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["limb", "t", "acc", "gyro", "acc_unit", "gyro_unit", "t_unit"]), _VALUES))
def test_any_json_is_read_or_malformed(line: dict[str, object]) -> None:
    check(json.dumps(line).encode())


@given(st.lists(st.text("x1.-e ", max_size=8) | st.floats().map(str) | st.integers().map(str), min_size=6, max_size=10))
def test_any_csv_is_read_or_malformed(values: list[str]) -> None:
    check(",".join(values).encode("utf-8", "replace"))


def check(line: bytes) -> None:
    try:
        read = OURS.decode(line)
    except MalformedError:
        return
    assert read.signal.shape == (6,) and (abs(read.signal) <= PLAUSIBLE).all()
    assert read.device_time is None or 0 <= read.device_time < 2**63


@given(st.integers(0, 2**63 - 1))
def test_whole_nanoseconds_are_kept(time: int) -> None:
    assert Units(time="ns").nanoseconds(time) == Units(time="ns").nanoseconds(str(time)) == time


def test_settings_that_make_no_sense_are_refused_in_a_line() -> None:
    for wrong in (
        lambda: Units(acc="lb"),
        lambda: parse_fields(["speed=v"]),
        lambda: parse_fields(["ax"]),
        lambda: LineDecoder(Units(), columns=FIELDS[:-1]),
        lambda: parse_limbs(["right_wrist"]),
        lambda: parse_limbs(["phone=nose"]),
        lambda: parse_limbs(["a=left_wrist", "b=left_wrist"]),
        lambda: parse_limbs(["a=left_wrist", "a=left_ankle"]),
    ):
        with pytest.raises(UserError):
            wrong()

"""Movella DOT: bytes as its specification describes them (XD0506P, revision C, tables 13, 15 and 17)."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.imu_sources.lines import MalformedError
from sportcoach_perception.imu_sources.movella_dot import MOVELLA_DOT, decode

# Little-endian: 1 s in us; 1.0, -2.0, 9.5 m/s^2; 90, -45, 0.5 deg/s as IEEE-754 singles.
PACKET = bytes.fromhex("40420f00" + "0000803f000000c000001841" + "0000b442000034c20000003f")


def test_rate_quantities_in_si_units() -> None:
    read = decode(PACKET)
    assert read.device_time == 1_000_000_000
    expected = [1.0, -2.0, 9.5, math.pi / 2, -math.pi / 4, math.radians(0.5)]
    np.testing.assert_allclose(read.signal, expected, rtol=1e-6)


def test_zeros_up_to_the_length_of_the_characteristic_are_ignored() -> None:
    assert decode(PACKET + bytes(12)).signal.tolist() == decode(PACKET).signal.tolist()


def test_orders_and_characteristics() -> None:
    assert (MOVELLA_DOT.start.hex(), MOVELLA_DOT.stop.hex()) == ("010115", "010015")
    assert MOVELLA_DOT.control == "15172001-4947-11e9-8646-d663bd873d93"
    assert MOVELLA_DOT.readings == "15172003-4947-11e9-8646-d663bd873d93"


@pytest.mark.parametrize("value", [math.nan, math.inf, 3e38])
def test_numbers_that_make_no_sense_are_malformed(value: float) -> None:
    with pytest.raises(MalformedError):
        decode(struct.pack("<I6f", 0, 0.0, 0.0, value, 0.0, 0.0, 0.0))


@given(st.binary(max_size=64))
def test_arbitrary_bytes_are_read_or_malformed(payload: bytes) -> None:
    try:
        read = decode(payload)
    except MalformedError:
        return
    assert len(payload) >= 28 and np.isfinite(read.signal).all()
    assert 0 <= (read.device_time or 0) < 2**32 * 1_000

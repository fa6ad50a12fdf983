"""Packets of allowed senders are read, all others refused; nothing that is sent ends the source."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.errors import UserError
from sportcoach_perception.imu_sources.background import Background
from sportcoach_perception.imu_sources.lines import LineDecoder
from sportcoach_perception.imu_sources.reading import Reading
from sportcoach_perception.imu_sources.udp import UdpSource
from sportcoach_perception.imu_sources.units import Units
from sportcoach_perception.skeleton import LIMBS

LINE = b'{"limb": "right_wrist", "t": 1, "acc": [0, 0, 9.8], "gyro": [0, 0, 1]}'
NAMELESS = b'{"acc": [0, 0, 9.8], "gyro": [0, 0, 1]}'


def source(**settings: object) -> UdpSource:
    return UdpSource(LineDecoder(Units()), settings.pop("limbs", {}), lambda: 7, **settings)  # type: ignore[arg-type]


def received(udp: UdpSource, packet: bytes, sender: str = "127.0.0.1") -> list[Reading]:
    readings: list[Reading] = []
    udp.receive(packet, sender, 5, readings.append)
    return readings


def test_every_line_of_a_packet_is_a_reading_that_came_in_with_it() -> None:
    udp = source()
    readings = received(udp, LINE + b"\n\n" + LINE + b"\n")
    assert [(r.limb, r.arrival, r.device_time) for r in readings] == [("right_wrist", 5, 1_000_000_000)] * 2
    assert udp.counts.received == {"right_wrist": 2}
    assert udp.counts.problems() == ""


def test_a_line_without_a_name_belongs_to_the_limb_of_its_sender() -> None:
    udp = source(limbs={"127.0.0.1": "left_ankle"})
    assert [reading.limb for reading in received(udp, NAMELESS)] == ["left_ankle"]


def test_sensors_on_no_limb_are_counted_and_named() -> None:
    udp = source(limbs={"esp1": "left_ankle"})
    assert received(udp, NAMELESS) == received(udp, LINE.replace(b"right_wrist", b"esp2")) == []
    assert [reading.limb for reading in received(udp, LINE.replace(b"right_wrist", b"esp1"))] == ["left_ankle"]
    assert udp.counts.unassigned == 2
    assert "'esp2'" in udp.counts.problems()


def test_only_allowed_senders_are_heard() -> None:
    udp = source(address="0.0.0.0", allow=("192.168.1.20", "10.1.0.0/16"))
    for sender in ("192.168.1.20", "10.1.255.3"):
        assert len(received(udp, LINE, sender)) == 1
    for sender in ("192.168.1.21", "10.2.0.1", "127.0.0.1"):
        assert received(udp, LINE, sender) == []
    assert (udp.counts.refused, udp.counts.last_refused) == (3, "127.0.0.1")


def test_on_loopback_this_machine_may_send_and_nobody_else() -> None:
    udp = source()
    assert len(received(udp, LINE, "127.0.0.3")) == 1
    assert received(udp, LINE, "192.168.1.20") == []


@pytest.mark.parametrize("address", ["0.0.0.0", "192.168.1.5"])
def test_listening_to_the_network_needs_a_list_of_senders(address: str) -> None:
    with pytest.raises(UserError, match="allow"):
        source(address=address)


@pytest.mark.parametrize("settings", [{"address": "here"}, {"allow": ("300.1.1.1",)}, {"allow": ("10.0.0.1/8",)}])
def test_addresses_that_are_none_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(UserError, match="give IPv4 addresses"):
        source(**settings)


def test_a_port_in_use_is_said_in_a_line() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        with pytest.raises(UserError, match="cannot listen at"):
            source(port=other.getsockname()[1]).open()


@given(st.lists(st.binary(max_size=200) | st.just(LINE), max_size=5).map(b"\n".join))
def test_counts_account_for_every_line(packet: bytes) -> None:
    udp = source()
    readings = received(udp, packet)
    lines = [line for line in packet.splitlines() if line.strip()]
    counts = udp.counts
    assert len(readings) == counts.received.total()
    assert counts.received.total() + counts.malformed.total() + counts.unassigned == len(lines)
    assert {reading.limb for reading in readings} <= set(LIMBS)


@given(st.lists(st.ip_addresses(v=4).map(str), max_size=50), st.binary(max_size=20))
def test_what_is_counted_stays_small_whoever_sends(senders: list[str], packet: bytes) -> None:
    udp = source(address="0.0.0.0", allow=("0.0.0.0/0",))
    for sender in senders:
        received(udp, packet, sender)
    assert set(udp.counts.malformed) <= {""} and len(udp.counts.last_unassigned) <= 40


def test_packets_through_a_socket_until_stopped() -> None:
    udp, readings = source(), list[Reading]()
    udp.open()
    background = Background(udp.run(readings.append), pytest.fail)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for packet in (b"\x00\xff rubbish", b"", LINE):
            sender.sendto(packet, ("127.0.0.1", udp.port))
        wait_until(lambda: bool(readings))
    background.stop(5.0)
    assert [(reading.limb, reading.arrival) for reading in readings] == [("right_wrist", 7)]
    assert udp.counts.malformed == {"": 1}
    again = source(port=udp.port)
    again.open()  # the port is free again
    asyncio.run(asyncio.wait_for(ended(again), 5.0))


async def ended(udp: UdpSource) -> None:
    task = asyncio.create_task(udp.run(lambda _: None))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def wait_until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    async def wait() -> None:
        while not holds():
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(wait(), seconds))


def test_a_flood_does_not_keep_the_source_from_stopping() -> None:
    udp = source()
    udp.open()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for _ in range(50):
            sender.sendto(LINE, ("127.0.0.1", udp.port))

        def send_another(reading: Reading) -> None:
            sender.sendto(LINE, ("127.0.0.1", udp.port))

        background = Background(udp.run(send_another), pytest.fail)
        wait_until(lambda: udp.counts.received["right_wrist"] > 100)
        background.stop(10.0)
        count = udp.counts.received["right_wrist"]
        asyncio.run(asyncio.sleep(0.05))
        assert udp.counts.received["right_wrist"] == count

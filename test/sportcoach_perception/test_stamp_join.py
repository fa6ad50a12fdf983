"""Items with the same stamp meet; nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sportcoach_perception.stamp_join import StampJoin


def test_a_set_is_complete_when_every_stream_gave_its_item() -> None:
    join = StampJoin(3)
    assert join.add(2, 10, "c") is None
    assert join.add(0, 10, "a") is None
    assert join.add(1, 10, "b") == ("a", "b", "c")


def test_what_a_complete_set_overtakes_is_dropped_and_counted() -> None:
    join = StampJoin(2)
    join.add(0, 1, "lonely")
    join.add(0, 2, "a")
    assert join.add(1, 2, "b") == ("a", "b")
    assert join.add(1, 1, "too late") is None
    assert join.dropped == 2


def test_a_clock_set_back_starts_anew() -> None:
    join = StampJoin(2)
    join.add(0, 5_000_000_000, "a")
    join.add(1, 5_000_000_000, "b")
    assert join.add(0, 0, "c") is None
    assert join.add(1, 0, "d") == ("c", "d")


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 200)), max_size=300), st.integers(1, 10))
def test_sets_come_in_order_and_memory_is_bounded(items: list[tuple[int, int]], depth: int) -> None:
    join = StampJoin(2, depth)
    stamps = []
    for stream, stamp in items:
        joined = join.add(stream, stamp, stamp)
        if joined is not None:
            assert joined == (stamp, stamp)
            stamps.append(stamp)
        assert len(join._waiting) <= depth
    assert stamps == sorted(set(stamps))

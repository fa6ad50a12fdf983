"""What is recorded is filed under the time at which it was said, as far as the clocks agree."""

from __future__ import annotations

import pytest

from sportcoach.recording import LATE, filing_time

NOW = 10**18


@pytest.mark.parametrize("delay", [0, 5_000_000, LATE])
def test_a_message_is_filed_under_the_time_of_its_publication(delay: int) -> None:
    assert filing_time(NOW - delay, NOW) == NOW - delay


@pytest.mark.parametrize("published", [0, NOW - LATE - 1, NOW + 1, NOW - 600 * 10**9])
def test_a_message_from_another_clock_is_filed_under_the_time_of_its_arrival(published: int) -> None:
    assert filing_time(published, NOW) == NOW

"""Fixtures of all tests: a ROS domain of one's own, the data beside the repository, real processes last."""

from __future__ import annotations

import fcntl
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("sportcoach", deadline=None)  # how long an example takes is the machine's affair
hypothesis.settings.load_profile("sportcoach")

ROOT = Path(__file__).resolve().parent.parent

SHARED = ROOT.parent / "shared"
"""Data that is not part of the repository."""

DOMAINS = range(1, 101)
"""ROS domains whose ports stay clear of those that the system gives out by itself."""

_turn = itertools.count(os.getpid() * 7)


@pytest.fixture(autouse=True)
def ros_domain_id(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A ROS domain that no other test on this machine has at the same time, in ROS_DOMAIN_ID."""
    for _ in DOMAINS:
        domain = DOMAINS[next(_turn) % len(DOMAINS)]
        path = Path(tempfile.gettempdir(), f"sportcoach-test-domain-{os.getuid()}-{domain}.lock")
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
            yield domain
            return
    pytest.fail("all ROS domains for tests are taken")


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Path below ../shared; skips the test when it is not there."""

    def path(name: str) -> Path:
        found = SHARED / name
        if not found.exists():
            pytest.skip(f"needs ../shared/{name}")
        return found

    return path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of logic first, those that start the whole graph after them, and last what runs beside all others."""
    items.sort(key=lambda item: [item.get_closest_marker(name) is not None for name in ("last", "graph")])

"""Begins the quick form of all experiments with the first test: its minutes are spent while the others wait."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from quick_form import DATA, QuickForm

_RUNNING = pytest.StashKey[QuickForm]()
_FOLDER = pytest.StashKey[TemporaryDirectory[str]]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin it when its test was chosen and its data are there."""
    wanted = any("quick_form" in getattr(item, "fixturenames", ()) for item in session.items)
    if wanted and DATA.exists() and not session.config.option.collectonly:
        folder = session.config.stash[_FOLDER] = TemporaryDirectory(
            prefix="sportcoach-quick-",
            ignore_cleanup_errors=True,  # its workers end a moment after it
        )
        session.config.stash[_RUNNING] = QuickForm.begin(Path(folder.name))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End it, whatever ended the tests."""
    if _RUNNING in config.stash:
        config.stash[_RUNNING].end()
        config.stash[_FOLDER].cleanup()


@pytest.fixture
def quick_form(request: pytest.FixtureRequest) -> QuickForm:
    """The run; skips the test when there are no data to run on."""
    if _RUNNING not in request.config.stash:
        pytest.skip("needs ../shared/data")
    return request.config.stash[_RUNNING]

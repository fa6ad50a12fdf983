"""Where a session is kept: a folder with session.json, report.html and, of live sessions, bag/."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sportcoach.report import write_report
from sportcoach.session import Session, SessionLog
from sportcoach.session_store import BAG, SessionStore
from sportcoach_perception.errors import UserError


def default_folder(name: str) -> Path:
    """sessions/DATE-NAME below the current folder."""
    return Path("sessions") / f"{datetime.now():%Y%m%d-%H%M%S}-{name}"


def new_folder(path: Path) -> Path:
    """Make the folder of a live session.

    Raises:
        UserError: a session lies there already, or the folder cannot be made.
    """
    if (path / BAG).exists() or (path / "session.json").exists():
        raise UserError(f"{path} holds a session already and is not overwritten: name another folder with --out")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the folder {path}: {error.strerror}") from error
    return path


def write_session(log: SessionLog, session: Session, folder: Path) -> None:
    """Write session.json and report.html; keep a named athlete's session in the list of sessions.

    Raises:
        UserError: the folder cannot be written to.
    """
    session.write(folder / "session.json")
    write_report(session, log, folder / "report.html")
    if session.athlete_id:
        SessionStore().add(session, log, folder, datetime.now().isoformat(timespec="seconds"))

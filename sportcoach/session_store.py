"""What is kept of the sessions of named athletes: one SQLite file on this machine, and nothing of anybody unnamed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sportcoach.report import summarize_exercises
from sportcoach.session import RepetitionRecord, Session, SessionLog
from sportcoach_feedback.exercise import load_exercises
from sportcoach_perception.angles import SIDES
from sportcoach_perception.errors import UserError

VERSION: Final = 1

BAG: Final = "bag"
"""Name of the recording in the folder of a session."""

_SCHEMA: Final = f"""
CREATE TABLE session (
    id INTEGER PRIMARY KEY, athlete TEXT NOT NULL, start_stamp_ns INTEGER NOT NULL, saved TEXT NOT NULL,
    duration_s REAL NOT NULL, source TEXT NOT NULL, folder TEXT NOT NULL UNIQUE
);
CREATE TABLE exercise (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, exercise TEXT NOT NULL,
    repetitions INTEGER NOT NULL, quality REAL, tempo_s REAL, range_deg REAL, cues INTEGER NOT NULL
);
CREATE TABLE fault (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE, exercise TEXT NOT NULL,
    fault TEXT NOT NULL, repetitions INTEGER NOT NULL
);
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, slots=True)
class ExerciseOfSession:
    """One exercise in one session of an athlete.

    saved: local date and time at which the session was saved (ISO 8601).
    quality: mean 0..1; tempo_s: seconds per repetition; range_deg: mean range of the driving angle over a repetition;
    None where unknown.
    faults: repetitions by fault, the most frequent first.
    folder: where the session's report and recording are.
    """

    athlete: str
    saved: str
    exercise: str
    repetitions: int
    quality: float | None
    tempo_s: float | None
    range_deg: float | None
    cues: int
    faults: dict[str, int]
    duration_s: float
    source: str
    folder: str


def default_path() -> Path:
    """SPORTCOACH_SESSIONS, else sessions.db in the user's data folder (XDG base directories)."""
    chosen = os.environ.get("SPORTCOACH_SESSIONS", "")
    data = Path(os.environ.get("XDG_DATA_HOME", "") or Path.home() / ".local" / "share")
    return Path(chosen) if chosen else data / "sportcoach" / "sessions.db"


class SessionStore:
    """The sessions of all named athletes.

    Args:
        path: of the file; it is made when a session is added, for its owner's eyes only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or default_path()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One transaction.

        Raises:
            UserError: the file cannot be used.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.touch(mode=0o600)
            with closing(sqlite3.connect(self.path, timeout=10.0)) as link, link:
                link.execute("PRAGMA foreign_keys = ON")
                version = link.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    link.executescript(_SCHEMA)
                elif version != VERSION:
                    raise UserError(f"{self.path} is of another version of sportcoach")
                yield link
        except (OSError, sqlite3.Error) as error:
            raise UserError(f"the list of sessions {self.path} cannot be used: {error}") from error

    def add(self, session: Session, log: SessionLog, folder: Path, saved: str) -> None:
        """Keep a session of a named athlete; one that lay in the same folder is replaced.

        Args:
            session: the summary of `log`; `athlete_id` is the name.
            log: its results.
            folder: where it lies.
            saved: date and time (ISO 8601).

        Raises:
            UserError: the file cannot be used.
        """
        ranges = _ranges(session, log)
        with self._open() as link:
            where = str(folder.resolve())
            link.execute("DELETE FROM session WHERE folder = ?", (where,))
            row = (session.athlete_id, session.start_stamp_ns, saved, session.duration_s, session.source, where)
            number = link.execute(
                "INSERT INTO session (athlete, start_stamp_ns, saved, duration_s, source, folder) VALUES (?,?,?,?,?,?)",
                row,
            ).lastrowid
            for found in summarize_exercises(session):
                name = found.exercise
                cues = sum(cue.exercise == name for cue in session.cues)
                numbers = (found.repetitions, found.quality, found.tempo, ranges.get(name), cues)
                link.execute("INSERT INTO exercise VALUES (?,?,?,?,?,?,?)", (number, name, *numbers))
                counted = Counter(fault for rep in session.reps if rep.exercise == name for fault in rep.faults)
                link.executemany("INSERT INTO fault VALUES (?,?,?,?)", [(number, name, *f) for f in counted.items()])

    def sessions(self, athlete: str = "") -> list[ExerciseOfSession]:
        """Every exercise of every session, the oldest first; of one athlete, or of all.

        Raises:
            UserError: the file cannot be used.
        """
        if not self.path.exists():
            return []
        with self._open() as link:
            faults: dict[tuple[int, str], dict[str, int]] = {}
            for number, exercise, fault, count in link.execute("SELECT * FROM fault ORDER BY repetitions DESC, fault"):
                faults.setdefault((number, exercise), {})[fault] = count
            rows = link.execute(
                "SELECT s.id, athlete, saved, exercise, repetitions, quality, tempo_s, range_deg, cues, duration_s, "
                "source, folder FROM session s JOIN exercise e ON e.session = s.id "
                "WHERE ? IN (athlete, '') ORDER BY saved, s.id, e.rowid",
                (athlete,),
            )
            return [
                ExerciseOfSession(*row[1:9], faults.get((row[0], row[3]), {}), *row[9:])  # type: ignore[call-arg]
                for row in rows
            ]

    def delete(self, athlete: str) -> list[Path]:
        """Delete all that is kept of an athlete: the rows, and what the folders of the sessions hold of us.

        Returns:
            The folders of which something was deleted; those that are empty then are gone, too.

        Raises:
            UserError: the file cannot be used, or something cannot be removed; then nothing is forgotten of it.
        """
        if not self.path.exists():
            return []
        gone = []
        with self._open() as link:
            link.execute("PRAGMA secure_delete = ON")
            query = "SELECT id, folder FROM session WHERE athlete = ?"
            for number, where in link.execute(query, (athlete,)).fetchall():
                if _remove_session(Path(where)):
                    gone.append(Path(where))
                link.execute("DELETE FROM session WHERE id = ?", (number,))
        return gone


def _remove_session(folder: Path) -> bool:
    """Remove what we wrote into a session's folder, and nothing else; whether there was something."""
    if not (folder / "session.json").is_file():  # moved, or removed by somebody
        return False
    if (folder / BAG).is_dir():
        shutil.rmtree(folder / BAG)
    for name in ("report.html", "session.json"):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
    return True


def _ranges(session: Session, log: SessionLog) -> dict[str, float]:
    """Mean range of the driving angle over the repetitions of each exercise [degrees], where it was judged."""
    seconds, curves = log.seconds(), {curve.joint: curve for curve in log.joint_curves()}
    exercises, ranges = load_exercises(), dict[str, list[float]]()
    for rep in session.reps:
        exercise = exercises.get(rep.exercise)
        for joint in (f"{side}_{exercise.signal.angle}" for side in SIDES) if exercise else ():
            if joint in curves:
                curve = curves[joint]
                angles = curve.angle[_within(rep, seconds[curve.frame])]
                ranges.setdefault(rep.exercise, []).extend([float(np.ptp(angles))] if len(angles) > 1 else [])
    return {name: round(float(np.mean(values)), 1) for name, values in ranges.items() if values}


def _within(rep: RepetitionRecord, seconds: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray((seconds >= rep.t0) & (seconds <= rep.t1))

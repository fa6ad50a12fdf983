"""sportcoach sessions: what is kept of named athletes, their progress, export, deletion."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from contextlib import suppress
from dataclasses import asdict, fields
from itertools import groupby
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from sportcoach.progress import render_progress
from sportcoach.session import write_atomically
from sportcoach.session_store import ExerciseOfSession, SessionStore
from sportcoach.wording import words
from sportcoach_feedback.calibration import Athletes, default_folder
from sportcoach_perception.errors import UserError

FORMATS: Final = (".csv", ".json", ".html")


def main(arguments: argparse.Namespace) -> int:
    """List, export or delete."""
    store = SessionStore(arguments.store)
    if arguments.what == "delete":
        return _delete(store, arguments.athlete, arguments.yes)
    rows = store.sessions(arguments.athlete)
    if arguments.what == "export":
        if not rows:
            raise UserError(f"nothing is kept of '{arguments.athlete}'; 'sportcoach sessions list' names everybody")
        write_atomically(arguments.out, _exported(rows, arguments.out))
    elif arguments.json:
        print(json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False))
    else:
        _print(rows)
    return 0


def _exported(rows: list[ExerciseOfSession], out: Path) -> str:
    """The sessions in the form that the suffix of `out` names.

    Raises:
        UserError: it names none.
    """
    if out.suffix == ".json":
        return json.dumps([asdict(row) for row in rows], indent=2, ensure_ascii=False) + "\n"
    if out.suffix == ".html":
        return render_progress(rows)
    if out.suffix != ".csv":
        raise UserError(f"{out} is none of {', '.join(FORMATS)}")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([field.name for field in fields(ExerciseOfSession)])
    for row in rows:
        values = asdict(row)
        values["faults"] = " ".join(f"{fault}:{count}" for fault, count in row.faults.items())
        table.writerow(["" if value is None else value for value in values.values()])
    return text.getvalue()


def _print(rows: list[ExerciseOfSession]) -> None:
    console = Console()
    if not rows:
        console.print("nothing is kept: name an athlete with 'run --athlete NAME' or 'analyze --athlete NAME'")
    for (athlete, exercise), group in groupby(
        sorted(rows, key=lambda row: (row.athlete, row.exercise)), key=lambda row: (row.athlete, row.exercise)
    ):
        table = Table("session", "repetitions", "quality", "tempo", "range", "cues", "faults")
        table.title = f"{athlete}: {words(exercise)}"
        for row in group:
            quality = "" if row.quality is None else f"{100 * row.quality:.0f}"
            tempo = "" if row.tempo_s is None else f"{row.tempo_s:.1f} s"
            span = "" if row.range_deg is None else f"{row.range_deg:.0f}°"
            faults = ", ".join(f"{words(fault)} ({count})" for fault, count in row.faults.items())
            table.add_row(
                row.saved[:16].replace("T", " "), str(row.repetitions), quality, tempo, span, str(row.cues), faults
            )
        console.print(table)


def _delete(store: SessionStore, athlete: str, sure: bool) -> int:
    folders = sorted({row.folder for row in store.sessions(athlete)})
    if not sure:
        print(f"all sessions of '{athlete}', with reports and recordings in {len(folders)} folders, will be deleted")
        if not sys.stdin.isatty() or input("delete? [y/N] ").strip().lower() != "y":
            raise UserError("nothing was deleted: say --yes to delete without being asked")
    gone = store.delete(athlete)
    with suppress(UserError):  # not every name of a session can be one of a file
        Athletes(default_folder()).forget(athlete)
    print(f"deleted all that was kept of '{athlete}': {len(folders)} sessions, {len(gone)} folders")
    return 0

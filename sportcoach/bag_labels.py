"""Recordings below a folder, and the table that says what is done in them.

`labels.csv` has the columns `bag,label` (the bag, relative to the table), optionally `begin,end` [s] after the bag's
first frame, one row per exercise, `subject`, `repetitions` (counted by eye) and `faults` (names, by spaces; empty for
clean ones).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sportcoach.bag_recovery import storage_files
from sportcoach.bag_writer import METADATA
from sportcoach_perception.errors import UserError

TABLE: Final = "labels.csv"


@dataclass(frozen=True, slots=True)
class Label:
    """One row: what is done from `begin` to `end` [ns after the first frame; None for the last one].

    repetitions, faults: None where the table does not say.
    """

    label: str
    begin: int = 0
    end: int | None = None
    subject: str = ""
    repetitions: int | None = None
    faults: tuple[str, ...] | None = None


def find_bags(root: Path) -> dict[str, Path]:
    """Every bag at or below `root` by its path relative to it: folders, and files that are in no folder with metadata.

    Raises:
        UserError: there is none.
    """
    if root.is_file() or (root / METADATA).is_file():
        return {root.name: root}
    folders = sorted(path.parent for path in root.rglob(METADATA))
    files = [file for folder in [root, *root.rglob("*/")] if folder not in folders for file in storage_files(folder)]
    bags = {str(path.relative_to(root)): path for path in sorted([*folders, *files])}
    if not bags:
        raise UserError(f"no bag in {root}: expected folders with {METADATA}, .mcap or .db3 files")
    return bags


def read_labels(root: Path) -> dict[str, list[Label]]:
    """Rows of labels.csv by bag; empty without a table.

    Raises:
        UserError: the table lacks a column, names a bag that is not there, or a number in it is none.
    """
    path, labels = root / TABLE, dict[str, list[Label]]()
    if not path.is_file():
        return labels
    with path.open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if not row.get("bag") or not row.get("label"):
                raise UserError(f"{path} needs the columns bag, label in every row")
            name = str(Path(row["bag"]))
            if not storage_files(root / name):
                raise UserError(f"{path} names {row['bag']}, which is not a bag below {root}")
            try:
                labels.setdefault(name, []).append(_label(row))
            except ValueError as error:
                raise UserError(f"{path}: a number of {name} is none: {error}") from error
    return labels


def _label(row: dict[str, str | None]) -> Label:
    faults = row.get("faults")
    return Label(
        label=row["label"] or "",
        begin=round(float(row.get("begin") or 0.0) * 1e9),
        end=round(float(end) * 1e9) if (end := row.get("end")) else None,
        subject=row.get("subject") or "",
        repetitions=int(count) if (count := row.get("repetitions")) else None,
        faults=None if faults is None else tuple(faults.split()),
    )

"""What a training run keeps on disk: enough to go on after a kill as if nothing had happened, and its curves."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import torch

from sportcoach_perception.errors import UserError

CURVES = ("step", "loss", "validation")


def save(path: Path, state: dict[str, Any]) -> None:
    """Replace the checkpoint at `path` in one go: a kill leaves the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    torch.save(state, beside)
    os.replace(beside, path)


def load(path: Path, made_for: str) -> dict[str, Any] | None:
    """The checkpoint at `path`, None when there is none.

    Raises:
        UserError: it cannot be read, or belongs to another run.
    """
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception as error:  # torch raises whatever its parts raise
        raise UserError(f"checkpoint {path} cannot be read: remove it to start anew") from error
    if state["made_for"] != made_for:
        raise UserError(f"checkpoint {path} is of another run: remove it to start anew")
    return state


def write_curves(path: Path, rows: list[tuple[int, float, float]]) -> None:
    """The run so far as CSV: step, mean loss since the row before, score on the validation part (NaN without one)."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CURVES)
        writer.writerows(rows)

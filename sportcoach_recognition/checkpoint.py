"""What a training run keeps on disk: enough to go on after a kill as if nothing had happened, and its curves."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import torch

from sportcoach_perception.errors import UserError

CURVES = ("step", "loss", "validation")


class Part(Protocol):
    """What remembers of itself: a network, an optimizer, a schedule, what batches are drawn from."""

    def state_dict(self) -> dict[str, Any]:
        """All that it depends on from here on."""

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:
        """Go on from there."""


def save(path: Path, parts: Mapping[str, Part], about: Mapping[str, Any]) -> None:
    """Replace the checkpoint at `path` in one go: a kill leaves the old one or the new one. Curves (.csv) go beside.

    Args:
        path: the file.
        parts: by name.
        about: everything else, among it `made_for`, which tells runs apart, and `curves`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    torch.save({**{name: part.state_dict() for name, part in parts.items()}, **about}, beside)
    os.replace(beside, path)
    _write_curves(path.with_suffix(".csv"), about["curves"])


def load(path: Path, parts: Mapping[str, Part], made_for: str) -> dict[str, Any] | None:
    """What `save` was told, after the parts are as they were; None when there is no checkpoint.

    Raises:
        UserError: it cannot be read, or belongs to another run.
    """
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, weights_only=True)
    except Exception as error:  # torch raises whatever its parts raise
        raise UserError(f"checkpoint {path} cannot be read: remove it to start anew") from error
    if state["made_for"] != made_for or not state.keys() >= parts.keys():
        raise UserError(f"checkpoint {path} is of another run: remove it to start anew")
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return state


def _write_curves(path: Path, rows: list[tuple[int, float, float]]) -> None:
    """The run so far as CSV: step, mean loss since the row before, score on the validation part (NaN without one)."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CURVES)
        writer.writerows(rows)

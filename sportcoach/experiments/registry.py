"""Every experiment by the name of its table or figure; a module with `run(options) -> Outcome` each."""

from __future__ import annotations

from typing import Final

EXPERIMENTS: Final[dict[str, tuple[str, str]]] = {}
"""Module and description by name."""

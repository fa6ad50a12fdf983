"""How hot the machine is: one that runs hot slows down, and pose estimation is the first to feel it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ZONES: Final = Path("/sys/class/thermal")
"""Where Linux lists its thermal zones."""


def machine_temperature(zones: Path = ZONES) -> float | None:
    """The hottest thermal zone of the machine [degrees C]; None where it does not tell."""
    readings = [reading for path in zones.glob("thermal_zone*/temp") if (reading := _read(path)) is not None]
    return max(readings, default=None)


def _read(path: Path) -> float | None:
    """A reading [degrees C]; zones that are switched off cannot be read."""
    try:
        return int(path.read_text(encoding="ascii")) / 1000.0
    except (OSError, ValueError):
        return None

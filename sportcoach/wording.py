"""How names, times and qualities are written for people, in the terminal and in reports."""

from __future__ import annotations

GOOD, FAIR = 0.85, 0.6
"""Quality from which a repetition is called good, or fair."""


def words(name: str) -> str:
    """A name as people write it: "Push-up", "Left knee valgus"."""
    text = "push-up" if name == "push_up" else name.replace("_", " ")
    return text[:1].upper() + text[1:]


def clock(seconds: float) -> str:
    """Time of a session: "7.2 s", or "12:05" from a minute on."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def grade(quality: float | None) -> str:
    """A quality in one word: good, fair, poor or unknown."""
    if quality is None:
        return "unknown"
    return "good" if quality >= GOOD else "fair" if quality >= FAIR else "poor"

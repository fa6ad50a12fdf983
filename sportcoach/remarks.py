"""What a coach said when, read from references and sessions, and how well the two agree in time and in words."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from sportcoach_perception.errors import UserError

WINDOW: Final = 3.0
"""A remark is in time when it comes within so much of the reference [s]."""

_WORDS: Final = re.compile(r"[a-z0-9]+|[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said at `t` [s]."""

    t: float
    text: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """How what was said compares with the references, over all recordings.

    matched: pairs (reference, said) that are in time.
    references, said: how many there are of each.
    """

    matched: tuple[tuple[Remark, Remark], ...]
    references: int
    said: int

    @property
    def precision(self) -> float:
        """Share of what was said that is in time; 1 where nothing was said."""
        return len(self.matched) / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        """Share of the references that something was said for; 1 without references."""
        return len(self.matched) / self.references if self.references else 1.0

    @property
    def f_score(self) -> float:
        """Temporal F-score: the harmonic mean of the two."""
        total = self.precision + self.recall
        return 2.0 * self.precision * self.recall / total if total else 0.0


def agree(references: Sequence[Remark], said: Sequence[Remark], window: float = WINDOW) -> Agreement:
    """Match each reference with at most one remark within `window` [s], as many as possible, the nearest ones first."""
    if not references or not said:
        return Agreement((), len(references), len(said))
    distance = np.abs(np.subtract.outer([r.t for r in references], [s.t for s in said]))
    in_time = distance <= window
    rows, columns = linear_sum_assignment(np.where(in_time, distance - 1e6, 0.0))
    pairs = tuple((references[r], said[c]) for r, c in zip(rows, columns, strict=True) if in_time[r, c])
    return Agreement(pairs, len(references), len(said))


def together(agreements: Sequence[Agreement]) -> Agreement:
    """Those of several recordings as one."""
    return Agreement(
        tuple(pair for one in agreements for pair in one.matched),
        sum(one.references for one in agreements),
        sum(one.said for one in agreements),
    )


def words(text: str) -> list[str]:
    """Lower-case words and numbers; every Chinese character is a word."""
    return _WORDS.findall(text.lower())


class _NoSynonyms:
    """WordNet without a word in it: NLTK keeps the real one apart, to be downloaded."""

    @staticmethod
    def synsets(word: str, **_: Any) -> list[Any]:
        return []


class _Tokenizer:
    @staticmethod
    def tokenize(text: str) -> list[str]:
        return words(text)


def meteor(reference: str, said: str) -> float:
    """METEOR (Banerjee and Lavie 2005) by NLTK, on words and their stems; synonyms do not count.

    Raises:
        UserError: NLTK is not installed.
    """
    try:
        from nltk.translate.meteor_score import single_meteor_score
    except ImportError as error:
        raise UserError("METEOR needs nltk: pip install -r requirements-feedback.txt") from error
    return float(single_meteor_score(words(reference), words(said), wordnet=_NoSynonyms()))


def rouge_l(reference: str, said: str) -> float:
    """F-measure of ROUGE-L (Lin 2004) by rouge-score.

    Raises:
        UserError: rouge-score is not installed.
    """
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise UserError("ROUGE-L needs rouge-score: pip install -r requirements-feedback.txt") from error
    return float(RougeScorer(["rougeL"], tokenizer=_Tokenizer()).score(reference, said)["rougeL"].fmeasure)


def read_references(path: Path) -> list[Remark]:
    """The remarks in a CSV file with the columns t [s] and text, others are ignored.

    Raises:
        UserError: it cannot be read, or a line of it is wrong.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = csv.DictReader(file)
            if not {"t", "text"} <= set(rows.fieldnames or ()):
                raise UserError(f"{path}: the first line must name the columns t and text")
            return [Remark(_seconds(row["t"], path, rows.line_num), row["text"] or "") for row in rows]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a CSV file in UTF-8") from error


def _seconds(text: str | None, path: Path, line: int) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        raise UserError(f"{path}:{line}: '{text}' is not a time in seconds")
    return value


def read_session(path: Path) -> list[Remark]:
    """The corrections in a session.json; praise is no correction.

    Raises:
        UserError: it cannot be read, or is no session.
    """
    try:
        cues = json.loads(path.read_text(encoding="utf-8"))["cues"]
        return [Remark(float(cue["t"]), str(cue["text"])) for cue in cues if cue["severity"] != "praise"]
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path} is no session.json") from error

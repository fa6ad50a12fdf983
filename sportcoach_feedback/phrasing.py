"""Cues in the words of a large language model, from the same evidence, within a deadline, and checked.

Off unless an OpenAI-compatible endpoint is named. What the model may say is only what the evidence says: a number, a
side or a joint that isn't there, or too many words, and the template is spoken instead.
"""

from __future__ import annotations

import json
import os
import re
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sportcoach_feedback.coaching import Cue
from sportcoach_perception.angles import split_side
from sportcoach_perception.errors import UserError

KEY: Final = "SPORTCOACH_API_KEY"
"""Environment variable with the key of the endpoint, if it wants one."""

LONGEST: Final = 120
"""Longer texts are not spoken [characters]."""

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)?")
_NUMBER_WORDS: Final = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|\w+ty-\w+|"
    r"hundred|dozen|half|double|twice)\b|[二三四五六七八九十百两半]"
)

PARTS: Final[Mapping[str, tuple[str, ...]]] = {
    "left": ("left", "左"),
    "right": ("right", "右"),
    "knee": ("knee", "膝"),
    "hip": ("hip", "髋", "臀"),
    "elbow": ("elbow", "肘"),
    "shoulder": ("shoulder", "肩"),
    "ankle": ("ankle", "踝"),
    "wrist": ("wrist", "腕"),
    "trunk": ("trunk", "torso", "chest", "upper body", "胸", "上身"),
    "back": ("back", "spine", "背", "腰"),
    "belly": ("belly", "abdom", "core", "腹"),
    "arm": ("arm", "臂"),
    "leg": ("leg", "thigh", "shin", "腿"),
    "foot": ("foot", "feet", "heel", "toe", "脚", "足"),
    "head": ("head", "neck", "头", "颈"),
}
"""Sides and parts of the body, and how they are recognised in a text."""


def parts_in(text: str) -> frozenset[str]:
    """Sides and parts of the body that `text` speaks of."""
    lower = text.lower()
    return frozenset(part for part, ways in PARTS.items() if any(way in lower for way in ways))


def faithful(text: str, cue: Cue) -> bool:
    """Whether `text` says nothing about numbers and body that the cue, its evidence and its template do not say."""
    if not text or len(text) > LONGEST or "\n" in text:
        return False
    numbers = set(_NUMBER.findall(cue.text)) | {str(round(cue.deviation))}
    spelled = set(_NUMBER_WORDS.findall(text.lower())) - set(_NUMBER_WORDS.findall(cue.text.lower()))
    side, joint = split_side(cue.joint)
    known = parts_in(cue.text) | parts_in(joint) | parts_in(side)
    return set(_NUMBER.findall(text)) <= numbers and not spelled and parts_in(text) <= known


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is, and how long it may take.

    url: of the API, http://localhost:8080/v1 for example; model: its name there; deadline: [s].

    Raises:
        UserError: the URL is none, or the deadline isn't positive.
    """

    url: str
    model: str
    deadline: float = 1.0

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise UserError(f"'{self.url}' is not the URL of an endpoint: it begins with http:// or https://")
        if self.deadline <= 0.0:
            raise UserError(f"the deadline of {self.url} is {self.deadline:g} s; it must be positive")


def request(endpoint: Endpoint, cue: Cue, language: str) -> dict[str, Any]:
    """What the model is asked: the evidence as JSON, and to say just that."""
    evidence = {
        "exercise": cue.exercise,
        "fault": cue.fault,
        "joint": cue.joint,
        "degrees_off": round(cue.deviation),
        "severity": cue.severity.name.lower(),
        "template": cue.text,
    }
    instructions = (
        "You are a coach. Say the correction in one short sentence of at most 12 words in the language with the code "
        f"'{language}'. Use only the evidence: no other number, no other part of the body, no greeting."
    )
    return {
        "model": endpoint.model,
        "max_tokens": 60,
        "temperature": 0.3,
        "messages": [
            {"role": "system", "content": instructions},
            {"role": "user", "content": json.dumps(evidence, ensure_ascii=False)},
        ],
    }


def ask(endpoint: Endpoint, cue: Cue, language: str) -> str:
    """The model's words for `cue`; the template's where they are late, wrong, or not to be had."""
    headers = {"Content-Type": "application/json"}
    if KEY in os.environ:
        headers["Authorization"] = f"Bearer {os.environ[KEY]}"
    body = json.dumps(request(endpoint, cue, language)).encode()
    asked = urllib.request.Request(f"{endpoint.url.rstrip('/')}/chat/completions", body, headers)
    try:
        with urllib.request.urlopen(asked, timeout=endpoint.deadline) as answer:
            text = json.loads(answer.read(100_000))["choices"][0]["message"]["content"]
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return cue.text
    text = " ".join(text.split()).strip('"') if isinstance(text, str) else ""
    return text if faithful(text, cue) else cue.text


class Phraser:
    """Finds words for one cue at a time on a thread of its own; a cue that comes meanwhile keeps its template.

    Args:
        endpoint: of the model.
        language: of the cues.
    """

    def __init__(self, endpoint: Endpoint, language: str) -> None:
        self._endpoint = endpoint
        self._language = language
        self._busy = threading.Lock()

    def say(self, cue: Cue, speak: Callable[[str], None]) -> None:
        """Call `speak`, once and no later than the deadline, with the words for `cue`; returns at once."""
        if not self._busy.acquire(blocking=False):
            speak(cue.text)
            return
        once = _Once(speak)
        timer = threading.Timer(self._endpoint.deadline, once, (cue.text,))
        timer.daemon = True

        def work() -> None:
            try:
                once(ask(self._endpoint, cue, self._language))
            finally:
                timer.cancel()
                self._busy.release()

        timer.start()
        threading.Thread(target=work, name="phraser", daemon=True).start()


class _Once:
    """Passes on the first call only."""

    def __init__(self, action: Callable[[str], None]) -> None:
        self._action = action
        self._first = threading.Lock()

    def __call__(self, text: str) -> None:
        if self._first.acquire(blocking=False):
            self._action(text)

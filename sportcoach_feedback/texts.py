"""The words for each fault, one message catalogue (config/texts/LANGUAGE.yaml) per language."""

from __future__ import annotations

from string import Formatter
from typing import Final

from sportcoach_feedback.coaching import Fault
from sportcoach_feedback.located_yaml import Entry, read_yaml
from sportcoach_perception.angles import split_side
from sportcoach_perception.config import config_path
from sportcoach_perception.errors import UserError

_EVIDENCE: Final = {"degrees", "side", "fault"}


def languages() -> tuple[str, ...]:
    """Languages that there is a catalogue for."""
    return tuple(sorted(path.stem for path in config_path("texts").glob("*.yaml")))


def _templates(entry: Entry) -> tuple[str, ...]:
    """One way to say it or, as a list, several, for when it has to be said again."""
    return tuple(_template(item) for item in entry.items()) if entry.is_list else (_template(entry),)


def _template(entry: Entry) -> str:
    text = entry.text()
    try:
        unknown = {field for _, field, _, _ in Formatter().parse(text) if field is not None} - _EVIDENCE
    except ValueError as error:
        raise entry.error(f"'{text}' is no template: {error}") from error
    if unknown:
        raise entry.error(f"'{text}' uses {{{min(unknown)}}}; known are {', '.join(sorted(_EVIDENCE))}")
    return text


class Texts:
    """The words of one language, with the numbers filled in from the evidence.

    Raises:
        UserError: there is no catalogue for the language, or it is broken.
    """

    def __init__(self, language: str = "en") -> None:
        if language not in languages():
            raise UserError(f"no texts in language '{language}'; there are {', '.join(languages())}")
        path = config_path("texts") / f"{language}.yaml"
        fields = read_yaml(path, "a message catalogue").fields(("sides", "other", "praise", "faults"))
        self._sides = {side: entry.text() for side, entry in fields["sides"].fields(("left", "right")).items()}
        self._other = _templates(fields["other"])
        praise = fields["praise"].mapping()
        self._praise = {fault: _template(words) for fault, words in praise.items()}
        if "other" not in self._praise:
            raise fields["praise"].error("praise lacks 'other'")
        self._faults = {
            (exercise, fault): _templates(words)
            for exercise, entry in fields["faults"].mapping().items()
            for fault, words in entry.mapping().items()
        }

    def has(self, exercise: str, fault: str) -> bool:
        """Whether the fault has words of its own; others are named and measured in general words."""
        return (exercise, fault) in self._faults

    def of(self, exercise: str, fault: Fault, said: int = 0) -> str:
        """What to say about `fault`, which was `said` so many times before."""
        ways = self._faults.get((exercise, fault.name), self._other)
        return self._fill(ways[said % len(ways)], fault)

    def praise(self, exercise: str, fault: Fault) -> str:
        """What to say when `fault` is gone."""
        known = self._praise.get(fault.name) if self.has(exercise, fault.name) else None
        return self._fill(known or self._praise["other"], fault)

    def _fill(self, template: str, fault: Fault) -> str:
        text = template.format(
            degrees=round(fault.deviation),
            side=self._sides.get(split_side(fault.joint)[0], ""),
            fault=fault.name.replace("_", " "),
        )
        return text[:1].upper() + text[1:]

"""The output of many nodes on one terminal: a coloured name before each line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_green", "bright_magenta")


class NodeLines:
    """Prints lines with the name of the node that said them; may be called from several threads.

    Args:
        names: of the nodes, for colours and the width of the prefix.
        console: where to print.
    """

    def __init__(self, names: Sequence[str], console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._colours = {name: COLOURS[index % len(COLOURS)] for index, name in enumerate(names)}
        self._width = max(map(len, names), default=0)

    def __call__(self, name: str, line: str) -> None:
        """Print one line of node `name`."""
        prefix = (f"{name:<{self._width}} | ", self._colours.get(name, "default"))
        self._console.print(Text.assemble(prefix, Text.from_ansi(line)), soft_wrap=True)

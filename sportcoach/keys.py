"""Keys pressed while a command runs, where there is a terminal."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def pressed_keys() -> Iterator[Callable[[], str]]:
    """A function that returns the keys pressed since its last call, without waiting; none without a terminal."""
    if not sys.stdin.isatty():
        yield lambda: ""
        return
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal)

    def keys() -> str:
        ready, _, _ = select.select([terminal], [], [], 0)
        return os.read(terminal, 64).decode(errors="ignore") if ready else ""

    try:
        yield keys
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)

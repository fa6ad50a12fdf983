"""Cues to hear, spoken by espeak-ng."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sportcoach_feedback.coaching import Cue
from sportcoach_perception.errors import UserError

PROGRAM: Final = "espeak-ng"

VOICES: Final = {"zh": "cmn"}
"""Voices whose name differs from the language's."""

QUEUE: Final = 4
"""Phrases that may wait; the least urgent one makes room."""

LIFETIME: Final = 2.0
"""A phrase that had to wait longer is no longer true [s]."""

LONGEST: Final = 15.0
"""Speaking is cut off after this [s]; a sound device that blocks must not silence the coach for ever."""

MAX_TEXT: Final = 200
"""Longer texts are cut [characters]."""


@dataclass(frozen=True, slots=True)
class VoiceCommand:
    """Something to say; fields as in VoiceCommand.msg."""

    stamp: int
    text: str
    clip: str
    priority: int


def voice_command(cue: Cue) -> VoiceCommand:
    """What to say for `cue`."""
    return VoiceCommand(cue.stamp, cue.text, "", int(cue.severity))


def has_sound_device() -> bool:
    """Whether there is an ALSA playback device or a sound server of this user."""
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/run/user/none"))
    return (
        any(Path("/dev/snd").glob("pcm*p"))
        or "PULSE_SERVER" in os.environ
        or (runtime / "pulse" / "native").exists()
        or (runtime / "pipewire-0").exists()
    )


class Espeak:
    """espeak-ng on the sound device, or into one wav file per phrase when `directory` is given.

    Raises:
        UserError: it isn't installed, there is no sound device, or the directory cannot be made.
    """

    def __init__(self, language: str = "en", directory: Path | None = None) -> None:
        program = shutil.which(PROGRAM)
        if program is None:
            raise UserError(f"no voice, cues are text only: {PROGRAM} is missing (try 'apt install {PROGRAM}')")
        if directory is None and not has_sound_device():
            raise UserError("no voice, cues are text only: no sound device (name a directory to get wav files)")
        if directory is not None:
            try:
                directory.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(f"no voice, cues are text only: {directory}: {error.strerror}") from error
        self._program = program
        self._voice = VOICES.get(language, language)
        self._directory = directory

    def arguments(self, command: VoiceCommand) -> list[str]:
        """The argument list that speaks `command`; no shell sees the text."""
        wav = [] if self._directory is None else ["-w", str(self._directory / f"{command.stamp:019d}.wav")]
        return [self._program, "-v", self._voice, *wav, "--", command.text[:MAX_TEXT]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    command: VoiceCommand
    since: float


class Speaker:
    """Says one phrase at a time on a thread of its own; `say` returns at once.

    A phrase of higher priority interrupts the one being said. Of those that wait the most urgent comes first; phrases
    that waited longer than `LIFETIME` are dropped.

    Args:
        arguments: the program that says a command, as an argument list.
        clock: seconds, for the lifetime of waiting phrases.
    """

    def __init__(
        self, arguments: Callable[[VoiceCommand], list[str]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._arguments = arguments
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._priority = -1
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, name="speaker", daemon=True)
        self._thread.start()

    def say(self, command: VoiceCommand) -> None:
        """Speak `command` as soon as its priority allows."""
        with self._changed:
            self._waiting.append(_Waiting(command, self._clock()))
            self._waiting.sort(key=lambda waiting: -waiting.command.priority)
            del self._waiting[QUEUE:]
            if self._process is not None and command.priority > self._priority:
                self._process.kill()
            self._changed.notify()

    def close(self) -> None:
        """Fall silent now, mid-word if need be."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            if self._process is not None:
                self._process.kill()
            self._changed.notify()
        self._thread.join(timeout=1.0)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                waiting = self._waiting.pop(0)
                if self._clock() - waiting.since > LIFETIME:
                    continue
                process = self._start(waiting.command)
            if process is not None:
                self._finish(process)

    def _start(self, command: VoiceCommand) -> subprocess.Popen[bytes] | None:
        quiet = subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(self._arguments(command), stdin=quiet, stdout=quiet, stderr=quiet)
        except OSError:
            self._process = None  # the program has gone since: the cue stays a text
        self._priority = command.priority
        return self._process

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=LONGEST)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with self._changed:
            self._process = None

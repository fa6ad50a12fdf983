"""Phrases are spoken one at a time, the urgent ones first; nothing blocks, nothing is left behind."""

from __future__ import annotations

import shutil
import sys
import time
import wave
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sportcoach_feedback import voice
from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_feedback.voice import LIFETIME, Espeak, Speaker, VoiceCommand, voice_command
from sportcoach_perception.errors import UserError


def phrase(text: str, priority: int = 2, stamp: int = 0) -> VoiceCommand:
    return VoiceCommand(stamp, text, "", priority)


class Parrot:
    """Stands for espeak-ng: writes each text to a file when it has spoken for `seconds`."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.began = folder / "began"
        self.ended = folder / "ended"
        self._seconds = seconds

    def arguments(self, command: VoiceCommand) -> list[str]:
        script = (
            "import sys, time; text = sys.argv[1] + '\\n'; open(sys.argv[2], 'a').write(text);"
            f"time.sleep({self._seconds}); open(sys.argv[3], 'a').write(text)"
        )
        return [sys.executable, "-S", "-E", "-c", script, command.text, str(self.began), str(self.ended)]

    def said(self, path: Path) -> list[str]:
        return path.read_text().split() if path.exists() else []

    def wait(self, path: Path, texts: list[str]) -> None:
        deadline = time.monotonic() + 10.0
        while self.said(path) != texts:
            assert time.monotonic() < deadline, f"{self.said(path)} instead of {texts}"
            time.sleep(0.01)


@pytest.fixture
def parrot(tmp_path: Path) -> Parrot:
    return Parrot(tmp_path, 0.1)


@pytest.fixture
def slow_parrot(tmp_path: Path) -> Parrot:
    return Parrot(tmp_path, 30.0)


@pytest.fixture
def speaker(parrot: Parrot) -> Iterator[Speaker]:
    with closing(Speaker(parrot.arguments, clock=lambda: 0.0)) as speaker:
        yield speaker


def test_a_phrase_is_spoken(speaker: Speaker, parrot: Parrot) -> None:
    speaker.say(phrase("hello"))
    parrot.wait(parrot.ended, ["hello"])


def test_the_caller_does_not_wait_for_the_phrase(slow_parrot: Parrot) -> None:
    with closing(Speaker(slow_parrot.arguments)) as speaker:
        began = time.monotonic()
        for text in ("one", "two", "three"):
            speaker.say(phrase(text))
        assert time.monotonic() - began < 2.0


def test_of_those_that_wait_the_urgent_one_comes_first(speaker: Speaker, parrot: Parrot) -> None:
    speaker.say(phrase("first"))
    parrot.wait(parrot.began, ["first"])
    for text, priority in (("tempo", 1), ("form", 2)):
        speaker.say(phrase(text, priority))
    parrot.wait(parrot.ended, ["first", "form", "tempo"])


def test_a_more_urgent_phrase_interrupts(slow_parrot: Parrot) -> None:
    with closing(Speaker(slow_parrot.arguments)) as speaker:
        speaker.say(phrase("form", 2))
        slow_parrot.wait(slow_parrot.began, ["form"])
        speaker.say(phrase("safety", 3))
        slow_parrot.wait(slow_parrot.began, ["form", "safety"])
    assert slow_parrot.said(slow_parrot.ended) == []


def test_closing_is_quick_and_silent(slow_parrot: Parrot) -> None:
    speaker = Speaker(slow_parrot.arguments)
    speaker.say(phrase("long"))
    slow_parrot.wait(slow_parrot.began, ["long"])
    began = time.monotonic()
    speaker.close()
    assert time.monotonic() - began < 3.0  # much less than the phrase takes
    assert slow_parrot.said(slow_parrot.ended) == []


def test_a_phrase_that_waited_too_long_is_dropped(parrot: Parrot) -> None:
    now = 0.0
    with closing(Speaker(parrot.arguments, clock=lambda: now)) as speaker:
        speaker.say(phrase("first"))
        speaker.say(phrase("stale"))
        parrot.wait(parrot.began, ["first"])
        now = LIFETIME + 1.0
        parrot.wait(parrot.ended, ["first"])
        speaker.say(phrase("fresh"))
        parrot.wait(parrot.ended, ["first", "fresh"])


def test_the_queue_is_bounded(speaker: Speaker, parrot: Parrot) -> None:
    speaker.say(phrase("first"))
    parrot.wait(parrot.began, ["first"])
    for number in range(20):
        speaker.say(phrase(f"p{number}"))
    parrot.wait(parrot.ended, ["first", *(f"p{number}" for number in range(voice.QUEUE))])


def test_a_program_that_cannot_run_is_survived(tmp_path: Path, parrot: Parrot) -> None:
    def arguments(command: VoiceCommand) -> list[str]:
        return [str(tmp_path / "missing")] if command.text == "lost" else parrot.arguments(command)

    with closing(Speaker(arguments)) as speaker:
        speaker.say(phrase("lost"))
        speaker.say(phrase("heard"))
        parrot.wait(parrot.ended, ["heard"])


def test_the_text_is_one_argument_that_is_no_option(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: f"bin/{program}")
    arguments = Espeak("zh", tmp_path / "wav").arguments(phrase("-w; rm $(x)", stamp=12))
    assert arguments[-2:] == ["--", "-w; rm $(x)"]
    assert arguments[:3] == ["bin/espeak-ng", "-v", "cmn"]
    assert str(tmp_path / "wav" / "0000000000000000012.wav") in arguments


def test_without_espeak_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(UserError, match="apt install espeak-ng"):
        Espeak()


def test_without_a_sound_device_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: program)
    monkeypatch.setattr(voice, "has_sound_device", lambda: False)
    with pytest.raises(UserError, match="no sound device"):
        Espeak()


def test_a_folder_that_cannot_be_made_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: program)
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="text only"):
        Espeak(directory=tmp_path / "file" / "wav")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_espeak_writes_a_wav_file(tmp_path: Path, language: str) -> None:
    with closing(Speaker(Espeak(language, tmp_path).arguments)) as speaker:
        speaker.say(phrase("12", stamp=1))
        path = tmp_path / f"{1:019d}.wav"
        deadline = time.monotonic() + 10.0
        while not path.exists() or path.stat().st_size < 1000:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    with wave.open(str(path)) as sound:
        assert sound.getnframes() > 1000


def test_a_cue_is_said_with_its_severity() -> None:
    cue = Cue(3, "squat", "trunk", "trunk_lean", 9.0, "chest up", Severity.SAFETY, 5)
    assert voice_command(cue) == VoiceCommand(3, "chest up", "", int(Severity.SAFETY))

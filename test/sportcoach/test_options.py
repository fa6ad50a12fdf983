"""The command line offers every option of the graph, and what is given arrives there."""

from __future__ import annotations

import argparse

import pytest

from sportcoach.commands.options import RECORDING, add_graph_options, add_options, graph_options
from sportcoach.graph import OPTIONS, GraphOptions
from sportcoach_perception.errors import UserError


def parse(*words: str) -> GraphOptions:
    parser = argparse.ArgumentParser()
    add_graph_options(parser)
    add_options(parser, "recording", RECORDING)
    return graph_options(parser.parse_args(words))


def test_defaults_are_those_of_the_graph() -> None:
    assert parse() == GraphOptions()


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_can_be_given(name: str) -> None:
    option = OPTIONS[name]
    flag = "--" + name.replace("_", "-")
    if isinstance(option.default, bool):
        words, value = ([flag.replace("--", "--no-")], False) if option.default else ([flag], True)
        assert getattr(parse(*words), name) is value
        return
    text = option.choices[-1] if option.choices else "seven" if isinstance(option.default, str) else "7"
    words = [text] if name == "bag" else [flag, text]
    assert getattr(parse(*words), name) == option.parse(text)


def test_a_video_is_the_source_unless_another_is_named() -> None:
    assert parse("--video", "v.mp4").source == "video"
    assert parse("--video", "v.mp4", "--source", "sim").source == "sim"
    with pytest.raises(UserError, match="needs a video"):
        parse("--source", "video")


def test_a_bag_is_the_source_unless_another_is_named() -> None:
    assert parse("bag").source == "bag"
    assert parse("--source", "bag", "session/bag").bag == "session/bag"
    with pytest.raises(UserError, match="needs a bag"):
        parse("--source", "bag")


@pytest.mark.parametrize("words", [("--duration", "-1"), ("--duration", "nan"), ("--source", "moon"), ("--seed", "x")])
def test_what_is_not_allowed_is_refused(words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(*words)
    assert words[0] in capsys.readouterr().err

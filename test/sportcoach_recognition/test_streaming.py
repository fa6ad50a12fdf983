"""Every network on a stream: equal to the window at every step, a fresh start after gaps and for another athlete."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from stream import movement

from sportcoach_recognition.fitted import NETWORKS, build
from sportcoach_recognition.models.inputs import Inputs
from sportcoach_recognition.streaming import MAX_GAP, Stream

WINDOW = 8
SIZES = {"stream_gat": {"joint": 8, "heads": 2, "part": 8, "limb": 8, "body": 12}, "tcn_gat": {"channels": 8}}
INPUTS = movement(40)


def network(model: str) -> torch.nn.Module:
    torch.manual_seed(3)
    return build(model, 4, {"window": WINDOW, **SIZES.get(model, {})}).eval()


def window(net: torch.nn.Module, inputs: Inputs) -> torch.Tensor:
    with torch.inference_mode():
        scores: torch.Tensor = net(inputs).action
    return scores


@pytest.mark.parametrize("model", NETWORKS)
def test_every_step_is_the_answer_to_the_window_that_ends_there(model: str) -> None:
    net = network(model)
    stream = Stream(net)
    for t in range(3 * WINDOW):
        scores = stream.step(INPUTS.between(t, t + 1), t).action
        torch.testing.assert_close(scores, window(net, INPUTS.between(0, t + 1)), atol=1e-4, rtol=0.0)


@pytest.mark.parametrize("model", NETWORKS)
@pytest.mark.parametrize(("number", "athlete"), [(10 + MAX_GAP, ""), (3, ""), (9, ""), (10, "another")])
def test_gaps_steps_back_and_other_athletes_start_anew(model: str, number: int, athlete: str) -> None:
    net = network(model)
    stream = Stream(net)
    for t in range(10):
        stream.step(INPUTS.between(t, t + 1), t)
    after = stream.step(INPUTS.between(30, 31), number, athlete).action
    torch.testing.assert_close(after, window(net, INPUTS.between(30, 31)), atol=1e-4, rtol=0.0)


@given(st.lists(st.integers(1, 2 * MAX_GAP), min_size=1, max_size=25))
@settings(deadline=None, max_examples=15)
def test_whatever_is_missing_the_answer_is_that_to_what_came_since(gaps: list[int]) -> None:
    net = network("stream_gat")
    stream, begin, number = Stream(net), 0, 0
    for t, gap in enumerate(gaps):
        number += gap
        begin = t if gap > MAX_GAP else begin
        scores = stream.step(INPUTS.between(t, t + 1), number).action
    torch.testing.assert_close(scores, window(net, INPUTS.between(begin, len(gaps))), atol=1e-4, rtol=0.0)

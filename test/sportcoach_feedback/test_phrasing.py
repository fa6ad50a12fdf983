"""A language model may choose the words, but it invents nothing, and it never makes the coach wait."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from sportcoach_feedback.coaching import Cue, Severity
from sportcoach_feedback.phrasing import Endpoint, Phraser, ask, faithful
from sportcoach_perception.errors import UserError

CUE = Cue(7, "squat", "left_knee", "knee_valgus", 12.3, "Left knee 12 degrees inward: push it out", Severity.SAFETY, 9)


@contextmanager
def model(text: str, delay: float = 0.0, asked: list[Any] | None = None) -> Iterator[str]:
    """An endpoint that answers `text`; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if asked is not None:
                asked.append((self.path, body))
            time.sleep(delay)
            answer = json.dumps({"choices": [{"message": {"content": text}}]}).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()


def test_the_model_is_asked_with_the_evidence_and_its_words_are_used() -> None:
    asked: list[Any] = []
    with model("Push that left knee 12 degrees out!", asked=asked) as url:
        assert ask(Endpoint(url, "coach", 5.0), CUE, "en") == "Push that left knee 12 degrees out!"
    ((path, body),) = asked
    assert path == "/v1/chat/completions" and body["model"] == "coach"
    assert json.loads(body["messages"][1]["content"])["degrees_off"] == 12


@pytest.mark.parametrize(
    "text",
    [
        "Push your left knee out by 15 degrees",
        "Push your right knee out",
        "Left knee out and straighten your back",
        "Do twenty more",
        "左膝和右膝向外",
        "",
        "word " * 40,
    ],
)
def test_inventions_are_not_said(text: str) -> None:
    assert not faithful(text, CUE)
    with model(text) as url:
        assert ask(Endpoint(url, "coach", 5.0), CUE, "en") == CUE.text


def test_no_answer_leaves_the_template() -> None:
    assert ask(Endpoint("http://127.0.0.1:9/v1", "coach", 0.5), CUE, "en") == CUE.text


def test_a_slow_model_does_not_make_the_coach_wait_or_speak_twice() -> None:
    said: list[str] = []
    with model("Left knee out", delay=0.6) as url:
        began = time.monotonic()
        phraser = Phraser(Endpoint(url, "coach", 0.2), "en")
        phraser.say(CUE, said.append)
        assert time.monotonic() - began < 0.15
        time.sleep(1.0)
    assert said == [CUE.text]


@pytest.mark.parametrize(("url", "deadline"), [("localhost", 1.0), ("http://localhost", 0.0)])
def test_wrong_endpoints_are_refused(url: str, deadline: float) -> None:
    with pytest.raises(UserError):
        Endpoint(url, "coach", deadline)

"""The live view's server, as a browser meets it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from sportcoach.view.server import ViewServer
from sportcoach_perception.errors import UserError

Talk = Callable[[aiohttp.ClientSession, str], Awaitable[None]]


class Wishes:
    """Commands that came in."""

    def __init__(self) -> None:
        self.all: list[tuple[str, str]] = []
        self.came = threading.Event()

    def __call__(self, command: str, value: str) -> None:
        self.all.append((command, value))
        self.came.set()


@pytest.fixture
def wishes() -> Wishes:
    return Wishes()


@pytest.fixture
def server(wishes: Wishes) -> Iterator[ViewServer]:
    server = ViewServer("127.0.0.1", 0, "", {"limbs": []}, wishes)
    yield server
    server.close()


def talk(to: Talk, url: str) -> None:
    async def session() -> None:
        async with aiohttp.ClientSession() as client:
            await asyncio.wait_for(to(client, url), 20.0)

    asyncio.run(session())


def test_the_page_brings_all_its_parts_and_nothing_from_elsewhere(server: ViewServer) -> None:
    async def look(client: aiohttp.ClientSession, url: str) -> None:
        for path, kind in (("", "text/html"), ("view.css", "text/css"), ("view.js", "text/javascript")):
            async with client.get(url + path) as answer:
                assert answer.status == 200 and answer.content_type == kind
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
                text = await answer.text()
                assert "http://" not in text and "https://" not in text
        async with client.get(url + "../server.py") as answer:
            assert answer.status == 404

    talk(look, server.url)


def test_a_page_gets_greeted_and_then_the_picture_before_its_frame(server: ViewServer) -> None:
    async def look(client: aiohttp.ClientSession, url: str) -> None:
        async with client.ws_connect(url + "socket") as socket:
            assert await socket.receive_json() == {"hello": {"limbs": []}}
            while True:  # until the server has this client on its list
                server.publish({"stamp": 1.0}, b"jpeg")
                try:
                    picture = await socket.receive_bytes(timeout=0.2)
                    break
                except TimeoutError:
                    continue
            assert picture == b"jpeg"
            assert await socket.receive_json() == {"stamp": 1.0}

    talk(look, server.url)


def test_known_commands_are_passed_on_and_nonsense_is_left_alone(server: ViewServer, wishes: Wishes) -> None:
    async def press(client: aiohttp.ClientSession, url: str) -> None:
        async with client.ws_connect(url + "socket") as socket:
            for text in ("no json", "[]", '{"value": 1}', '{"command": "format_disk"}', "3"):
                await socket.send_str(text)
            await socket.send_json({"command": "exercise", "value": "squat"})
            assert await asyncio.to_thread(wishes.came.wait, 10.0)

    talk(press, server.url)
    assert wishes.all == [("exercise", "squat")]


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_another_sites_page_in_the_browser_is_refused(server: ViewServer, headers: dict[str, str]) -> None:
    async def look(client: aiohttp.ClientSession, url: str) -> None:
        async with client.get(url + "socket", headers=headers) as answer:
            assert answer.status == 403

    talk(look, server.url)


def test_a_server_for_the_network_asks_for_its_token(wishes: Wishes) -> None:
    server = ViewServer("0.0.0.0", 0, "", {}, wishes)
    address = urlsplit(server.url)
    assert len(address.query) > len("token=") + 16

    async def look(client: aiohttp.ClientSession, url: str) -> None:
        plain = url.partition("?")[0]
        for path, status in (("", 403), ("socket", 403), ("?token=wrong", 403), (f"?{address.query}", 200)):
            async with client.get(plain + path) as answer:
                assert answer.status == status, path
        async with client.ws_connect(plain + "socket") as socket:  # the browser shows the cookie from now on
            assert "hello" in await socket.receive_json()

    try:
        talk(look, f"http://localhost:{address.port}/?{address.query}")
    finally:
        server.close()


def test_a_port_in_use_is_said_in_one_line(server: ViewServer) -> None:
    port = urlsplit(server.url).port
    assert port
    with pytest.raises(UserError, match=f"cannot listen on 127.0.0.1:{port}"):
        ViewServer("127.0.0.1", port, "", {}, lambda command, value: None)


def test_a_closed_server_says_goodbye_and_stays_silent(wishes: Wishes) -> None:
    server = ViewServer("127.0.0.1", 0, "", {}, wishes)

    async def look(client: aiohttp.ClientSession, url: str) -> None:
        async with client.ws_connect(url + "socket") as socket:
            await socket.receive_json()
            await asyncio.to_thread(server.close)
            farewell: Any = await socket.receive()
            assert farewell.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)

    talk(look, server.url)
    server.publish({"stamp": 2.0})

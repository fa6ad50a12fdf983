"""Serves the live view from a thread of its own: the page, and a web socket that carries frames out and commands in."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from typing import Any, Final

from aiohttp import WSMsgType, web

from sportcoach.view.access import Access
from sportcoach.view.hub import Client, Hub, Update
from sportcoach_perception.errors import UserError

COMMANDS: Final = ("start", "stop", "mute", "unmute", "exercise", "calibrate")
"""What a page may ask for; `exercise` with a value."""

_PAGE: Final = {"/": ("index.html", "text/html"), "/view.css": ("view.css", "text/css")} | {
    "/view.js": ("view.js", "text/javascript")
}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_MAX_COMMAND: Final = 1024
_START_LIMIT: Final = 5.0


class ViewServer:
    """The page's server.

    Args:
        host, port: where to listen; port 0 for any free one.
        token: see `Access`.
        hello: sent to every page once, before the frames.
        on_command: called with command and value, on the server's thread.

    Raises:
        UserError: the address cannot be used.
    """

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        hello: dict[str, Any],
        on_command: Callable[[str, str], None],
    ) -> None:
        self._access = Access(host, token)
        self._hello = {"hello": hello}
        self._on_command = on_command
        self._hub = Hub()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._started = threading.Event()
        self._problem: OSError | None = None
        self._host, self._port = host, port
        self._thread = threading.Thread(target=self._run, name="live view", daemon=True)
        self._thread.start()
        self._started.wait(_START_LIMIT)
        if self._problem is not None:
            reason = os.strerror(self._problem.errno) if self._problem.errno else str(self._problem)
            raise UserError(f"live view cannot listen on {host}:{port}: {reason}; choose another address or port")

    @property
    def url(self) -> str:
        """The address to open, with the token if there is one."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/" + (f"?token={self._access.token}" if self._access.token else "")

    @property
    def audience(self) -> int:
        """Number of pages that are open."""
        return len(self._hub)

    def publish(self, frame: dict[str, Any], picture: bytes = b"") -> None:
        """Show a frame on all pages, over its JPEG `picture` if given; may be called from any thread."""
        if len(self._hub) and not self._loop.is_closed():
            update = Update(json.dumps(frame, separators=(",", ":")), picture)
            self._loop.call_soon_threadsafe(self._hub.publish, update)

    def close(self) -> None:
        """Say goodbye to all pages and end the thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(timeout=2.0)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._started.set()
            self._loop.close()

    async def _serve(self) -> None:
        app = web.Application(client_max_size=_MAX_COMMAND, middlewares=[self._guard])
        app.router.add_get("/socket", self._socket)
        for path in _PAGE:
            app.router.add_get(path, self._file)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
            self._port = runner.addresses[0][1]
            self._started.set()
            await self._ended.wait()
        except OSError as error:
            self._problem = error
        finally:
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        self._access.check(request)
        response: web.StreamResponse = await handler(request)
        return response

    async def _file(self, request: web.Request) -> web.StreamResponse:
        name, kind = _PAGE[request.path]
        text = files("sportcoach.view").joinpath("page", name).read_text(encoding="utf-8")
        response = web.Response(text=text, content_type=kind, headers=_HEADERS)
        self._access.remember(response)
        return response

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=10.0, max_msg_size=_MAX_COMMAND, compress=False)  # JPEG is
        await socket.prepare(request)
        await socket.send_json(self._hello)
        client = self._hub.join()
        sending = asyncio.create_task(_send(client, socket))
        ending = asyncio.create_task(self._close_at_end(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._obey(message.data)
        finally:
            sending.cancel()
            ending.cancel()
            self._hub.leave(client)
        return socket

    async def _close_at_end(self, socket: web.WebSocketResponse) -> None:
        await self._ended.wait()
        await socket.close()

    def _obey(self, text: str) -> None:
        """Pass a command on; anything else is left alone."""
        try:
            wish = json.loads(text)
            command, value = str(wish["command"]), str(wish.get("value", ""))
        except (ValueError, TypeError, KeyError, AttributeError):
            return
        if command in COMMANDS:
            self._on_command(command, value)


async def _send(client: Client, socket: web.WebSocketResponse) -> None:
    with suppress(ConnectionResetError):  # a page that is being closed
        while True:
            update = await client.take()
            if update.picture:
                await socket.send_bytes(update.picture)
            await socket.send_str(update.text)

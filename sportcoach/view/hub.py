"""Hands the newest frame to every client: a slow one misses frames, and no frame ever waits for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Update:
    """What is sent together: `text` is JSON, `picture` a JPEG or empty."""

    text: str
    picture: bytes = b""


@dataclass(eq=False, slots=True)
class Client:
    """One page. The updates that it has not taken yet are replaced by newer ones."""

    _latest: Update | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, update: Update) -> None:
        """Replace what is waiting."""
        self._latest = update
        self._ready.set()

    async def take(self) -> Update:
        """The newest update, once there is one that has not been taken."""
        await self._ready.wait()
        self._ready.clear()
        assert self._latest is not None
        return self._latest


class Hub:
    """The clients. Used on the thread of the server's event loop only."""

    def __init__(self) -> None:
        self._clients: set[Client] = set()

    def __len__(self) -> int:
        return len(self._clients)

    def join(self) -> Client:
        """A new client."""
        client = Client()
        self._clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        """Forget a client."""
        self._clients.discard(client)

    def publish(self, update: Update) -> None:
        """Give `update` to all clients."""
        for client in self._clients:
            client.put(update)

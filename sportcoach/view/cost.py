"""What pages that are open cost the machine that serves them."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Final

import numpy as np

from sportcoach.view.server import ViewServer
from sportcoach.view.state import anatomy
from sportcoach_perception.errors import UserError
from sportcoach_perception.images import encode_jpeg

RATE: Final = 30.0
"""Frames a second."""

_START: Final = 30.0

_READER: Final = """
import asyncio, sys, aiohttp

async def read(client, url):
    async with client.ws_connect(url, max_msg_size=0) as page:
        async for _ in page:
            pass

async def main(url, count):
    async with aiohttp.ClientSession() as client:
        await asyncio.gather(*(read(client, url) for _ in range(count)))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""
"""Takes and throws away what a page gets; in a process of its own."""


def share(pages: int, seconds: float) -> float:
    """Share of a core that so many open pages cost together, at 30 frames a second with pictures of 640x480.

    Args:
        pages: that are open.
        seconds: to measure, without pages and again with them.

    Raises:
        UserError: the pages do not open.
    """
    server = ViewServer("127.0.0.1", 0, "", anatomy(), lambda command, value: None)
    try:
        alone = _busy(server, seconds)
        reader = subprocess.Popen([sys.executable, "-c", _READER, f"{server.url}socket", str(pages)])
        try:
            _await_audience(server, pages)
            return max(0.0, _busy(server, seconds) - alone)
        finally:
            reader.kill()
            reader.wait()
    finally:
        server.close()


def _await_audience(server: ViewServer, pages: int) -> None:
    deadline = time.monotonic() + _START
    while server.audience < pages:
        if time.monotonic() > deadline:
            raise UserError("the pages did not open", 1)
        time.sleep(0.05)


def _busy(server: ViewServer, seconds: float) -> float:
    """Share of a core that this process is busy while it publishes."""
    frame, picture = _frame(), _picture()
    began, spent = time.perf_counter(), time.process_time()
    for index in range(round(seconds * RATE)):
        server.publish({**frame, "stamp": index / RATE}, picture)
        time.sleep(max(0.0, began + (index + 1) / RATE - time.perf_counter()))
    return (time.process_time() - spent) / (time.perf_counter() - began)


def _frame() -> dict[str, object]:
    """As large as a frame of a set."""
    joint = {"name": "left_knee_valgus", "landmark": 25, "angle": 101.25, "deviation": 12.25, "good": False}
    landmarks = np.round(np.linspace(0.0, 1.0, 66), 4).tolist()
    numbers = {"progress": 0.51, "repetitions": 7, "tempo": 2.41, "quality": 0.82, "rate": 30.0, "latency": 41.0}
    cue = {"text": "Left knee 8 degrees inward: push it out", "severity": 3, "age": 1.0}
    words = {"detected": True, "action": "squat", "exercise": "squat", "stage": "execute", "cue": cue}
    return {**words, **numbers, "landmarks": landmarks, "visibility": [0.99] * 33, "joints": [joint] * 10}


def _picture() -> bytes:
    """A JPEG as large as one of a room."""
    grain = np.random.default_rng(0).integers(0, 40, (120, 160, 3)).repeat(4, axis=0).repeat(4, axis=1)
    return encode_jpeg((grain + 90).astype(np.uint8))

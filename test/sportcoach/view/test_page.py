"""The page of the live view in a real browser: what it shows, what its buttons do, whether everybody can use it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from browser import AXE, PROGRAM, SCREENS, Page, open_browser

from sportcoach.view.server import ViewServer
from sportcoach.view.state import anatomy
from sportcoach_perception.images import encode_jpeg
from sportcoach_perception.skeleton import LANDMARK_INDEX

pytestmark = pytest.mark.skipif(not PROGRAM, reason="needs chromium")

KNEE = LANDMARK_INDEX["left_knee"]

FAULT: dict[str, Any] = {
    "stamp": 1.0,
    "detected": True,
    "landmarks": np.linspace(0.2, 0.8, 66).tolist(),
    "visibility": [1.0] * 33,
    "action": "squat",
    "exercise": "squat",
    "stage": "execute",
    "progress": 0.6,
    "repetitions": 7,
    "tempo": 2.4,
    "quality": 0.82,
    "joints": [
        {"name": "left_knee_valgus", "landmark": KNEE, "angle": 16.0, "deviation": 14.0, "good": False},
        {"name": "trunk", "landmark": None, "angle": 30.0, "deviation": 2.0, "good": True},
    ],
    "cue": {"text": "Left knee 8 degrees inward: push it out", "severity": 3, "age": 1.0},
    "imu": [0.2, 0.5, 0.1, None],
    "rate": 30.0,
    "latency": 41.0,
    "health": {"level": 1, "message": "right_ankle: silent"},
    "session": {"active": True, "muted": False, "exercise": "auto"},
}  # fmt: skip
NOBODY = FAULT | {"detected": False, "landmarks": [], "visibility": [], "exercise": "", "joints": [], "cue": None}

Look = Callable[[dict[str, Page]], Awaitable[None]]


def on_all_screens(frame: dict[str, Any], look: Look, wishes: list[tuple[str, str]] | None = None) -> None:
    """Serve `frame` again and again, and look at it on every screen."""
    sent: list[tuple[str, str]] = [] if wishes is None else wishes
    hello = {**anatomy(), "exercises": ["lunge", "squat"]}
    server = ViewServer("127.0.0.1", 0, "", hello, lambda command, value: sent.append((command, value)))
    picture = encode_jpeg(np.full((480, 640, 3), 90, np.uint8))

    async def publish() -> None:
        while True:
            server.publish(frame, picture)
            await asyncio.sleep(0.05)

    async def run() -> None:
        publishing = asyncio.create_task(publish())
        async with open_browser() as browser:
            pages = {name: await browser.open(server.url, screen) for name, screen in SCREENS.items()}
            for page in pages.values():
                await page.until("document.getElementById('speed').textContent !== ''")
            await look(pages)
        publishing.cancel()

    try:
        asyncio.run(asyncio.wait_for(run(), 120.0))
    finally:
        server.close()


def text(name: str) -> str:
    return f"document.getElementById('{name}').textContent"


def test_a_fault_in_a_set_is_shown_on_every_screen_and_can_be_stopped() -> None:
    wishes: list[tuple[str, str]] = []

    async def look(pages: dict[str, Page]) -> None:
        for name, page in pages.items():
            assert await page.run(text("cue")) == FAULT["cue"]["text"]
            assert await page.run(text("repetitions")) == "7"
            assert "+14°" in await page.run(text("joints"))
            assert "no signal" in await page.run(text("imu"))
            assert await page.run("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
            assert await page.run("document.querySelectorAll('.joints .off').length") == 1
        letters = await pages["tv"].run("parseFloat(getComputedStyle(document.getElementById('cue')).fontSize)")
        assert letters >= 50.0  # of 1080: two thumbs high on a television, read from three metres
        assert await pages["tv"].run("document.documentElement.scrollHeight <= innerHeight")
        for button in ("start", "mute", "calibrate"):
            await pages["phone"].run(f"document.getElementById('{button}').click()")
        choose = "const c = document.getElementById('choice'); c.value = 'lunge'; c.dispatchEvent(new Event('change'))"
        await pages["phone"].run(f"{{ {choose} }}")
        for _ in range(100):
            if len(wishes) == 4:
                break
            await asyncio.sleep(0.05)

    on_all_screens(FAULT, look, wishes)
    assert wishes == [("stop", ""), ("mute", ""), ("calibrate", ""), ("exercise", "lunge")]


def test_nobody_in_view_is_said_in_large_letters() -> None:
    async def look(pages: dict[str, Page]) -> None:
        for page in pages.values():
            assert await page.run(text("nobody")) == "Step into the picture"
            assert await page.run("document.getElementById('nobody').hidden") is False
            assert await page.run(text("exercise")) == "Nobody in view"

    on_all_screens(NOBODY, look)


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: tools/fetch_axe.sh")
@pytest.mark.parametrize("frame", [FAULT, NOBODY], ids=["fault", "nobody"])
def test_everybody_can_use_it(frame: dict[str, Any]) -> None:
    async def look(pages: dict[str, Page]) -> None:
        for name, page in pages.items():
            assert await page.accessibility() == [], name
        await pages["tv"].run("document.body.append(document.createElement('input'))")
        assert "label" in str(await pages["tv"].accessibility())  # it would have found something

    on_all_screens(frame, look)

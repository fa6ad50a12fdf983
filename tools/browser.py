"""A headless Chromium, driven over its DevTools protocol: pages at any size and theme, scripts, pictures of them."""

from __future__ import annotations

import asyncio
import base64
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")

AXE = Path(__file__).resolve().parents[1] / "build" / "axe-core" / "package" / "axe.min.js"
"""Where `tools/fetch_axe.sh` puts axe-core."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Width and height [CSS pixels], pixels per CSS pixel, theme."""

    width: int
    height: int
    scale: float = 1.0
    theme: str = "light"


SCREENS = {
    "phone": Screen(390, 844, 2.0),
    "laptop": Screen(1440, 900, 1.0, "dark"),
    "tv": Screen(1920, 1080, 1.0, "dark"),
}


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser, self._session = browser, session

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol."""
        return await self._browser.do(method, parameters, self._session)

    async def run(self, script: str) -> Any:
        """The value of an expression, waited for when it is a promise."""
        answer = await self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(answer["exceptionDetails"])
        return answer["result"].get("value")

    async def until(self, script: str, limit: float = 30.0) -> None:
        """Wait until an expression is true."""
        deadline = asyncio.get_running_loop().time() + limit
        while not await self.run(script):
            assert asyncio.get_running_loop().time() < deadline, f"never true: {script}"
            await asyncio.sleep(0.05)

    async def picture(self) -> bytes:
        """What is seen, as PNG."""
        return base64.b64decode((await self.do("Page.captureScreenshot", format="png"))["data"])

    async def accessibility(self) -> list[str]:
        """What axe-core finds serious or critical, in one line each."""
        await self.run(AXE.read_text(encoding="utf-8") + "; true")
        found = await self.run("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.help, v.nodes[0].html]))")
        return [" | ".join(violation) for violation in found if violation[0] in ("serious", "critical")]


class Browser:
    """See `open_browser`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        """Hand answers to whoever waits for them."""
        async for message in self._socket:
            answer = message.json()
            waiting = self._waiting.pop(answer.get("id", 0), None)
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)

    async def do(self, method: str, parameters: dict[str, Any], session: str = "") -> dict[str, Any]:
        """Call a method of the protocol."""
        number = next(self._numbers)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        call = {"id": number, "method": method, "params": parameters}
        await self._socket.send_json(call | ({"sessionId": session} if session else {}))
        result = await asyncio.wait_for(answer, 60.0)
        assert "error" not in result, result
        return dict(result["result"])

    async def open(self, url: str, screen: Screen) -> Page:
        """A page on a screen."""
        target = await self.do("Target.createTarget", {"url": "about:blank"})
        attached = await self.do("Target.attachToTarget", {"targetId": target["targetId"], "flatten": True})
        page = Page(self, attached["sessionId"])
        size = {"width": screen.width, "height": screen.height, "deviceScaleFactor": screen.scale, "mobile": False}
        await page.do("Emulation.setDeviceMetricsOverride", **size)
        theme = {"name": "prefers-color-scheme", "value": screen.theme}
        await page.do("Emulation.setEmulatedMedia", features=[theme])
        await page.do("Page.enable")
        await page.do("Page.setBypassCSP", enabled=True)  # for axe-core; the page itself is as strict as before
        await page.do("Page.navigate", url=url)
        await page.until("document.readyState === 'complete' && location.href !== 'about:blank'")
        return page


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Start Chromium, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0")
        process = await asyncio.create_subprocess_exec(
            PROGRAM, *options, f"--user-data-dir={folder}", "about:blank", stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        try:
            while b"DevTools listening on" not in (line := await process.stderr.readline()):
                assert line, "Chromium has ended"
            url = line.decode().split()[-1]
            async with aiohttp.ClientSession() as client, client.ws_connect(url, max_msg_size=0) as socket:
                browser = Browser(socket)
                listening = asyncio.create_task(browser.listen())
                yield browser
                listening.cancel()
        finally:
            process.terminate()
            await process.wait()

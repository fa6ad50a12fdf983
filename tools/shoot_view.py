"""Makes docs/images/view_*.png: the live view of the simulated athlete, on three screens, as a browser shows it.

usage: shoot_view.py [FOLDER]    needs Chromium; the default folder is docs/images
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from browser import SCREENS, Page, open_browser

ROOT = Path(__file__).resolve().parent.parent

TRIAL = """\
camera: {azimuth: 12}
links:
  right_ankle: {dies: 4.0}
plan:
  - {movement: squat, repetitions: 6, faults: {knee_valgus: 24}, rest: 2.0}
  - {away: 15}
"""
"""Squats with a fault; a sensor dies; then nobody is in view."""

CUE = "document.getElementById('cue').textContent !== '' && document.querySelector('#imu .silent') !== null"
AWAY = "(p => p.textContent === 'Step into the picture' && !p.hidden)(document.getElementById('nobody'))"


async def main(folder: Path) -> None:
    """Run the graph, wait for the moments, take the pictures."""
    with tempfile.TemporaryDirectory() as name:
        trial = Path(name) / "trial.yaml"
        trial.write_text(TRIAL, encoding="utf-8")
        command = [sys.executable, "-m", "sportcoach.cli", "run", "--source", "sim", "--trial", str(trial)]
        options = ["--use-sim-time", "--rate", "0.5", "--view", "--view-port", "0", "--no-voice"]
        graph = subprocess.Popen(
            [*command, *options, "--out", f"{name}/out"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        try:
            async with open_browser() as browser:
                url = await asyncio.to_thread(_address, graph)
                pages = {screen: await browser.open(url, size) for screen, size in SCREENS.items()}
                await pages["laptop"].until(CUE, 600.0)
                await asyncio.gather(*(_shoot(page, folder / f"view_{screen}.png") for screen, page in pages.items()))
                await pages["tv"].until(AWAY, 600.0)
                await _shoot(pages["tv"], folder / "view_nobody.png")
        finally:
            graph.terminate()
            graph.communicate()


def _address(graph: subprocess.Popen[str]) -> str:
    """Where the page is, once the graph says so."""
    assert graph.stdout is not None
    for line in graph.stdout:
        if found := re.search(r"live view on (\S+)", line):
            return found.group(1)
    raise SystemExit("the graph has ended")


async def _shoot(page: Page, path: Path) -> None:
    path.write_bytes(await page.picture())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images"))

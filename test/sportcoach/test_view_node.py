"""The live view as part of the real graph."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from graph_runs import empty_clip, node_processes, start, wait_for_line

pytest.importorskip("sportcoach_msgs.msg", reason="sportcoach_msgs is not built")
pytestmark = pytest.mark.graph


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def watch(url: str) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
    """The first picture, its frame, and a frame after the page has asked for silence."""
    async with aiohttp.ClientSession() as client, client.ws_connect(url + "socket") as page:
        hello = await page.receive_json()
        assert "squat" in hello["hello"]["exercises"]
        async for message in page:
            if message.type is aiohttp.WSMsgType.BINARY:
                break
        frame = await page.receive_json()
        await page.send_json({"command": "mute"})
        while True:
            message = await page.receive()
            if message.type is aiohttp.WSMsgType.TEXT and message.json()["session"]["muted"]:
                return message.data, frame, message.json()


def test_a_page_sees_pictures_and_frames_of_the_running_graph_and_can_mute_it(
    tmp_path: Path, ros_domain_id: int
) -> None:
    clip, port = empty_clip(tmp_path / "long.mp4", seconds=40), free_port()
    process = start("run", "--video", clip, "--view", "--view-port", str(port), "--out", "live", folder=tmp_path)
    lines = wait_for_line(process, "0.0 s")
    found = re.search(r"http://\S+", "".join(lines))
    assert found and found.group() == f"http://127.0.0.1:{port}/"
    _, frame, muted = asyncio.run(asyncio.wait_for(watch(found.group()), 60.0))
    assert frame["detected"] is False and muted["session"]["muted"] is True
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0 and node_processes(ros_domain_id) == []


def test_a_port_in_use_ends_the_run_with_one_line(tmp_path: Path, ros_domain_id: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        clip = empty_clip(tmp_path / "clip.mp4")
        process = start("run", "--video", clip, "--view", "--view-port", port, "--out", "live", folder=tmp_path)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in output and "Traceback" not in output
    assert node_processes(ros_domain_id) == []

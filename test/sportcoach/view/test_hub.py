"""Newest frames to clients of different speed."""

from __future__ import annotations

import asyncio

from sportcoach.view.hub import Hub, Update


def test_a_slow_client_gets_the_newest_frame_only() -> None:
    async def watch() -> list[str]:
        hub = Hub()
        fast, slow = hub.join(), hub.join()
        seen = []
        for number in range(3):
            hub.publish(Update(str(number)))
            seen.append((await fast.take()).text)
        seen.append((await slow.take()).text)
        return seen

    assert asyncio.run(watch()) == ["0", "1", "2", "2"]


def test_a_frame_is_taken_once() -> None:
    async def watch() -> bool:
        hub = Hub()
        client = hub.join()
        hub.publish(Update("0"))
        await client.take()
        waiting = asyncio.create_task(client.take())
        await asyncio.sleep(0)
        return waiting.done() or not waiting.cancel()

    assert asyncio.run(watch()) is False


def test_clients_that_left_are_forgotten() -> None:
    async def watch() -> int:
        hub = Hub()
        hub.leave(hub.join())
        return len(hub)

    assert asyncio.run(watch()) == 0

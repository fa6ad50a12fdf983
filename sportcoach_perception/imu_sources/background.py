"""A thread with an event loop, so that sources never keep the node's own thread waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from sportcoach_perception.errors import UserError


class Background:
    """Runs one coroutine from now on, on a thread of its own, until it ends or is stopped.

    Args:
        work: the coroutine.
        on_error: called on that thread when it ended with an error.
    """

    def __init__(self, work: Coroutine[Any, Any, None], on_error: Callable[[UserError], None]) -> None:
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(work)
        self._on_error = on_error
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Cancel the coroutine and wait for its end, for `timeout` [s] at most."""
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            return
        except UserError as error:
            self._on_error(error)
        except Exception as error:  # a thread would end without a word
            self._on_error(UserError(f"{type(error).__name__}: {error}", 1))
        finally:
            self._loop.close()

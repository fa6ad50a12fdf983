"""Jobs in other processes that end with this one."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from sportcoach_perception.errors import UserError

Answer = TypeVar("Answer")


def completed(do: Callable[..., Answer], jobs: Sequence[tuple[Any, ...]], workers: int) -> Iterator[Answer]:
    """`do(*job)` for each of the jobs, in whatever order they are finished; one worker is this process.

    Args:
        do: a function of a module, for other processes to find.
        jobs: its arguments, which can be sent to other processes.
        workers: number of processes.

    Raises:
        UserError: a worker died.
    """
    if workers == 1:
        for job in jobs:
            yield do(*job)
        return
    # Not forked: what OpenGL and MediaPipe hold does not survive that.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare_worker) as pool:
        try:
            for answer in as_completed([pool.submit(do, *job) for job in jobs]):
                yield answer.result()
        except BrokenProcessPool as error:
            raise UserError("a worker died, perhaps for want of memory: run again with fewer --workers", 1) from error
        except BaseException:  # the pool itself would finish every job that was begun
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and don't outlive it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

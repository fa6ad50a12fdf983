"""Runs jobs in processes of this machine, or on a Ray cluster; keeps what is done, so that a killed run goes on."""

from __future__ import annotations

import json
import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from sportcoach.bag_evaluation import jobs
from sportcoach.bag_evaluation.jobs import Job, Result
from sportcoach.session import write_atomically
from sportcoach_perception.errors import UserError

RETRIES: Final = 3
"""How often a job is run again whose worker died."""

Runner = Callable[[Sequence[Job]], Iterator[Result]]
"""Runs jobs, and gives their results in the order in which they are done."""


def on_cores(work: Sequence[Job], workers: int) -> Iterator[Result]:
    """Run in `workers` processes, one job or worker in this one.

    Raises:
        UserError: a process died.
    """
    if min(len(work), workers) <= 1:
        yield from map(jobs.run, work)
        return
    context = get_context("forkserver")  # what takes long to import is imported once
    context.set_forkserver_preload([jobs.__name__])
    with ProcessPoolExecutor(workers, context) as pool:
        try:
            for done in as_completed([pool.submit(jobs.run, job) for job in work]):
                yield done.result()
        except BrokenProcessPool as error:
            raise UserError("a process was killed, for want of memory perhaps; try fewer --workers", 1) from error
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def on_ray(work: Sequence[Job], address: str) -> Iterator[Result]:
    """Run on the Ray cluster at `address`; a job whose worker dies is run again by another.

    Its machines have sportcoach installed and the bags under the same paths.

    Raises:
        UserError: Ray is not installed, there is no such cluster, or a job's workers die again and again.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody else is told
    try:
        import ray
    except ImportError as error:
        raise UserError("--ray needs Ray: pip install -r requirements-ray.txt") from error
    _reach(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UserError(f"no Ray cluster at {address}: {str(error).splitlines()[0]}", 1) from error
    try:
        task = ray.remote(num_cpus=1, max_retries=RETRIES)(jobs.run)
        waiting = [task.remote(job) for job in work]
        while waiting:
            done, waiting = ray.wait(waiting)
            yield from ray.get(done)
    except ray.exceptions.RayError as error:
        raise UserError(f"a job on Ray failed: {str(error).splitlines()[0]}", 1) from error
    finally:
        ray.shutdown()


def _reach(address: str) -> None:
    """Raises UserError when nobody answers at HOST:PORT; Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        try:
            socket.create_connection((host, int(port)), timeout=5.0).close()
        except OSError as error:
            raise UserError(f"no Ray cluster at {address}: {error.strerror or error}", 1) from error


def run_all(work: Sequence[Job], runner: Runner, kept: Path | None, progress: Callable[[Result], None]) -> list[Result]:
    """The results of all jobs, in their order.

    Args:
        work: the jobs, of different names.
        runner: runs those that are not done.
        kept: folder of results, those of an earlier run among them; None to keep nothing.
        progress: told of every result.

    Raises:
        UserError: see the runner; the folder cannot be written to.
    """
    code = jobs.code_digest() if kept else ""
    prints = {job.name: job.fingerprint(code) for job in work}
    done: dict[str, Result] = {}
    for job in work:
        before = _read(kept, prints[job.name])
        if before is not None:
            done[job.name] = before
            progress(before)
    for result in runner([job for job in work if job.name not in done]):
        done[result["bag"]] = result
        if kept is not None:
            write_atomically(kept / f"{prints[result['bag']]}.json", json.dumps(result))
        progress(result)
    return [done[job.name] for job in work]


def _read(kept: Path | None, fingerprint: str) -> Result | None:
    path = kept / f"{fingerprint}.json" if kept else None
    if path is None or not path.is_file():
        return None
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


def runner_of(ray: str, workers: int) -> Runner:
    """The runner that was asked for: on Ray when there is an address."""
    return partial(on_ray, address=ray) if ray else partial(on_cores, workers=workers)

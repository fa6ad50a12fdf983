"""`sportcoach experiment all --quick` as a process that takes only the time that nobody else needs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"


@dataclass(frozen=True)
class QuickForm:
    """The process, the folder of its results and the file of what it says."""

    process: subprocess.Popen[bytes]
    out: Path
    said: Path

    @classmethod
    def begin(cls, folder: Path) -> QuickForm:
        """Begin it on the data beside the repository; everything goes to `folder`."""
        out, said = folder / "out", folder / "said.txt"
        words = ["experiment", "all", "--quick", "--workers", "2", "--data", str(DATA), "--out", str(out)]
        with said.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "sportcoach.cli", *words],
                stdout=subprocess.DEVNULL,
                stderr=file,
                cwd=ROOT,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
                start_new_session=True,
            )
        if hasattr(os, "SCHED_IDLE"):  # on Linux
            os.sched_setscheduler(process.pid, os.SCHED_IDLE, os.sched_param(0))
        return cls(process, out, said)

    def end(self) -> None:
        """Leave nothing behind."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()

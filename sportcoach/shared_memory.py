"""What processes leave in shared memory: Fast DDS takes its files away only when they end one by one, by themselves.

A participant has a segment `fastdds_ID` and listens on ports `fastdds_portN`, each with a semaphore, and each with a
file `..._el` that it keeps locked for as long as it lives ("Shared memory transport", documentation of Fast DDS).
Those who write to a port have mapped it. A process that is killed leaves all of it; of processes that end at the same
moment, each may leave the ports of the others.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Set
from contextlib import suppress
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/dev/shm")

_FILE: Final = re.compile(r"(?:sem\.)?((?:fastdds|fastrtps)_(?:port\d+|[0-9a-f]{16}))(?:_el|_mutex)?")


def remove_left(folder: Path = FOLDER, processes: Path = Path("/proc")) -> list[str]:
    """Remove what belonged to participants that are gone: what nobody has locked or mapped.

    Returns:
        Names of the files.
    """
    groups: dict[str, list[Path]] = {}
    for path in folder.glob("*fast*_*"):
        if match := _FILE.fullmatch(path.name):
            groups.setdefault(match[1], []).append(path)
    mapped = _mapped(folder, processes) if groups else set()
    removed = []
    for paths in groups.values():
        if any(path.name in mapped or (path.name.endswith("_el") and not _is_free(path)) for path in paths):
            continue
        for path in paths:
            with suppress(OSError):  # somebody else was faster, or it is another user's
                path.unlink()
                removed.append(path.name)
    return sorted(removed)


def _is_free(lock: Path) -> bool:
    """Whether nobody has locked the file, as far as we may see."""
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _mapped(folder: Path, processes: Path) -> Set[str]:
    """Names of the files in `folder` that processes have mapped."""
    names = set()
    for maps in processes.glob("[0-9]*/maps"):
        with suppress(OSError):  # it has ended, or is another user's
            names.update(re.findall(rf" {re.escape(str(folder))}/(\S+)$", maps.read_text(), re.MULTILINE))
    return names

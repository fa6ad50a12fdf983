"""What killed processes leave in shared memory: Fast DDS takes its files away only when a process ends by itself.

A participant has a segment `fastdds_ID` and listens on ports `fastdds_portN`, each with a semaphore, and with a file
`..._el` that it keeps locked for as long as it lives ("Shared memory transport", documentation of Fast DDS). The
numbers of the ports follow from the ROS domain (RTPS 2.5, section 9.6.2.3).
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Set
from contextlib import suppress
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/dev/shm")

FIRST_PORT: Final = 7400
"""Port of the lowest number in domain 0."""

DOMAIN_PORTS: Final = 250
"""Ports of a domain."""

_FILE: Final = re.compile(r"(?:sem\.)?((?:fastdds|fastrtps)_(?:port(\d+)|[0-9a-f]{16}))(?:_el|_mutex)?")


def remove_left(domain: int, folder: Path = FOLDER, processes: Path = Path("/proc")) -> list[str]:
    """Remove what belonged to processes that are gone, and return the names of the files.

    That is what nobody has mapped and nobody has locked: with a lock file, from any domain, as `fastdds shm clean`
    does it; without one, a process that was killed while it left, only the ports of ROS domain `domain`.
    """
    groups: dict[str, list[Path]] = {}
    ports: dict[str, int] = {}
    for path in folder.glob("*fast*_*"):
        if match := _FILE.fullmatch(path.name):
            groups.setdefault(match[1], []).append(path)
            if match[2]:
                ports[match[1]] = int(match[2])
    first = FIRST_PORT + DOMAIN_PORTS * domain
    removed = []
    mapped: Set[str] | None = None
    for name, paths in sorted(groups.items()):
        lock = folder / f"{name}_el"
        if not (_is_free(lock) if lock in paths else first <= ports.get(name, -1) < first + DOMAIN_PORTS):
            continue
        mapped = _mapped(folder, processes) if mapped is None else mapped
        if name not in mapped:
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

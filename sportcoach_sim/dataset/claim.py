"""Whose folder it is: that of one collection, from one set of settings and one version of the code."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from sportcoach_perception.errors import UserError
from sportcoach_sim.dataset.recipe import Settings
from sportcoach_sim.dataset.shards import SETTINGS

_CODE: Final = ("sportcoach_perception", "sportcoach_sim")
_LIBRARIES: Final = ("mediapipe", "mujoco", "numpy", "scipy")


@contextmanager
def claimed(root: Path, settings: Settings, pose_model: Path | None) -> Iterator[None]:
    """Hold folder `root` for this process, as that of the collection made from `settings` by this code.

    Raises:
        UserError: it holds something else, another run writes to it, or it cannot be written to.
    """
    path, identity = root / SETTINGS, _identity(settings, pose_model)
    try:
        if not path.exists() and root.exists() and any(root.iterdir()):
            raise UserError(f"{root} holds other things: name a new folder with --out")
        root.mkdir(parents=True, exist_ok=True)
        file = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise UserError(f"cannot write to {root}: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UserError(f"another run writes to {root}: wait for it, or name another folder with --out") from error
        file.seek(0)
        if there := file.read():
            _compare(root, there, identity)
        else:
            file.write(identity)
            file.flush()
        yield


def _compare(root: Path, text: str, identity: str) -> None:
    try:
        there, here = dict(json.loads(text)), json.loads(identity)
    except ValueError as error:
        raise UserError(f"{root / SETTINGS} is damaged: name another folder with --out") from error
    other = ", ".join(name for name in {**here, **there} if there.get(name) != here.get(name))
    if other:
        raise UserError(f"{root} holds a collection made with other {other}: name another folder with --out")


def _identity(settings: Settings, pose_model: Path | None) -> str:
    """Everything that the bytes of a collection depend on, as JSON."""
    identity: dict[str, Any] = {
        **asdict(settings),
        "code": _digest_of_code(),
        **{name: version(name) for name in _LIBRARIES},
    }
    if pose_model is not None:
        identity["pose_model"] = hashlib.sha256(pose_model.read_bytes()).hexdigest()
    return json.dumps(identity, indent=2) + "\n"


def _digest_of_code() -> str:
    """sha256 of the simulation's files, movements included."""
    digest = hashlib.sha256()
    for package in _CODE:
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".py", ".yaml"):
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()

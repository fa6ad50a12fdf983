"""The file of a network's weights and the sha256 beside it, without loading torch."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load

from sportcoach_perception.errors import UserError
from sportcoach_recognition.action import ACTIONS
from sportcoach_recognition.features import RATE

DEFAULT: Final = Path(__file__).parent / "weights" / "frame_gat.safetensors"
"""The network that ships with the package; its sha256 is in the file beside it."""

HEADER: Final = "sportcoach"
"""Name of the entry of the file's header that describes the network, as JSON."""


def checksum_file(path: Path) -> Path:
    """Where the sha256 of the weights at `path` is kept, in the format of sha256sum."""
    return path.with_name(path.name + ".sha256")


def write_checked(path: Path, data: bytes) -> str:
    """Write `data` to the file at `path` and its sha256 beside it; returns the sha256."""
    digest = hashlib.sha256(data).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    checksum_file(path).write_text(f"{digest}  {path.name}\n")
    return digest


def read_checked(path: Path) -> tuple[bytes, str]:
    """Content of the file at `path` and its sha256.

    Raises:
        UserError: the file or its sha256 is missing, or they don't match.
    """
    try:
        data = path.read_bytes()
        expected = checksum_file(path).read_text().split()[0]
    except (OSError, IndexError, UnicodeDecodeError) as error:
        raise UserError(f"weights {path} or their .sha256 cannot be read; install again or train new ones") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != expected:
        raise UserError(f"weights {path} do not match their sha256: the file is damaged or not the one meant")
    return data, digest


def read_header(data: bytes) -> dict[str, Any]:
    """What the file says about the network; safetensors are 8 bytes of length, then JSON, then numbers."""
    length = int.from_bytes(data[:8], "little")
    about: dict[str, Any] = json.loads(json.loads(data[8 : 8 + length])["__metadata__"][HEADER])
    return about


def read_network(path: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]], str]:
    """What the file at `path` says about its network, the network's numbers by name, and its model id.

    Raises:
        UserError: the file is missing, doesn't match its sha256, or isn't of this version's actions and frame rate.
    """
    data, digest = read_checked(path)
    try:
        about, numbers = read_header(data), load(data)
        if about["actions"] != list(ACTIONS) or about["rate"] != RATE:
            raise ValueError("made for other actions or another frame rate")
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise other_version(path) from error
    if not all(np.isfinite(array).all() for array in numbers.values()):
        raise UserError(f"weights {path} hold numbers that are not finite; train it again")
    return about, numbers, f"{path.stem}-{digest[:12]}"


def other_version(path: Path) -> UserError:
    """The error to raise about weights that no network of this version can be made of."""
    return UserError(f"weights {path} do not hold a network of this version; train it again")

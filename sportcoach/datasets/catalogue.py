"""Every data set by its name, read in its published layout."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from sportcoach.datasets import bags, simulated
from sportcoach_perception import pose_model
from sportcoach_perception.errors import UserError
from sportcoach_recognition.datasets import berkeley_mhad, irds, penn_action, pushup_form, utd_mhad, videos
from sportcoach_recognition.datasets.sequence import Sequence

CACHE: Final = Path("build/landmarks")
"""Where the landmarks of videos are kept by default."""

POSE_NETWORK: Final = "full"
"""Complexity of the network that sees the videos."""


def read(name: str, root: Path, cache: Path = CACHE) -> list[Sequence]:
    """The data set `name` in folder `root`.

    Args:
        name: one of the names in `protocols.PROTOCOLS`.
        root: its folder.
        cache: folder for the landmarks of videos.

    Raises:
        UserError: the folder is missing, empty or not of the set's layout, or a file is damaged.
    """
    readers: dict[str, Callable[[Path], Iterable[Sequence]]] = {
        "utd-mhad": utd_mhad.read,
        "irds": irds.read,
        "berkeley-mhad": berkeley_mhad.read,
        "penn-action": penn_action.read,
        "pushup-form": pushup_form.read,
        "videos": lambda root: videos.read(root, pose_model.path(POSE_NETWORK), cache),
        "bags": bags.read,
        "simulated": lambda root: simulated.read(root, pictured=True),  # as the graph sees them
    }
    sequences = list(readers[name](root))
    if not sequences:
        raise UserError(f"nothing of {name} in {root} could be used: nobody is seen in it")
    return sequences

"""Reading the files of a set: what is missing, unreadable or of the wrong shape is named in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from sportcoach_perception.errors import UserError
from sportcoach_perception.frames import Floats

Shape = tuple[int | None, ...]
"""Expected shape; None for any length but 0."""


def files(root: Path, pattern: str, what: str) -> list[Path]:
    """The files below `root` that match `pattern`, sorted.

    Raises:
        UserError: no such folder, or nothing in it matches.
    """
    if not root.is_dir():
        raise UserError(f"no such folder: {root}, where {what} should be")
    found = sorted(root.glob(pattern))
    if not found:
        raise UserError(f"no {what} in {root}: expected {pattern}")
    return found


def table(path: Path, columns: int, delimiter: str | None = None) -> NDArray[np.float64]:
    """The numbers (rows, columns) in a text file; float64, for stamps.

    Raises:
        UserError: the file cannot be read, or it holds something else.
    """
    try:
        numbers = np.loadtxt(path, delimiter=delimiter, ndmin=2)
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read as a table of numbers: {error}") from error
    return checked(numbers, (None, columns), path)


class MatFile:
    """The variables of a MATLAB file.

    Raises:
        UserError: the file is missing or damaged; likewise every method, when the variable is not what is expected.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise UserError(f"{path} is missing")
        try:
            self._variables = loadmat(path)
        except Exception as error:  # scipy raises whatever the damage makes it stumble over
            raise UserError(f"{path} is not a MATLAB file that can be read: {error}") from error

    def value(self, name: str) -> str:
        """A variable that holds a word or a number, as text."""
        if np.size(self._variables.get(name, ())) != 1:
            raise UserError(f"{self.path} has no value {name}")
        return str(np.ravel(self._variables[name])[0])

    def matrix(self, name: str, shape: Shape) -> Floats:
        """A variable as float32."""
        if name not in self._variables:
            raise UserError(f"{self.path} has no variable {name}")
        return checked(self._variables[name], shape, self.path).astype(np.float32)


def checked(numbers: NDArray[Any], shape: Shape, path: Path) -> NDArray[Any]:
    """`numbers` as they are.

    Raises:
        UserError: they have another shape than expected, or some are not finite.
    """
    expected = ", ".join("n" if length is None else str(length) for length in shape)
    fits = len(numbers.shape) == len(shape) and all(
        length == wanted if wanted is not None else length > 0
        for length, wanted in zip(numbers.shape, shape, strict=True)
    )
    if not fits:
        raise UserError(f"{path}: expected shape ({expected}), found {numbers.shape}")
    if not np.isfinite(numbers).all():
        raise UserError(f"{path}: {np.count_nonzero(~np.isfinite(numbers))} of its numbers are not finite")
    return numbers

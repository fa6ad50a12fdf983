"""Windows of 64 frames, by truncation or repetition."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LENGTH: Final = 64


def fit(sequence: Array, length: int = LENGTH) -> Array:
    """The newest `length` frames of (T, ...); a shorter sequence is repeated from its beginning.

    Raises:
        ValueError: there is no frame at all.
    """
    if not len(sequence):
        raise ValueError("there is no frame to repeat")
    if len(sequence) >= length:
        return sequence[-length:]
    return sequence[np.arange(length) % len(sequence)]


class Window:
    """The streaming form: frame by frame, the window that ends with it.

    Args:
        shape: of a frame.
        length: of the window.

    Attributes:
        full: whether nothing is repeated any more.
    """

    def __init__(self, shape: tuple[int, ...], length: int = LENGTH) -> None:
        self._ring = np.zeros((length, *shape), np.float32)
        self._count = 0

    @property
    def full(self) -> bool:
        """Whether nothing is repeated any more."""
        return self._count >= len(self._ring)

    def clear(self) -> None:
        """Forget all frames: the stream starts anew."""
        self._count = 0

    def step(self, frame: Array) -> Array:
        """The window (length, ...) that ends with `frame`, a copy."""
        length = len(self._ring)
        self._ring[self._count % length] = frame
        self._count += 1
        first = self._count % length if self.full else 0
        return self._ring[(first + np.arange(length) % min(self._count, length)) % length]

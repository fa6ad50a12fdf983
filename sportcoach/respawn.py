"""Whether a node that ended is started again, the same under `sportcoach` and `ros2 launch`."""

from __future__ import annotations

from collections import deque
from typing import Final

from sportcoach_perception.errors import UserError

MAX_RESTARTS: Final = 3
"""Restarts of one node within RESTART_WINDOW before it is given up."""

RESTART_WINDOW: Final = 30.0
"""Seconds after which an earlier restart no longer counts."""

BAD_INPUT: Final = UserError("").exit_code
"""Exit code of a node that was given something it cannot work with: starting it again would not help."""


class Respawn:
    """The restarts of one node that is to run for ever."""

    def __init__(self) -> None:
        self._restarts: deque[float] = deque()

    @property
    def restarts(self) -> int:
        """How often it was started again within the window, at the last end."""
        return len(self._restarts)

    @property
    def exhausted(self) -> bool:
        """Whether no restart is left."""
        return self.restarts == MAX_RESTARTS

    def again(self, exit_code: int, now: float) -> bool:
        """Take note of an end at `now` [s]; True when the node is to be started again.

        Bad input is final only when it is what the node was started with. After a restart, it is what the world has
        become meanwhile, a webcam that was pulled out for example, and may be better next time.
        """
        while self._restarts and now - self._restarts[0] > RESTART_WINDOW:
            self._restarts.popleft()
        if self.exhausted or (exit_code == BAD_INPUT and not self._restarts):
            return False
        self._restarts.append(now)
        return True

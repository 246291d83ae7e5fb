"""Waiting that takes no time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from llama_marketing.ports.waiting import Waiting


def _stand_still(seconds: float) -> None:
    """Let no time pass."""


class InstantWaiting(Waiting):
    """Returns at once and remembers how long it was to wait; safe between threads.

    ``pass_time`` is told the seconds, to move a clock of the test; ``chance`` is the jitter.
    """

    def __init__(
        self, pass_time: Callable[[float], None] = _stand_still, chance: float = 0.5
    ) -> None:
        self.waits: list[float] = []
        self._pass_time = pass_time
        self._chance = chance
        self._lock = threading.Lock()

    def wait(self, seconds: float) -> None:
        """Remember, and return."""
        with self._lock:
            self.waits.append(seconds)
        self._pass_time(seconds)

    def jitter(self) -> float:
        """Always the same number."""
        return self._chance

"""Port: what time it is."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; safe between threads."""

    @abstractmethod
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds on a clock that never goes back; only differences mean something."""

"""Port: letting time pass, and the chance that spreads clients out."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol


class Waiting(Protocol):
    """Waits in the calling thread; safe between threads."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""

    @abstractmethod
    def jitter(self) -> float:
        """A random number from 0 to 1."""

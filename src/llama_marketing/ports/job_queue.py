"""Port: the queue that the parts of jobs wait in."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from llama_marketing.domain.jobs.models import PartRef, QueuedPart


class JobQueue(Protocol):
    """Hands each part to one worker at a time, at least once. Safe between processes.

    A part that was taken is hidden from others for some seconds; what is not acknowledged until
    then comes again. Every method may raise StoreUnavailable.
    """

    @abstractmethod
    def put(self, parts: Sequence[PartRef], now: datetime) -> None:
        """Let parts wait, any number; one that waits already is not put twice where that shows."""

    @abstractmethod
    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        """Take some parts (1-10) that nobody has, each hidden for so many seconds."""

    @abstractmethod
    def hide(self, part: QueuedPart, now: datetime, seconds: int) -> None:
        """Keep a taken part from others for so many seconds from now; 0 gives it back.

        Does nothing for one that somebody else has taken since.
        """

    @abstractmethod
    def acknowledge(self, part: QueuedPart) -> None:
        """Drop a part that was dealt with; one that is gone is no fault."""

    @abstractmethod
    def close(self) -> None:
        """Close the connections that belong to the queue alone."""

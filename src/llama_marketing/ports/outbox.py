"""Port: the billing events that wait to be published."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.usage.billing import BillingEvent


class Outbox(Protocol):
    """Reads what the books put aside in the transaction that wrote an entry.

    Safe between threads and between processes. Every method may raise StoreUnavailable.
    """

    @abstractmethod
    def waiting(self, limit: int = 100) -> Sequence[BillingEvent]:
        """The events that were not published yet, of all clients, the oldest first."""

    @abstractmethod
    def sent(self, events: Sequence[BillingEvent]) -> None:
        """Forget events that were published; those that are gone already change nothing."""

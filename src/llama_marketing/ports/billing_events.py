"""Port: where billing events go."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.usage.billing import BillingEvent


class BillingEvents(Protocol):
    """Takes billing events, each at least once; safe between threads."""

    @abstractmethod
    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        """Hand events on; answers those that were surely taken.

        The others come again, and so may one whose answer was lost: the receiver tells them by
        ``idempotency_key``. Whatever it raises means that none was taken.
        """

"""The outbox in memory."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.ports.outbox import Outbox


@attrs.frozen
class MemoryOutbox(Outbox):
    """Reads the outbox of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def waiting(self, limit: int = 100) -> Sequence[BillingEvent]:
        with self.database.lock:
            return list(itertools.islice(self.database.outbox.values(), limit))

    def sent(self, events: Sequence[BillingEvent]) -> None:
        with self.database.lock:
            for event in events:
                self.database.outbox.pop(event.idempotency_key, None)

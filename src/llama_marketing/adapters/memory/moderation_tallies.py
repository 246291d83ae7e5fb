"""How the comments of each moderation came out, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_tallies import ModerationTallies


@attrs.frozen
class MemoryModerationTallies(ModerationTallies):
    """Keeps the tallies of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def add(self, tenant: TenantRef, tally: ModerationTally) -> None:
        with self.database.lock:
            self.database.tenants[tenant].tallies.setdefault((tally.day, tally.id), tally)

    def between(
        self, tenant: TenantRef, first_day: str, last_day: str, now: str
    ) -> Sequence[ModerationTally]:
        with self.database.lock:
            kept = list(self.database.tenants[tenant].tallies.items())
        return [
            tally
            for (day, _), tally in sorted(kept, key=lambda each: each[0])
            if first_day <= day <= last_day and tally.expires_at > now
        ]

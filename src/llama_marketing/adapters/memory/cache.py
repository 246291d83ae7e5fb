"""The cache of answers in memory."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.generation.cache import CachedAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.cache import AnswerCache


@attrs.frozen
class MemoryAnswerCache(AnswerCache):
    """Reads the answers that ``MemoryUsageBooks.settle`` keeps in the same database."""

    database: MemoryDatabase

    def get(
        self, tenant: TenantRef, key: str, now: str, config_revision: int | None = None
    ) -> CachedAnswer | None:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            rows.confirm_config(tenant, config_revision)
            answer = rows.cached.get(key)
        return answer if answer is not None and answer.expires_at > now else None

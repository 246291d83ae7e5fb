"""Idempotency keys in memory."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.idempotency import IdempotencyKeys


@attrs.frozen
class MemoryIdempotencyKeys(IdempotencyKeys):
    """Keeps answers in a dict; an expired one goes when its key is taken again."""

    database: MemoryDatabase

    def take(self, tenant: TenantRef, key: str, claim: KeptAnswer, now: str) -> KeptAnswer | None:
        """Take a free key, or answer what is kept under it."""
        with self.database.lock:
            answers = self.database.tenants[tenant].answers
            kept = answers.get(key)
            if kept is not None and not kept.is_free(now):
                return kept
            answers[key] = claim
            return None

    def keep(self, tenant: TenantRef, key: str, claim: KeptAnswer, answer: KeptAnswer) -> None:
        """Keep the answer."""
        with self.database.lock:
            answers = self.database.tenants[tenant].answers
            if answers.get(key) == claim:
                answers[key] = answer

    def free(self, tenant: TenantRef, key: str, claim: KeptAnswer) -> None:
        """Give the key back."""
        with self.database.lock:
            answers = self.database.tenants[tenant].answers
            if answers.get(key) == claim:
                del answers[key]

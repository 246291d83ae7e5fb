"""The history of generations in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.generations import Generations


@attrs.frozen
class MemoryGenerations(Generations):
    """Reads the records that ``MemoryUsageBooks.settle`` keeps in the same database."""

    database: MemoryDatabase

    def get(self, tenant: TenantRef, generation_id: str, now: str) -> GenerationRecord | None:
        with self.database.lock:
            record = self.database.tenants[tenant].records.get(generation_id)
        return record if record is not None and record.expires_at > now else None

    def newest(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[GenerationRecord]:
        with self.database.lock:
            records = list(self.database.tenants[tenant].records.values())
        kept = [
            record
            for record in records
            if record.expires_at > now and (not before or record.id < before)
        ]
        return sorted(kept, key=lambda record: record.id, reverse=True)[:limit]

    def replace(
        self, tenant: TenantRef, seen: GenerationRecord, reviewed: GenerationRecord
    ) -> bool:
        with self.database.lock:
            records = self.database.tenants[tenant].records
            kept = records.get(seen.id)
            if kept == seen:
                records[seen.id] = reviewed
            return kept in (seen, reviewed)

    def delete(self, tenant: TenantRef, generation_id: str) -> bool:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            for key, answer in list(rows.cached.items()):
                if answer.response.id == generation_id:
                    del rows.cached[key]
            return rows.records.pop(generation_id, None) is not None

"""Snapshots of the comparison in memory."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.comparisons import Comparisons


@attrs.frozen
class MemoryComparisons(Comparisons):
    """Keeps the snapshots of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def put(self, tenant: TenantRef, snapshot: ComparisonSnapshot) -> None:
        with self.database.lock:
            self.database.tenants[tenant].comparisons[snapshot.month] = snapshot

    def get(self, tenant: TenantRef, month: str) -> ComparisonSnapshot | None:
        with self.database.lock:
            return self.database.tenants[tenant].comparisons.get(month)

"""What the clients keep in versions, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.saved_versions import SavedVersion
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.saved_versions import SavedVersions


@attrs.frozen
class MemorySavedVersions(SavedVersions):
    """Keeps the versions of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def add(self, tenant: TenantRef, version: SavedVersion) -> bool:
        with self.database.lock:
            kept = self.database.tenants[tenant].versions
            return kept.setdefault((version.subject, version.number), version) == version

    def get(self, tenant: TenantRef, subject: str, number: int) -> SavedVersion | None:
        with self.database.lock:
            return self.database.tenants[tenant].versions.get((subject, number))

    def newest(
        self, tenant: TenantRef, subject: str, before: int | None = None, limit: int = 20
    ) -> Sequence[SavedVersion]:
        with self.database.lock:
            kept = list(self.database.tenants[tenant].versions.values())
        found = [
            version
            for version in kept
            if version.subject == subject and (before is None or version.number < before)
        ]
        return sorted(found, key=lambda version: version.number, reverse=True)[:limit]

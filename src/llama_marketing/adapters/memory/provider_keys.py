"""The sealed keys of other providers in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase, page
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.provider_keys import ProviderKeys


@attrs.frozen
class MemoryProviderKeys(ProviderKeys):
    """Keeps the sealed keys of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def get(self, tenant: TenantRef, provider: str) -> StoredProviderKey | None:
        with self.database.lock:
            return self.database.tenants[tenant].provider_keys.get(provider)

    def list(self, tenant: TenantRef) -> tuple[StoredProviderKey, ...]:
        with self.database.lock:
            keys = self.database.tenants[tenant].provider_keys
            return tuple(keys[provider] for provider in sorted(keys))

    def put(self, tenant: TenantRef, stored: StoredProviderKey, seen_revision: int) -> None:
        with self.database.lock:
            keys = self.database.tenants[tenant].provider_keys
            kept = keys.get(stored.provider)
            if kept == stored:
                return
            revision = 0 if kept is None else kept.revision
            if revision != seen_revision:
                raise RevisionConflict(
                    f"{tenant}: the key of {stored.provider} is at revision {revision}, "
                    f"not {seen_revision}"
                )
            keys[stored.provider] = stored

    def delete(self, tenant: TenantRef, provider: str) -> bool:
        with self.database.lock:
            return self.database.tenants[tenant].provider_keys.pop(provider, None) is not None

    def reseal(
        self, tenant: TenantRef, seen: StoredProviderKey, resealed: StoredProviderKey
    ) -> bool:
        with self.database.lock:
            keys = self.database.tenants[tenant].provider_keys
            if keys.get(seen.provider) == seen:
                keys[seen.provider] = resealed
            return keys.get(seen.provider) == resealed

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        with self.database.lock:
            having = [
                tenant for tenant, rows in self.database.tenants.items() if rows.provider_keys
            ]
        return page(having, after, limit)

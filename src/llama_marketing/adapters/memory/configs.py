"""The configurations in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase, page
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import ConfigExists, ConfigNotFound, RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.configs import Configs


@attrs.frozen
class MemoryConfigs(Configs):
    """Keeps the configurations of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def get(self, tenant: TenantRef, *, fresh: bool = True) -> StoredConfig | None:
        with self.database.lock:
            return self.database.tenants[tenant].config

    def create(self, tenant: TenantRef, stored: StoredConfig) -> None:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            if rows.config is not None and rows.config != stored:
                raise ConfigExists(f"{tenant} has a configuration already")
            rows.config = stored

    def replace(self, tenant: TenantRef, stored: StoredConfig, seen_revision: int) -> None:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            if rows.config is None:
                raise ConfigNotFound(f"{tenant} has no configuration")
            if rows.config == stored:
                return
            if rows.config.config.revision != seen_revision:
                raise RevisionConflict(
                    f"{tenant}: the configuration is at revision {rows.config.config.revision}, "
                    f"not {seen_revision}"
                )
            rows.config = stored

    def delete(self, tenant: TenantRef) -> bool:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            existed, rows.config = rows.config is not None, None
            return existed

    def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            if rows.config == seen:
                rows.config = resealed
            return rows.config == resealed

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        with self.database.lock:
            having = [tenant for tenant, rows in self.database.tenants.items() if rows.config]
        return page(having, after, limit)

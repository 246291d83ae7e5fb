"""The configurations in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import ConfigExists, ConfigNotFound, RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.configs import Configs


@attrs.frozen
class SqliteConfigs(Configs):
    """Keeps the configurations of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def get(self, tenant: TenantRef, *, fresh: bool = True) -> StoredConfig | None:
        with self.database.reading() as connection:
            return _read(connection, tenant)

    def create(self, tenant: TenantRef, stored: StoredConfig) -> None:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant)
            if kept is not None and kept != stored:
                raise ConfigExists(f"{tenant} has a configuration already")
            _write(connection, tenant, stored)

    def replace(self, tenant: TenantRef, stored: StoredConfig, seen_revision: int) -> None:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant)
            if kept is None:
                raise ConfigNotFound(f"{tenant} has no configuration")
            if kept == stored:
                return
            if kept.config.revision != seen_revision:
                raise RevisionConflict(
                    f"{tenant}: the configuration is at revision {kept.config.revision}, "
                    f"not {seen_revision}"
                )
            _write(connection, tenant, stored)

    def delete(self, tenant: TenantRef) -> bool:
        with self.database.transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM configs WHERE organization = ? AND client = ?",
                (tenant.organization_id, tenant.client_id),
            )
            return deleted.rowcount > 0

    def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant)
            if kept == seen:
                _write(connection, tenant, resealed)
            return kept in (seen, resealed)

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        last = ("", "") if after is None else (after.organization_id, after.client_id)
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT organization, client FROM configs WHERE (organization, client) > (?, ?) "
                "ORDER BY organization, client LIMIT ?",
                (*last, limit),
            ).fetchall()
        return [TenantRef(organization, client) for organization, client in found]


def _read(connection: sqlite3.Connection, tenant: TenantRef) -> StoredConfig | None:
    row = connection.execute(
        "SELECT version, document FROM configs WHERE organization = ? AND client = ?",
        (tenant.organization_id, tenant.client_id),
    ).fetchone()
    return None if row is None else documents.read(StoredConfig, *row)


def _write(connection: sqlite3.Connection, tenant: TenantRef, stored: StoredConfig) -> None:
    connection.execute(
        "REPLACE INTO configs VALUES (?, ?, ?, ?)",
        (tenant.organization_id, tenant.client_id, documents.VERSION, documents.write(stored)),
    )

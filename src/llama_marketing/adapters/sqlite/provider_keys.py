"""The sealed keys of other providers in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.provider_keys import ProviderKeys


@attrs.frozen
class SqliteProviderKeys(ProviderKeys):
    """Keeps the sealed keys of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def get(self, tenant: TenantRef, provider: str) -> StoredProviderKey | None:
        with self.database.reading() as connection:
            return _read(connection, tenant, provider)

    def list(self, tenant: TenantRef) -> tuple[StoredProviderKey, ...]:
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT version, document FROM provider_keys "
                "WHERE organization = ? AND client = ? ORDER BY provider",
                (tenant.organization_id, tenant.client_id),
            ).fetchall()
        return tuple(documents.read(StoredProviderKey, *row) for row in rows)

    def put(self, tenant: TenantRef, stored: StoredProviderKey, seen_revision: int) -> None:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant, stored.provider)
            if kept == stored:
                return
            revision = 0 if kept is None else kept.revision
            if revision != seen_revision:
                raise RevisionConflict(
                    f"{tenant}: the key of {stored.provider} is at revision {revision}, "
                    f"not {seen_revision}"
                )
            _write(connection, tenant, stored)

    def delete(self, tenant: TenantRef, provider: str) -> bool:
        with self.database.transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM provider_keys WHERE organization = ? AND client = ? AND provider = ?",
                _key(tenant, provider),
            )
            return deleted.rowcount > 0

    def reseal(
        self, tenant: TenantRef, seen: StoredProviderKey, resealed: StoredProviderKey
    ) -> bool:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant, seen.provider)
            if kept == seen:
                _write(connection, tenant, resealed)
            return kept in (seen, resealed)

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        last = ("", "") if after is None else (after.organization_id, after.client_id)
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT DISTINCT organization, client FROM provider_keys "
                "WHERE (organization, client) > (?, ?) ORDER BY organization, client LIMIT ?",
                (*last, limit),
            ).fetchall()
        return [TenantRef(organization, client) for organization, client in found]


def _key(tenant: TenantRef, provider: str) -> tuple[str, str, str]:
    return tenant.organization_id, tenant.client_id, provider


def _read(
    connection: sqlite3.Connection, tenant: TenantRef, provider: str
) -> StoredProviderKey | None:
    row = connection.execute(
        "SELECT version, document FROM provider_keys "
        "WHERE organization = ? AND client = ? AND provider = ?",
        _key(tenant, provider),
    ).fetchone()
    return None if row is None else documents.read(StoredProviderKey, *row)


def _write(connection: sqlite3.Connection, tenant: TenantRef, stored: StoredProviderKey) -> None:
    connection.execute(
        "REPLACE INTO provider_keys VALUES (?, ?, ?, ?, ?)",
        (*_key(tenant, stored.provider), documents.VERSION, documents.write(stored)),
    )

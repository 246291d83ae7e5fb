"""The sealed keys of other providers in SQLite."""

from __future__ import annotations

import sqlite3

import attrs

from llama_marketing.adapters.sqlite import documents
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
            document = documents.write(stored)
            connection.execute(
                "REPLACE INTO provider_keys VALUES (?, ?, ?, ?, ?)",
                (*_key(tenant, stored.provider), documents.VERSION, document),
            )

    def delete(self, tenant: TenantRef, provider: str) -> bool:
        with self.database.transaction() as connection:
            deleted = connection.execute(
                "DELETE FROM provider_keys WHERE organization = ? AND client = ? AND provider = ?",
                _key(tenant, provider),
            )
            return deleted.rowcount > 0


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

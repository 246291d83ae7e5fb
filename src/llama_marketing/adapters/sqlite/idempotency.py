"""Idempotency keys in SQLite."""

from __future__ import annotations

import sqlite3

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.idempotency import IdempotencyKeys

_PUT = (
    "INSERT INTO idempotency_keys (organization, client, key, expires_at, version, document) "
    "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (organization, client, key) DO UPDATE SET "
    "expires_at = excluded.expires_at, version = excluded.version, document = excluded.document"
)


@attrs.frozen
class SqliteIdempotencyKeys(IdempotencyKeys):
    """Keeps answers in the same database; expired ones go when any key is taken."""

    database: SqliteDatabase

    def take(self, tenant: TenantRef, key: str, claim: KeptAnswer, now: str) -> KeptAnswer | None:
        """Take a free key, or answer what is kept under it."""
        with self.database.transaction() as connection:
            connection.execute("DELETE FROM idempotency_keys WHERE expires_at <= ?", (now,))
            kept = _kept(connection, tenant, key)
            if kept is not None and not kept.is_free(now):
                return kept
            connection.execute(_PUT, _row(tenant, key, claim))
            return None

    def keep(self, tenant: TenantRef, key: str, claim: KeptAnswer, answer: KeptAnswer) -> None:
        """Keep the answer."""
        with self.database.transaction() as connection:
            if _kept(connection, tenant, key) == claim:
                connection.execute(_PUT, _row(tenant, key, answer))

    def free(self, tenant: TenantRef, key: str, claim: KeptAnswer) -> None:
        """Give the key back."""
        with self.database.transaction() as connection:
            if _kept(connection, tenant, key) == claim:
                connection.execute(
                    "DELETE FROM idempotency_keys "
                    "WHERE organization = ? AND client = ? AND key = ?",
                    (tenant.organization_id, tenant.client_id, key),
                )


def _kept(connection: sqlite3.Connection, tenant: TenantRef, key: str) -> KeptAnswer | None:
    row = connection.execute(
        "SELECT version, document FROM idempotency_keys "
        "WHERE organization = ? AND client = ? AND key = ?",
        (tenant.organization_id, tenant.client_id, key),
    ).fetchone()
    return None if row is None else documents.read(KeptAnswer, *row)


def _row(tenant: TenantRef, key: str, answer: KeptAnswer) -> tuple[str, str, str, str, int, str]:
    document = documents.write(answer)
    return (
        tenant.organization_id,
        tenant.client_id,
        key,
        answer.expires_at,
        answer.version,
        document,
    )

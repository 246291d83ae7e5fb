"""What the clients keep in versions, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.saved_versions import SavedVersion
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.saved_versions import SavedVersions


@attrs.frozen
class SqliteSavedVersions(SavedVersions):
    """Keeps the versions of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def add(self, tenant: TenantRef, version: SavedVersion) -> bool:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant, version.subject, version.number)
            if kept is None:
                connection.execute(
                    "INSERT INTO saved_versions VALUES (?, ?, ?, ?, ?, ?)",
                    (
                        *(tenant.organization_id, tenant.client_id),
                        *(version.subject, version.number),
                        *(documents.VERSION, documents.write(version)),
                    ),
                )
            return kept in (None, version)

    def get(self, tenant: TenantRef, subject: str, number: int) -> SavedVersion | None:
        with self.database.reading() as connection:
            return _read(connection, tenant, subject, number)

    def newest(
        self, tenant: TenantRef, subject: str, before: int | None = None, limit: int = 20
    ) -> Sequence[SavedVersion]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM saved_versions "
                "WHERE organization = ? AND client = ? AND subject = ? "
                "AND (? IS NULL OR number < ?) ORDER BY number DESC LIMIT ?",
                (tenant.organization_id, tenant.client_id, subject, before, before, limit),
            ).fetchall()
        return [documents.read(SavedVersion, *row) for row in found]


def _read(
    connection: sqlite3.Connection, tenant: TenantRef, subject: str, number: int
) -> SavedVersion | None:
    row = connection.execute(
        "SELECT version, document FROM saved_versions "
        "WHERE organization = ? AND client = ? AND subject = ? AND number = ?",
        (tenant.organization_id, tenant.client_id, subject, number),
    ).fetchone()
    return None if row is None else documents.read(SavedVersion, *row)

"""Snapshots of the comparison in SQLite."""

from __future__ import annotations

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.comparisons import Comparisons


@attrs.frozen
class SqliteComparisons(Comparisons):
    """Keeps the snapshots of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def put(self, tenant: TenantRef, snapshot: ComparisonSnapshot) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "REPLACE INTO comparisons VALUES (?, ?, ?, ?, ?)",
                (
                    *(tenant.organization_id, tenant.client_id, snapshot.month),
                    *(documents.VERSION, documents.write(snapshot)),
                ),
            )

    def get(self, tenant: TenantRef, month: str) -> ComparisonSnapshot | None:
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT version, document FROM comparisons "
                "WHERE organization = ? AND client = ? AND month = ?",
                (tenant.organization_id, tenant.client_id, month),
            ).fetchone()
        return None if row is None else documents.read(ComparisonSnapshot, *row)

"""The history of generations in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.generations import Generations


@attrs.frozen
class SqliteGenerations(Generations):
    """Reads the records that ``SqliteUsageBooks.settle`` keeps in the same database."""

    database: SqliteDatabase

    def get(self, tenant: TenantRef, generation_id: str, now: str) -> GenerationRecord | None:
        with self.database.reading() as connection:
            row = connection.execute(
                "SELECT version, document FROM generations "
                "WHERE organization = ? AND client = ? AND id = ? AND expires_at > ?",
                (tenant.organization_id, tenant.client_id, generation_id, now),
            ).fetchone()
        return None if row is None else documents.read(GenerationRecord, *row)

    def newest(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[GenerationRecord]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM generations "
                "WHERE organization = ? AND client = ? AND expires_at > ? "
                "AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?",
                (tenant.organization_id, tenant.client_id, now, before, before, limit),
            ).fetchall()
        return [documents.read(GenerationRecord, *row) for row in found]

    def replace(
        self, tenant: TenantRef, seen: GenerationRecord, reviewed: GenerationRecord
    ) -> bool:
        key = (tenant.organization_id, tenant.client_id, seen.id)
        with self.database.transaction() as connection:
            row = connection.execute(
                "SELECT version, document FROM generations "
                "WHERE organization = ? AND client = ? AND id = ?",
                key,
            ).fetchone()
            kept = None if row is None else documents.read(GenerationRecord, *row)
            if kept == seen:
                connection.execute(
                    "UPDATE generations SET version = ?, document = ? "
                    "WHERE organization = ? AND client = ? AND id = ?",
                    (documents.VERSION, documents.write(reviewed), *key),
                )
            return kept in (seen, reviewed)

    def delete(self, tenant: TenantRef, generation_id: str) -> bool:
        key = (tenant.organization_id, tenant.client_id, generation_id)
        with self.database.transaction() as connection:
            connection.execute(
                "DELETE FROM cached_answers "
                "WHERE organization = ? AND client = ? AND generation = ?",
                key,
            )
            deleted = connection.execute(
                "DELETE FROM generations WHERE organization = ? AND client = ? AND id = ?", key
            )
            return deleted.rowcount > 0

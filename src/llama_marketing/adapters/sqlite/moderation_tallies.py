"""How the comments of each moderation came out, in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_tallies import ModerationTallies


@attrs.frozen
class SqliteModerationTallies(ModerationTallies):
    """Keeps the tallies of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def add(self, tenant: TenantRef, tally: ModerationTally) -> None:
        with self.database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO moderation_tallies VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    *(tenant.organization_id, tenant.client_id, tally.day, tally.id),
                    *(tally.expires_at, documents.VERSION, documents.write(tally)),
                ),
            )

    def between(
        self, tenant: TenantRef, first_day: str, last_day: str, now: str
    ) -> Sequence[ModerationTally]:
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT version, document FROM moderation_tallies WHERE organization = ? "
                "AND client = ? AND day BETWEEN ? AND ? AND expires_at > ? ORDER BY day, id",
                (tenant.organization_id, tenant.client_id, first_day, last_day, now),
            ).fetchall()
        return [documents.read(ModerationTally, *row) for row in rows]

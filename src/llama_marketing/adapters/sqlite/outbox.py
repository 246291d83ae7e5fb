"""The outbox in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.ports.outbox import Outbox


@attrs.frozen
class SqliteOutbox(Outbox):
    """Reads the outbox of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def waiting(self, limit: int = 100) -> Sequence[BillingEvent]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM outbox ORDER BY place LIMIT ?", (limit,)
            ).fetchall()
        return [documents.read(BillingEvent, *row) for row in found]

    def sent(self, events: Sequence[BillingEvent]) -> None:
        keys = [(event.organization_id, event.client_id, event.id) for event in events]
        with self.database.transaction() as connection:
            connection.executemany(
                "DELETE FROM outbox WHERE organization = ? AND client = ? AND id = ?", keys
            )

"""The cache of answers in SQLite."""

from __future__ import annotations

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.rows import TenantRows
from llama_marketing.domain.generation.cache import CachedAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.cache import AnswerCache


@attrs.frozen
class SqliteAnswerCache(AnswerCache):
    """Reads the answers that ``SqliteUsageBooks.settle`` keeps in the same database."""

    database: SqliteDatabase

    def get(
        self, tenant: TenantRef, key: str, now: str, config_revision: int | None = None
    ) -> CachedAnswer | None:
        with self.database.reading() as connection:
            TenantRows(connection, tenant).confirm_config(config_revision)
            row = connection.execute(
                "SELECT version, document FROM cached_answers "
                "WHERE organization = ? AND client = ? AND key = ? AND expires_at > ?",
                (tenant.organization_id, tenant.client_id, key, now),
            ).fetchone()
        return None if row is None else documents.read(CachedAnswer, *row)

"""The actions that moderations want done, in SQLite."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.moderation.actions import ActionStatus, PendingAction
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_actions import ModerationActions


@attrs.frozen
class SqliteModerationActions(ModerationActions):
    """Keeps the actions of a ``SqliteDatabase``."""

    database: SqliteDatabase

    def add(self, tenant: TenantRef, actions: Sequence[PendingAction]) -> None:
        with self.database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO moderation_actions VALUES (?, ?, ?, ?, ?, ?, ?)",
                [_row(tenant, action) for action in actions],
            )

    def get(self, tenant: TenantRef, action_id: str, now: str) -> PendingAction | None:
        with self.database.reading() as connection:
            action = _read(connection, tenant, action_id)
        return action if action is not None and action.expires_at > now else None

    def pending(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[PendingAction]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM moderation_actions "
                "WHERE organization = ? AND client = ? AND status = ? AND expires_at > ? "
                "AND (? = '' OR id < ?) ORDER BY id DESC LIMIT ?",
                (
                    *(tenant.organization_id, tenant.client_id, ActionStatus.PENDING.value),
                    *(now, before, before, limit),
                ),
            ).fetchall()
        return [documents.read(PendingAction, *row) for row in found]

    def made_since(
        self, tenant: TenantRef, now: str, since: str, limit: int = 1000
    ) -> Sequence[PendingAction]:
        with self.database.reading() as connection:
            rows = connection.execute(
                "SELECT version, document FROM moderation_actions "
                "WHERE organization = ? AND client = ? AND expires_at > ? "
                "ORDER BY id DESC LIMIT ?",
                (tenant.organization_id, tenant.client_id, now, limit),
            ).fetchall()
        found = (documents.read(PendingAction, *row) for row in rows)
        return list(itertools.takewhile(lambda action: action.created_at > since, found))

    def replace(self, tenant: TenantRef, seen: PendingAction, decided: PendingAction) -> bool:
        with self.database.transaction() as connection:
            kept = _read(connection, tenant, seen.id)
            if kept == seen:
                connection.execute(
                    "REPLACE INTO moderation_actions VALUES (?, ?, ?, ?, ?, ?, ?)",
                    _row(tenant, decided),
                )
            return kept in (seen, decided)


def _row(tenant: TenantRef, action: PendingAction) -> tuple[str | int, ...]:
    return (
        *(tenant.organization_id, tenant.client_id, action.id),
        *(action.status.value, action.expires_at),
        *(documents.VERSION, documents.write(action)),
    )


def _read(
    connection: sqlite3.Connection, tenant: TenantRef, action_id: str
) -> PendingAction | None:
    row = connection.execute(
        "SELECT version, document FROM moderation_actions "
        "WHERE organization = ? AND client = ? AND id = ?",
        (tenant.organization_id, tenant.client_id, action_id),
    ).fetchone()
    return None if row is None else documents.read(PendingAction, *row)

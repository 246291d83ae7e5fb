"""The actions that moderations want done, in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.moderation.actions import ActionStatus, PendingAction
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_actions import ModerationActions


@attrs.frozen
class MemoryModerationActions(ModerationActions):
    """Keeps the actions of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def add(self, tenant: TenantRef, actions: Sequence[PendingAction]) -> None:
        with self.database.lock:
            kept = self.database.tenants[tenant].actions
            for action in actions:
                kept.setdefault(action.id, action)

    def get(self, tenant: TenantRef, action_id: str, now: str) -> PendingAction | None:
        with self.database.lock:
            action = self.database.tenants[tenant].actions.get(action_id)
        return action if action is not None and action.expires_at > now else None

    def pending(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[PendingAction]:
        with self.database.lock:
            actions = list(self.database.tenants[tenant].actions.values())
        found = [
            action
            for action in actions
            if action.status is ActionStatus.PENDING
            and action.expires_at > now
            and (not before or action.id < before)
        ]
        return sorted(found, key=lambda action: action.id, reverse=True)[:limit]

    def made_since(
        self, tenant: TenantRef, now: str, since: str, limit: int = 1000
    ) -> Sequence[PendingAction]:
        with self.database.lock:
            actions = list(self.database.tenants[tenant].actions.values())
        found = [each for each in actions if each.created_at > since and each.expires_at > now]
        return sorted(found, key=lambda action: action.id, reverse=True)[:limit]

    def replace(self, tenant: TenantRef, seen: PendingAction, decided: PendingAction) -> bool:
        with self.database.lock:
            actions = self.database.tenants[tenant].actions
            kept = actions.get(seen.id)
            if kept == seen:
                actions[seen.id] = decided
            return kept in (seen, decided)

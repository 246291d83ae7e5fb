"""The actions that moderations want done, on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import MAX_TRANSACTION, DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.writes import IS_NEW, put
from llama_marketing.domain.moderation.actions import ActionStatus, PendingAction
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_actions import ModerationActions

_ALIVE: Final = "#expires_at > :now"
_WAITS: Final = f"#status = :pending AND {_ALIVE}"


@attrs.frozen
class DynamoModerationActions(ModerationActions):
    """Keeps the actions in the table, one item each."""

    client: DynamoClient

    def add(self, tenant: TenantRef, actions: Sequence[PendingAction]) -> None:
        writes = [put(_item(tenant, action), IS_NEW) for action in actions]
        for start in range(0, len(writes), MAX_TRANSACTION):
            some = writes[start : start + MAX_TRANSACTION]
            if self.client.transact(some):
                # One that is there was put by this very call, whose answer was lost, or decided
                # since; the others of the ten are put by themselves.
                for write in some:
                    self.client.write(write)

    def get(self, tenant: TenantRef, action_id: str, now: str) -> PendingAction | None:
        action = self._kept(tenant, action_id)
        return action if action is not None and action.expires_at > now else None

    def pending(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[PendingAction]:
        found = self.client.query(
            tenant,
            keys.action_bounds(before),
            _WAITS,
            newest_first=True,
            pending=ActionStatus.PENDING.value,
            now=now,
        )
        actions: list[PendingAction] = []
        for item in found:
            action = items.read(PendingAction, tenant, item)
            # The bound itself, which was the last of the page before, is read too.
            if action.id != before:
                actions.append(action)
            if len(actions) == limit:
                break
        return actions

    def made_since(
        self, tenant: TenantRef, now: str, since: str, limit: int = 1000
    ) -> Sequence[PendingAction]:
        found = self.client.query(
            tenant, keys.action_bounds(""), _ALIVE, newest_first=True, page=100, now=now
        )
        actions: list[PendingAction] = []
        for item in found:
            action = items.read(PendingAction, tenant, item)
            # The ids sort by time: whatever follows is older.
            if action.created_at <= since or len(actions) == limit:
                break
            actions.append(action)
        return actions

    def replace(self, tenant: TenantRef, seen: PendingAction, decided: PendingAction) -> bool:
        item = self.client.get(tenant, keys.action(seen.id))
        kept = None if item is None else items.read(PendingAction, tenant, item)
        if item is None or kept != seen:
            return kept == decided
        written = items.text(item, items.DOCUMENT)
        anew = put(_item(tenant, decided), f"#{items.DOCUMENT} = :seen", seen=written)
        return self.client.write(anew) or self._kept(tenant, seen.id) == decided

    def _kept(self, tenant: TenantRef, action_id: str) -> PendingAction | None:
        item = self.client.get(tenant, keys.action(action_id))
        return None if item is None else items.read(PendingAction, tenant, item)


def _item(tenant: TenantRef, action: PendingAction) -> Item:
    return items.document_item(
        tenant,
        keys.action(action.id),
        action,
        status=action.status.value,
        expires_at=action.expires_at,
        **{keys.EXPIRES: items.unix_seconds(action.expires_at)},
    )

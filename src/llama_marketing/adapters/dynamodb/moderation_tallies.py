"""How the comments of each moderation came out, on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.writes import IS_NEW, put
from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_tallies import ModerationTallies


@attrs.frozen
class DynamoModerationTallies(ModerationTallies):
    """Keeps the tallies in the table, one small item each."""

    client: DynamoClient

    def add(self, tenant: TenantRef, tally: ModerationTally) -> None:
        said = {
            "expires_at": tally.expires_at,
            keys.EXPIRES: items.unix_seconds(tally.expires_at),
        }
        sort_key = keys.tally(tally.day, tally.id)
        self.client.write(put(items.document_item(tenant, sort_key, tally, **said), IS_NEW))

    def between(
        self, tenant: TenantRef, first_day: str, last_day: str, now: str
    ) -> Sequence[ModerationTally]:
        bounds = keys.tally_bounds(first_day, last_day)
        found = self.client.query(tenant, bounds, "#expires_at > :now", now=now)
        return [items.read(ModerationTally, tenant, item) for item in found]

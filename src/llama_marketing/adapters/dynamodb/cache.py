"""The cache of answers on DynamoDB."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import confirm
from llama_marketing.adapters.dynamodb.generations import GENERATION
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.domain.generation.cache import CachedAnswer, CacheItem
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.cache import AnswerCache


def cached_item(tenant: TenantRef, cached: CacheItem) -> Item:
    """The item of an answer; it replaces what its key had."""
    answer = cached.answer
    attributes = {
        GENERATION: answer.response.id,
        keys.EXPIRES: items.unix_seconds(answer.expires_at),
    }
    return items.document_item(
        tenant,
        keys.cached_answer(cached.key),
        answer,
        expires_at=answer.expires_at,
        **attributes,
    )


@attrs.frozen
class DynamoAnswerCache(AnswerCache):
    """Reads the answers that ``DynamoUsageBooks.settle`` keeps in the same table."""

    client: DynamoClient

    def get(
        self, tenant: TenantRef, key: str, now: str, config_revision: int | None = None
    ) -> CachedAnswer | None:
        sort_key = keys.cached_answer(key)
        if config_revision is None:
            item = self.client.get(tenant, sort_key)
        else:
            item, config = self.client.get_together(tenant, sort_key, keys.CONFIG)
            confirm(self.client, tenant, config, config_revision)
        if item is None:
            return None
        answer = items.read(CachedAnswer, tenant, item)
        return answer if answer.expires_at > now else None

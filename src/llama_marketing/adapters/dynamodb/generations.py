"""The history of generations on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.writes import delete, put
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.generations import Generations

GENERATION: Final = "generation"
"""On a kept answer: the id of the generation that it is of."""
_CACHE_KEY: Final = "cache_key"
_ALIVE: Final = "#expires_at > :now"


def generation_item(tenant: TenantRef, record: GenerationRecord, cache_key: str = "") -> Item:
    """The item of a record; ``cache_key`` is that of the answer that is kept with it, if any."""
    return items.document_item(
        tenant,
        keys.generation(record.id),
        record,
        created_at=record.created_at,
        expires_at=record.expires_at,
        user_id=record.user_id,
        outcome=record.outcome.value,
        **{_CACHE_KEY: cache_key, keys.EXPIRES: items.unix_seconds(record.expires_at)},
    )


@attrs.frozen
class DynamoGenerations(Generations):
    """Reads the records that ``DynamoUsageBooks`` keeps in the same table."""

    client: DynamoClient

    def get(self, tenant: TenantRef, generation_id: str, now: str) -> GenerationRecord | None:
        item = self.client.get(tenant, keys.generation(generation_id))
        if item is None:
            return None
        record = items.read(GenerationRecord, tenant, item)
        return record if record.expires_at > now else None

    def newest(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[GenerationRecord]:
        found = self.client.query(
            tenant,
            keys.generation_bounds(before),
            _ALIVE,
            newest_first=True,
            # One more, as the bound itself, which was the last of the page before, is read too.
            page=limit + 1,
            now=now,
        )
        records: list[GenerationRecord] = []
        for item in found:
            record = items.read(GenerationRecord, tenant, item)
            if record.id != before:
                records.append(record)
            if len(records) == limit:
                break
        return records

    def replace(
        self, tenant: TenantRef, seen: GenerationRecord, reviewed: GenerationRecord
    ) -> bool:
        item = self.client.get(tenant, keys.generation(seen.id))
        kept = None if item is None else items.read(GenerationRecord, tenant, item)
        if item is None or kept != seen:
            return kept == reviewed
        written = items.text(item, items.DOCUMENT)
        anew = generation_item(tenant, reviewed, items.text(item, _CACHE_KEY))
        if self.client.write(put(anew, f"#{items.DOCUMENT} = :seen", seen=written)):
            return True
        item = self.client.get(tenant, keys.generation(seen.id))
        return item is not None and items.read(GenerationRecord, tenant, item) == reviewed

    def delete(self, tenant: TenantRef, generation_id: str) -> bool:
        sort_key = keys.generation(generation_id)
        item = self.client.get(tenant, sort_key)
        if item is None:
            return False
        items.check_owner(tenant, item)
        if cache_key := items.text(item, _CACHE_KEY):
            # First, so that whoever is interrupted here finds the record and deletes again. A
            # later generation's answer under the same key stays.
            self.client.write(
                delete(
                    tenant,
                    keys.cached_answer(cache_key),
                    f"#{GENERATION} = :id",
                    id=generation_id,
                )
            )
        self.client.write(delete(tenant, sort_key))
        return True

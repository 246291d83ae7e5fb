"""The sealed keys of other providers on DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.tenants import tenants_with
from llama_marketing.adapters.dynamodb.writes import IS_NEW, delete, put
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.provider_keys import ProviderKeys

_SEEN: Final = f"#revision = :seen AND #{items.VERSION} <= :version"


@attrs.frozen
class DynamoProviderKeys(ProviderKeys):
    """Keeps the sealed keys in the table, one item a provider."""

    client: DynamoClient

    def get(self, tenant: TenantRef, provider: str) -> StoredProviderKey | None:
        item = self.client.get(tenant, keys.provider_key(provider))
        return None if item is None else items.read(StoredProviderKey, tenant, item)

    def list(self, tenant: TenantRef) -> tuple[StoredProviderKey, ...]:
        found = self.client.query(tenant, keys.provider_key_bounds())
        return tuple(items.read(StoredProviderKey, tenant, item) for item in found)

    def put(self, tenant: TenantRef, stored: StoredProviderKey, seen_revision: int) -> None:
        item = _item(tenant, stored)
        if seen_revision == 0:
            write = put(item, IS_NEW)
        else:
            write = put(item, _SEEN, seen=seen_revision, version=documents.VERSION)
        if self.client.write(write):
            return
        kept = self.get(tenant, stored.provider)
        if kept == stored:
            return
        revision = 0 if kept is None else kept.revision
        raise RevisionConflict(
            f"{tenant}: the key of {stored.provider} is at revision {revision}, not {seen_revision}"
        )

    def delete(self, tenant: TenantRef, provider: str) -> bool:
        sort_key = keys.provider_key(provider)
        # Read first: a deletion whose answer was lost finds nothing when it is repeated.
        there = self.client.get(tenant, sort_key) is not None
        if there:
            self.client.write(delete(tenant, sort_key))
        return there

    def reseal(
        self, tenant: TenantRef, seen: StoredProviderKey, resealed: StoredProviderKey
    ) -> bool:
        item = self.client.get(tenant, keys.provider_key(seen.provider))
        kept = None if item is None else items.read(StoredProviderKey, tenant, item)
        if item is None or kept != seen:
            return kept == resealed
        written = items.text(item, items.DOCUMENT)
        anew = put(_item(tenant, resealed), f"#{items.DOCUMENT} = :seen", seen=written)
        return self.client.write(anew) or self.get(tenant, seen.provider) == resealed

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        return tenants_with(self.client, keys.provider_key_bounds(), after, limit)


def _item(tenant: TenantRef, stored: StoredProviderKey) -> Item:
    sort_key = keys.provider_key(stored.provider)
    return items.document_item(tenant, sort_key, stored, revision=stored.revision)

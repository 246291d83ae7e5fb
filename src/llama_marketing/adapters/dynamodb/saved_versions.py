"""What the clients keep in versions, on DynamoDB."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.writes import IS_NEW, put
from llama_marketing.domain.saved_versions import SavedVersion
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.saved_versions import SavedVersions


@attrs.frozen
class DynamoSavedVersions(SavedVersions):
    """Keeps the versions in the table, one item each."""

    client: DynamoClient

    def add(self, tenant: TenantRef, version: SavedVersion) -> bool:
        item = items.document_item(
            tenant,
            keys.saved_version(version.subject, version.number),
            version,
            created_at=version.created_at,
            user_id=version.user_id,
        )
        if self.client.write(put(item, IS_NEW)):
            return True
        return self.get(tenant, version.subject, version.number) == version

    def get(self, tenant: TenantRef, subject: str, number: int) -> SavedVersion | None:
        item = self.client.get(tenant, keys.saved_version(subject, number))
        return None if item is None else items.read(SavedVersion, tenant, item)

    def newest(
        self, tenant: TenantRef, subject: str, before: int | None = None, limit: int = 20
    ) -> Sequence[SavedVersion]:
        found = self.client.query(
            tenant,
            keys.saved_version_bounds(subject, before),
            newest_first=True,
            page=limit,
        )
        return [items.read(SavedVersion, tenant, item) for item in itertools.islice(found, limit)]

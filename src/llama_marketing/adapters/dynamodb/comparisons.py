"""Snapshots of the comparison on DynamoDB."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.writes import put
from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.comparisons import Comparisons


@attrs.frozen
class DynamoComparisons(Comparisons):
    """Keeps the snapshots in the table, one item each."""

    client: DynamoClient

    def put(self, tenant: TenantRef, snapshot: ComparisonSnapshot) -> None:
        key = keys.comparison(snapshot.month)
        item = items.document_item(tenant, key, snapshot, taken_at=snapshot.taken_at)
        self.client.write(put(item))

    def get(self, tenant: TenantRef, month: str) -> ComparisonSnapshot | None:
        item = self.client.get(tenant, keys.comparison(month))
        return None if item is None else items.read(ComparisonSnapshot, tenant, item)

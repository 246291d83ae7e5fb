"""The tenants that have an item of some kind: a page of a Scan, for maintenance alone."""

from __future__ import annotations

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.domain.tenant import TenantRef


def tenants_with(
    client: DynamoClient, bounds: tuple[str, str], after: TenantRef | None, limit: int
) -> list[TenantRef]:
    """The tenants with an item between two sort keys, each once, in the table's own order.

    ``after`` is the last tenant of the page before. A Scan answers a partition's items one after
    another, so a page may end and go on after any tenant, be it gone.
    """
    low, high = bounds
    found: list[TenantRef] = []
    items = client.scan(
        "#SK BETWEEN :low AND :high",
        attributes=(keys.PK,),
        after=None if after is None else keys.of(after, high),
        low=low,
        high=high,
    )
    for item in items:
        tenant = keys.tenant_of(item[keys.PK]["S"])
        if tenant is not None and tenant not in found[-1:]:
            found.append(tenant)
            if len(found) == limit:
                break
    return found

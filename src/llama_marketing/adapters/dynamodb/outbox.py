"""The outbox of a table: billing events that wait, put aside with what they are about.

The index has them too, in few partitions and in the order they were put aside, so that whoever
publishes them finds what waits of all clients without a look at the rest of the table.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Final

import attrs

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item, document_item, read, text
from llama_marketing.adapters.dynamodb.writes import Write, delete, put
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.outbox import Outbox

_TOGETHER: Final = 100
"""Items that one round trip may read."""


def put_aside(tenant: TenantRef, events: Iterable[BillingEvent]) -> list[Write]:
    """The writes that let events wait from now on, in their order.

    The moment only puts them in order; the clocks of two processes may differ a little.
    """
    moment = timestamp(datetime.now(UTC))
    return [put(_item(tenant, event, moment, number)) for number, event in enumerate(events)]


@attrs.frozen
class DynamoOutbox(Outbox):
    """Reads the billing events that ``DynamoUsageBooks`` puts aside in the same table."""

    client: DynamoClient

    def waiting(self, limit: int = 100) -> Sequence[BillingEvent]:
        lanes = keys.outbox_lanes()
        prefix, page = keys.outbox_place(), limit // len(lanes) + 1
        found = (self.client.query_index(lane, prefix, page=page) for lane in lanes)
        pointers = heapq.merge(*found, key=lambda item: text(item, keys.INDEX_SK))
        return list(islice(self._still_waiting(pointers, limit), limit))

    def sent(self, events: Sequence[BillingEvent]) -> None:
        for event in events:
            self.client.write(delete(event.tenant, keys.outbox(event.id)))

    def _still_waiting(self, pointers: Iterable[Item], limit: int) -> Iterator[BillingEvent]:
        """The events themselves: the index may still have what was sent a moment ago."""
        rest = iter(pointers)
        while some := list(islice(rest, min(limit, _TOGETHER))):
            places = [(keys.tenant_of(text(item, keys.PK)), text(item, keys.SK)) for item in some]
            events = {
                owner: self._events(owner, [key for whose, key in places if whose == owner])
                for owner in dict.fromkeys(owner for owner, _ in places)
                if owner is not None
            }
            for owner, sort_key in places:
                if owner is not None and (event := events[owner].get(sort_key)) is not None:
                    yield event

    def _events(self, tenant: TenantRef, sort_keys: Sequence[str]) -> dict[str, BillingEvent]:
        items = self.client.get_together(tenant, *sort_keys)
        return {
            sort_key: read(BillingEvent, tenant, item)
            for sort_key, item in zip(sort_keys, items, strict=True)
            if item is not None
        }


def _item(tenant: TenantRef, event: BillingEvent, moment: str, number: int) -> Item:
    lane = {
        keys.INDEX_PK: keys.outbox_lane(event.id),
        keys.INDEX_SK: keys.outbox_place(moment, number),
    }
    return document_item(tenant, keys.outbox(event.id), event, id=event.id, **lane)

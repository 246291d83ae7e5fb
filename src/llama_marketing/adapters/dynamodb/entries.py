"""Usage entries as items, and how one is found by its id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, timedelta
from typing import Any, Final

import attrs
from ulid import ULID

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb import holds, keys
from llama_marketing.adapters.dynamodb.changes import change_of
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import DOCUMENT, VERSION, document_item, read, text
from llama_marketing.adapters.dynamodb.writes import IS_NEW, Write, put, update
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Hold
from llama_marketing.domain.usage.entries import ADJUSTMENT_PREFIX, UsageEntry, timestamp
from llama_marketing.domain.usage.periods import timestamp_bounds
from llama_marketing.domain.vocabulary import QuotaUnit

_LARGEST_PAGE: Final = 1000
_ROUNDING: Final = timedelta(milliseconds=2)
"""How far a ULID's millisecond may lie from the entry's microseconds."""


@attrs.frozen
class SeenEntry:
    """An entry and the text that it was read from, to compare with when it is written again."""

    entry: UsageEntry
    document: str


@attrs.frozen
class Entries:
    """Reads the entries of a table."""

    client: DynamoClient

    def of_hold(self, tenant: TenantRef, hold: Hold) -> SeenEntry | None:
        """The entry that a hold's end booked."""
        item = self.client.get(tenant, keys.entry(hold.entry.timestamp, hold.entry.id))
        return None if item is None else _seen(tenant, item)

    def find(self, tenant: TenantRef, entry_id: str) -> UsageEntry | None:
        """One entry by its id, or None."""
        seen = self.seen(tenant, entry_id)
        return None if seen is None else seen.entry

    def seen(self, tenant: TenantRef, entry_id: str) -> SeenEntry | None:
        """One entry by its id: by its hold's item, or, once that is gone, by the ULID's time."""
        base = entry_id.removeprefix(ADJUSTMENT_PREFIX)
        mark = self.client.get(tenant, keys.hold(base))
        if mark is not None:
            item = self.client.get(tenant, holds.entry_key(tenant, mark, entry_id))
            return None if item is None else _seen(tenant, item)
        bounds = ulid_bounds(base)
        if bounds is None:
            return None
        for item in self.client.query(tenant, keys.entry_bounds(*bounds)):
            seen = _seen(tenant, item)
            if seen.entry.id == entry_id:
                return seen
        return None

    def between(
        self, tenant: TenantRef, first_day: str, last_day: str, after: str, limit: int
    ) -> Iterator[UsageEntry]:
        """The entries of the days, in order, after a position."""
        # The days decide; the bounds of the timestamp only let the key find them.
        bounds = keys.entry_bounds(*timestamp_bounds(first_day, last_day), after)
        if bounds[0] > bounds[1]:
            return
        found = self.client.query(
            tenant,
            bounds,
            condition="#day BETWEEN :first_day AND :last_day",
            page=max(1, min(limit, _LARGEST_PAGE)),
            first_day=first_day,
            last_day=last_day,
        )
        for item in found:
            yield read(UsageEntry, tenant, item)


def booked(
    tenant: TenantRef, entry: UsageEntry, unit: QuotaUnit, seen: SeenEntry | None = None
) -> Write:
    """Put an entry in the place of nothing, or of exactly the one that was seen."""
    item = _item(tenant, entry, unit)
    if seen is None:
        return put(item, IS_NEW)
    return put(item, f"#{DOCUMENT} = :seen", seen=seen.document)


def rated(tenant: TenantRef, seen: SeenEntry, entry: UsageEntry) -> Write:
    """Put what a rating changes of exactly the entry that was seen."""
    change, values = change_of(
        {
            VERSION: documents.VERSION,
            DOCUMENT: documents.write(entry),
            **({} if entry.quality_rating is None else {"quality_rating": entry.quality_rating}),
        },
        {},
    )
    return update(
        tenant,
        keys.entry(entry.timestamp, entry.id),
        change,
        f"#{DOCUMENT} = :seen",
        seen=seen.document,
        **values,
    )


def ulid_bounds(entry_id: str) -> tuple[str, str] | None:
    """Between which timestamps an entry lies whose id is a ULID; None for any other id."""
    try:
        moment = ULID.from_str(entry_id).datetime.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return timestamp(moment - _ROUNDING), timestamp(moment + _ROUNDING)


def is_timely(entry: UsageEntry) -> bool:
    """Whether the entry lies where its id, should it be a ULID, says that it does."""
    bounds = ulid_bounds(entry.id)
    return bounds is None or bounds[0] <= entry.timestamp <= bounds[1]


def _seen(tenant: TenantRef, item: Mapping[str, Any]) -> SeenEntry:
    return SeenEntry(read(UsageEntry, tenant, item), text(item, DOCUMENT))


def _item(tenant: TenantRef, entry: UsageEntry, unit: QuotaUnit) -> dict[str, Any]:
    """An entry; what stands beside its document is for people and other programs."""
    return document_item(
        tenant,
        keys.entry(entry.timestamp, entry.id),
        entry,
        id=entry.id,
        client_id=entry.client_id,
        timestamp=entry.timestamp,
        use_case=entry.kind,
        model=entry.model,
        provider=entry.provider,
        tokens_input=entry.tokens_input,
        tokens_output=entry.tokens_output,
        cost_pico_usd=entry.cost_pico_usd,
        latency_ms=entry.latency_ms,
        quality_rating=entry.quality_rating,
        user_id=entry.user_id,
        outcome=entry.outcome.value,
        basis=entry.basis.value,
        billable=entry.billable,
        period=entry.period,
        day=entry.day,
        adjusts=entry.adjusts,
        amount=None if entry.booked is None else entry.booked.in_unit(unit),
    )

"""What each step of the books writes: all of it, or nothing.

A transaction has at most ten items.
"""

from __future__ import annotations

import logging
from typing import Final

from llama_marketing.adapters.dynamodb import counters, entries, holds, ratings, rollups
from llama_marketing.adapters.dynamodb.cache import cached_item
from llama_marketing.adapters.dynamodb.counters import CounterRow
from llama_marketing.adapters.dynamodb.entries import SeenEntry
from llama_marketing.adapters.dynamodb.generations import generation_item
from llama_marketing.adapters.dynamodb.items import MAX_ITEM_BYTES, size_of
from llama_marketing.adapters.dynamodb.writes import Write, put
from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold, HoldState, QuotaTerms
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.domain.usage.ratings import Rated, Rating
from llama_marketing.domain.usage.rollups import sums_of
from llama_marketing.domain.usage.steps import Ending, Opening
from llama_marketing.domain.vocabulary import QuotaUnit

_log = logging.getLogger("llama_marketing.store")

CONFIG: Final = 0
"""The place, in an opening, of the configuration's check where one is asked for."""
HOLD: Final = 1
"""The place of the hold behind it."""


def opening(
    tenant: TenantRef,
    row: CounterRow,
    before: Hold | None,
    step: Opening,
    terms: QuotaTerms,
    config_check: Write | None,
) -> list[Write]:
    """Open a hold, or count its refusal; ``before`` is what its id had."""
    assert step.hold is not None, "there is something to write"
    after = step.counter
    checks = [] if config_check is None else [config_check]
    if step.hold == before and after == row.counter:
        # Refused as before. Written again, it would look to its own repetition like another's.
        return checks
    if before is None and _same_terms(row.counter, after) and row.revision:
        counter = counters.moved(
            tenant, row.counter, after, same_terms=True, available=_asked_of(row, step, terms)
        )
    else:
        counter = counters.replaced(tenant, row, after)
    return [*checks, *holds.opened(tenant, step.hold, before, after), counter]


def enlarging(
    tenant: TenantRef, row: CounterRow, after: Counter, hold: Hold, larger: Hold
) -> list[Write]:
    """Raise an open hold."""
    before = row.counter
    more = (larger.amount - hold.amount).in_unit(before.unit)
    asked = before.blocks and before.limit is not None and more > 0
    counter = counters.moved(
        tenant, before, after, same_terms=True, available=(">=", more) if asked else None
    )
    return [holds.changed(tenant, hold, larger, after), counter]


def ending(
    tenant: TenantRef, row: CounterRow, hold: Hold, seen: SeenEntry | None, step: Ending
) -> list[Write]:
    """End an open hold, or correct a swept one, whose entry was ``seen``."""
    unit = row.counter.unit
    if row.revision:
        counter = counters.moved(tenant, row.counter, step.counter)
    else:
        counter = counters.replaced(tenant, row, step.counter)
    writes = [
        holds.changed(tenant, hold, step.hold, step.counter),
        counter,
        entries.booked(tenant, step.entry, unit, seen),
        *rollups.additions(tenant, step.entry, step.change),
    ]
    if step.correction is not None:
        writes.append(entries.booked(tenant, step.correction, unit))
    if hold.state is HoldState.OPEN:
        writes.append(holds.closed(tenant, hold))
    return writes


def recording(tenant: TenantRef, entry: UsageEntry, record: GenerationRecord | None) -> list[Write]:
    """Book an entry without a hold, outside the quota."""
    return [
        holds.recorded(tenant, entry),
        entries.booked(tenant, entry, QuotaUnit.USD),
        *rollups.additions(tenant, entry, sums_of(entry)),
        *kept(tenant, record),
    ]


def rating(
    tenant: TenantRef, seen: SeenEntry, before: Rating | None, rated: Rated, given: Rating
) -> list[Write]:
    """Change a user's rating of the entry that was ``seen``, and its roll-ups with it."""
    assert rated.change is not None, "there is something to write"
    return [
        ratings.given(tenant, given, before),
        entries.rated(tenant, seen, rated.entry),
        *rollups.additions(tenant, rated.entry, rated.change),
    ]


def kept(
    tenant: TenantRef, record: GenerationRecord | None, cached: CacheItem | None = None
) -> list[Write]:
    """Keep what a person may read again, in the place of what is there.

    What no table can hold is left out, and that is logged: the books do not wait for it.
    """
    items = []
    if record is not None:
        items.append(generation_item(tenant, record, cached.key if cached else ""))
    if cached is not None:
        items.append(cached_item(tenant, cached))
    writes = [put(item) for item in items if size_of(item) <= MAX_ITEM_BYTES]
    if len(writes) < len(items):
        _log.warning("generation_too_large_to_keep", extra={"tenant": str(tenant)})
    return writes


def _same_terms(before: Counter, after: Counter) -> bool:
    return (before.limit, before.unit, before.as_of, before.blocks) == (
        after.limit,
        after.unit,
        after.as_of,
        after.blocks,
    )


def _asked_of(row: CounterRow, step: Opening, terms: QuotaTerms) -> tuple[str, int] | None:
    """What must be available for the step to be the same whatever the counter is by then."""
    assert step.hold is not None, "there is something to write"
    counter, amount, told = row.counter, step.hold.amount, step.reservation
    if told.admitted:
        return counters.room_for(counter, amount, () if told.near_alert else terms.alerts)
    if counter.limit == 0:
        return None
    return "<", amount.in_unit(counter.unit)

"""What is read of the books: counters, entries, roll-ups, and what maintenance looks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import attrs

from llama_marketing.adapters.dynamodb import keys, rollups
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.counters import CounterRow
from llama_marketing.adapters.dynamodb.entries import Entries
from llama_marketing.adapters.dynamodb.holds import hold_of
from llama_marketing.adapters.dynamodb.items import CLIENT, Item, read, text
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold, HoldState
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.usage.rollups import NO_SUMS, DayRollUp, RollUpKey, Sums
from llama_marketing.ports.usage import UsageBooks

_TOGETHER: Final = 100
"""Items that one round trip may read."""


@attrs.frozen
class BookViews(UsageBooks):
    """The reading half of the books of a table."""

    client: DynamoClient

    @property
    def _entries(self) -> Entries:
        return Entries(self.client)

    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        item = self.client.get(tenant, keys.counter(period))
        return None if item is None else CounterRow.of(tenant, period, item).counter

    def entry(self, tenant: TenantRef, entry_id: str) -> UsageEntry | None:
        return self._entries.find(tenant, entry_id)

    def entries(
        self, tenant: TenantRef, first_day: str, last_day: str, after: str = "", limit: int = 1000
    ) -> Sequence[UsageEntry]:
        found = self._entries.between(tenant, first_day, last_day, after, limit)
        return list(islice(found, limit))

    def ratings(self, tenant: TenantRef, entry_id: str) -> Sequence[Rating]:
        found = self.client.query(tenant, keys.rating_bounds(entry_id))
        return sorted((read(Rating, tenant, item) for item in found), key=lambda each: each.user_id)

    def day_rollups(self, tenant: TenantRef, first_day: str, last_day: str) -> Sequence[DayRollUp]:
        if first_day > last_day:
            return []
        found = self.client.query(tenant, keys.day_bounds(first_day, last_day))
        # The escapes of the key change the order, so it is put right here.
        return sorted((rollups.day_rollup(tenant, item) for item in found), key=_place)

    def month_rollup(
        self, tenant: TenantRef, month: str, purpose: Purpose = Purpose.GENERATION
    ) -> Sums:
        item = self.client.get(tenant, keys.month(month, purpose.value))
        return NO_SUMS if item is None else rollups.sums(tenant, item)

    def organization_month(self, organization_id: str, month: str) -> Sequence[tuple[str, Sums]]:
        found = self.client.query_index(
            keys.organization(organization_id), keys.organization_month_prefix(month)
        )
        tenants = [(TenantRef(organization_id, text(item, CLIENT)), item) for item in found]
        months = [(owner.client_id, rollups.sums(owner, item)) for owner, item in tenants]
        return sorted(months, key=lambda pair: pair[0])

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        counters, months = keys.counter(""), keys.month("", Purpose.GENERATION.value)
        found = self.client.scan(
            "begins_with(#SK, :counters) OR begins_with(#SK, :months)",
            attributes=(keys.PK,),
            after=None if after is None else keys.of(after, keys.HIGHEST),
            counters=counters,
            months=months,
        )
        return list(islice(_owners(found), limit))

    def expired_holds(
        self, now: str, tenant: TenantRef | None = None, limit: int = 100
    ) -> Sequence[tuple[TenantRef, Hold]]:
        low, high = keys.open_hold_bounds(now)
        if tenant is not None:
            pointers: Iterable[tuple[TenantRef, str]] = (
                (tenant, text(item, keys.SK))
                for item in self.client.query(tenant, (low, high), page=min(limit, _TOGETHER))
            )
        else:
            pointers = self._everybodys_pointers(low, high)
        return list(islice(self._open_holds(pointers), limit))

    def _everybodys_pointers(self, low: str, high: str) -> list[tuple[TenantRef, str]]:
        """The pointers of every tenant, oldest first."""
        found = self.client.scan(
            "#SK BETWEEN :low AND :high", attributes=(keys.PK, keys.SK), low=low, high=high
        )
        pointers = [(keys.tenant_of(text(item, keys.PK)), text(item, keys.SK)) for item in found]
        mine = [(owner, pointer) for owner, pointer in pointers if owner is not None]
        return sorted(mine, key=lambda pair: (keys.expiry_of(pair[1]), str(pair[0]), pair[1]))

    def _open_holds(
        self, pointers: Iterable[tuple[TenantRef, str]]
    ) -> Iterator[tuple[TenantRef, Hold]]:
        """The holds behind the pointers, as they are now, without those that have ended."""
        rest = iter(pointers)
        while some := list(islice(rest, _TOGETHER)):
            holds = {
                owner: self._holds(owner, [pointer for whose, pointer in some if whose == owner])
                for owner in dict.fromkeys(owner for owner, _ in some)
            }
            for owner, pointer in some:
                hold = holds[owner].get(keys.hold_of(pointer))
                if hold is not None and hold.state is HoldState.OPEN:
                    yield owner, hold

    def _holds(self, tenant: TenantRef, pointers: Sequence[str]) -> dict[str, Hold]:
        wanted = [keys.hold(keys.hold_of(pointer)) for pointer in pointers]
        holds = (hold_of(tenant, item) for item in self.client.get_together(tenant, *wanted))
        return {hold.id: hold for hold in holds if hold is not None}


def _owners(items: Iterable[Item]) -> Iterator[TenantRef]:
    """Whose the items of a Scan are, each once: what one client has lies together."""
    last = None
    for item in items:
        owner = keys.tenant_of(text(item, keys.PK))
        if owner is not None and owner != last:
            last = owner
            yield owner


def _place(row: DayRollUp) -> tuple[str, str, str, str]:
    key: RollUpKey = row.key
    return (key.day, key.provider, key.model, key.kind)

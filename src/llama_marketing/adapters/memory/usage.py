"""The books in memory."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.billing import BillingEvent, events_of, events_of_ending
from llama_marketing.domain.usage.books import (
    Counter,
    Hold,
    QuotaTerms,
    Reservation,
    Settlement,
)
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating, rate
from llama_marketing.domain.usage.rollups import NO_SUMS, DayRollUp, RollUpKey, Sums, sums_of
from llama_marketing.domain.usage.steps import end_hold, enlarge_hold, is_new, open_hold
from llama_marketing.ports.usage import UsageBooks


@attrs.frozen
class MemoryUsageBooks(UsageBooks):
    """Keeps the books of a ``MemoryDatabase``; every method is one turn of its lock."""

    database: MemoryDatabase
    outbox: bool = False
    """Whether what is billable is also put into the outbox."""

    def reserve(
        self,
        tenant: TenantRef,
        hold: Hold,
        terms: QuotaTerms,
        config_revision: int | None = None,
    ) -> Reservation:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            rows.confirm_config(tenant, config_revision)
            opening = open_hold(
                rows.counter(hold.period),
                rows.holds.get(hold.id),
                rows.entries.get(hold.entry.id),
                hold,
                terms,
            )
            if opening.hold is not None:
                rows.counters[hold.period] = opening.counter
                rows.holds[hold.id] = opening.hold
                if opening.reservation.admitted:
                    rows.open[hold.id] = opening.hold
            return opening.reservation

    def enlarge(self, tenant: TenantRef, hold_id: str, amount: Amount) -> bool:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            hold = _known(rows.holds.get(hold_id), hold_id)
            enlarged = enlarge_hold(rows.counter(hold.period), hold, amount)
            if enlarged is None:
                return False
            rows.counters[hold.period], rows.holds[hold_id] = enlarged
            rows.open[hold_id] = rows.holds[hold_id]
            return True

    def settle(
        self,
        tenant: TenantRef,
        settlement: Settlement,
        record: GenerationRecord | None = None,
        cached: CacheItem | None = None,
    ) -> UsageEntry:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            hold = _known(rows.holds.get(settlement.hold_id), settlement.hold_id)
            booked = rows.entries.get(hold.entry.id)
            ending = end_hold(rows.counter(hold.period), hold, booked, settlement)
            if ending is None:
                return rows.entries[hold.entry.id]
            rows.counters[hold.period] = ending.counter
            rows.holds[hold.id] = ending.hold
            rows.open.pop(hold.id, None)
            rows.entries[ending.entry.id] = ending.entry
            if ending.correction is not None:
                rows.entries[ending.correction.id] = ending.correction
            rows.add(ending.entry, ending.change)
            rows.keep(record, cached)
            self._bill(events_of_ending(tenant, ending))
            return ending.entry

    def record(
        self, tenant: TenantRef, entry: UsageEntry, record: GenerationRecord | None = None
    ) -> None:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            if is_new(entry, rows.entries.get(entry.id), rows.holds.get(entry.id)):
                rows.entries[entry.id] = entry
                rows.add(entry, sums_of(entry))
                rows.keep(record)
                self._bill(events_of(tenant, entry))

    def rate(self, tenant: TenantRef, rating: Rating) -> UsageEntry:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            kept = rows.ratings.get(rating.entry_id, {}).get(rating.user_id)
            rated = rate(rating, rows.entries.get(rating.entry_id), kept)
            if rated.change is not None:
                rows.ratings.setdefault(rating.entry_id, {})[rating.user_id] = rating
                rows.entries[rating.entry_id] = rated.entry
                rows.add(rated.entry, rated.change)
            return rated.entry

    def ratings(self, tenant: TenantRef, entry_id: str) -> Sequence[Rating]:
        with self.database.lock:
            found = list(self.database.tenants[tenant].ratings.get(entry_id, {}).values())
        return sorted(found, key=lambda rating: rating.user_id)

    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        with self.database.lock:
            return self.database.tenants[tenant].counters.get(period)

    def entry(self, tenant: TenantRef, entry_id: str) -> UsageEntry | None:
        with self.database.lock:
            return self.database.tenants[tenant].entries.get(entry_id)

    def entries(
        self, tenant: TenantRef, first_day: str, last_day: str, after: str = "", limit: int = 1000
    ) -> Sequence[UsageEntry]:
        with self.database.lock:
            entries = list(self.database.tenants[tenant].entries.values())
        chosen = [
            entry
            for entry in entries
            if first_day <= entry.day <= last_day and entry.position > after
        ]
        return sorted(chosen, key=lambda entry: entry.position)[:limit]

    def day_rollups(self, tenant: TenantRef, first_day: str, last_day: str) -> Sequence[DayRollUp]:
        with self.database.lock:
            days = list(self.database.tenants[tenant].days.items())
        chosen = [(key, sums) for key, sums in days if first_day <= key.day <= last_day]
        return [DayRollUp(key=key, sums=sums) for key, sums in sorted(chosen, key=_in_order)]

    def month_rollup(
        self, tenant: TenantRef, month: str, purpose: Purpose = Purpose.GENERATION
    ) -> Sums:
        with self.database.lock:
            return self.database.tenants[tenant].months.get((month, purpose), NO_SUMS)

    def organization_month(self, organization_id: str, month: str) -> Sequence[tuple[str, Sums]]:
        key = (month, Purpose.GENERATION)
        with self.database.lock:
            found = [
                (tenant.client_id, rows.months[key])
                for tenant, rows in self.database.tenants.items()
                if tenant.organization_id == organization_id and key in rows.months
            ]
        return sorted(found, key=lambda pair: pair[0])

    def mark_alerts(
        self, tenant: TenantRef, period: str, thresholds: Sequence[int]
    ) -> tuple[int, ...]:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            counter, fresh = rows.counter(period).marked(thresholds)
            if fresh:
                rows.counters[period] = counter
            return fresh

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        with self.database.lock:
            found = [
                tenant
                for tenant, rows in self.database.tenants.items()
                if (rows.counters or rows.entries)
                and (after is None or _place(tenant) > _place(after))
            ]
        return sorted(found, key=_place)[:limit]

    def expired_holds(
        self, now: str, tenant: TenantRef | None = None, limit: int = 100
    ) -> Sequence[tuple[TenantRef, Hold]]:
        with self.database.lock:
            tenants = list(self.database.tenants) if tenant is None else [tenant]
            expired = [
                (owner, hold)
                for owner in tenants
                for hold in self.database.tenants[owner].open.values()
                if hold.expires_at < now
            ]
        return sorted(expired, key=_oldest_first)[:limit]

    def _bill(self, events: Sequence[BillingEvent]) -> None:
        if self.outbox:
            self.database.outbox.update({event.idempotency_key: event for event in events})


def _place(tenant: TenantRef) -> tuple[str, str]:
    return (tenant.organization_id, tenant.client_id)


def _known(hold: Hold | None, hold_id: str) -> Hold:
    if hold is None:
        raise NotFound(f"there is no hold {hold_id}")
    return hold


def _oldest_first(pair: tuple[TenantRef, Hold]) -> tuple[str, str, str]:
    tenant, hold = pair
    return (hold.expires_at, str(tenant), hold.id)


def _in_order(row: tuple[RollUpKey, Sums]) -> tuple[str, str, str, str]:
    key = row[0]
    return (key.day, key.provider, key.model, key.kind)

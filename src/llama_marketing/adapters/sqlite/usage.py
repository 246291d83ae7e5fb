"""The books in SQLite."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.rows import TenantRows
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.billing import events_of, events_of_ending
from llama_marketing.domain.usage.books import Counter, Hold, QuotaTerms, Reservation, Settlement
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.periods import timestamp_bounds
from llama_marketing.domain.usage.ratings import Rating, rate
from llama_marketing.domain.usage.rollups import DayRollUp, RollUpKey, Sums, sums_of
from llama_marketing.domain.usage.steps import end_hold, enlarge_hold, is_new, open_hold
from llama_marketing.ports.usage import UsageBooks


@attrs.frozen
class SqliteUsageBooks(UsageBooks):
    """Keeps the books of a ``SqliteDatabase``; every writing method is one transaction."""

    database: SqliteDatabase
    outbox: bool = False
    """Whether what is billable is also put into the outbox."""

    def reserve(
        self,
        tenant: TenantRef,
        hold: Hold,
        terms: QuotaTerms,
        config_revision: int | None = None,
    ) -> Reservation:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            rows.confirm_config(config_revision)
            opening = open_hold(
                rows.counter(hold.period) or Counter(period=hold.period),
                rows.hold(hold.id),
                rows.entry(hold.entry.id),
                hold,
                terms,
            )
            if opening.hold is not None:
                rows.put_counter(opening.counter)
                rows.put_hold(opening.hold)
            return opening.reservation

    def enlarge(self, tenant: TenantRef, hold_id: str, amount: Amount) -> bool:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            counter, hold = _counter_and_hold(rows, hold_id)
            enlarged = enlarge_hold(counter, hold, amount)
            if enlarged is None:
                return False
            rows.put_counter(enlarged[0])
            rows.put_hold(enlarged[1])
            return True

    def settle(
        self,
        tenant: TenantRef,
        settlement: Settlement,
        record: GenerationRecord | None = None,
        cached: CacheItem | None = None,
    ) -> UsageEntry:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            counter, hold = _counter_and_hold(rows, settlement.hold_id)
            booked = rows.entry(hold.entry.id)
            ending = end_hold(counter, hold, booked, settlement)
            if ending is None:
                return _present(booked, hold)
            rows.put_counter(ending.counter)
            rows.put_hold(ending.hold)
            rows.put_entry(ending.entry)
            if ending.correction is not None:
                rows.put_entry(ending.correction)
            rows.add(ending.entry, ending.change)
            rows.keep(record, cached)
            if self.outbox:
                rows.put_events(events_of_ending(tenant, ending))
            return ending.entry

    def record(
        self, tenant: TenantRef, entry: UsageEntry, record: GenerationRecord | None = None
    ) -> None:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            if is_new(entry, rows.entry(entry.id), rows.hold(entry.id)):
                rows.put_entry(entry)
                rows.add(entry, sums_of(entry))
                rows.keep(record)
                if self.outbox:
                    rows.put_events(events_of(tenant, entry))

    def rate(self, tenant: TenantRef, rating: Rating) -> UsageEntry:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            kept = rows.rating(rating.entry_id, rating.user_id)
            rated = rate(rating, rows.entry(rating.entry_id), kept)
            if rated.change is not None:
                rows.put_rating(rating)
                rows.put_entry(rated.entry)
                rows.add(rated.entry, rated.change)
            return rated.entry

    def ratings(self, tenant: TenantRef, entry_id: str) -> Sequence[Rating]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM ratings "
                "WHERE organization = ? AND client = ? AND entry = ? ORDER BY user",
                (*_keys(tenant), entry_id),
            ).fetchall()
        return [documents.read(Rating, *row) for row in found]

    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        with self.database.reading() as connection:
            return TenantRows(connection, tenant).counter(period)

    def entry(self, tenant: TenantRef, entry_id: str) -> UsageEntry | None:
        with self.database.reading() as connection:
            return TenantRows(connection, tenant).entry(entry_id)

    def entries(
        self, tenant: TenantRef, first_day: str, last_day: str, after: str = "", limit: int = 1000
    ) -> Sequence[UsageEntry]:
        # The days decide; the bounds of the timestamp only let the index find them.
        earliest, latest = timestamp_bounds(first_day, last_day)
        after_timestamp, _, after_id = after.partition("#")
        start = max((earliest, ""), (after_timestamp, after_id))
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT version, document FROM entries "
                "WHERE organization = ? AND client = ? "
                "AND (timestamp, id) > (?, ?) AND timestamp < ? AND day BETWEEN ? AND ? "
                "ORDER BY timestamp, id LIMIT ?",
                (*_keys(tenant), *start, latest, first_day, last_day, limit),
            ).fetchall()
        return [documents.read(UsageEntry, *row) for row in found]

    def day_rollups(self, tenant: TenantRef, first_day: str, last_day: str) -> Sequence[DayRollUp]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT day, provider, model, kind, version, document FROM day_rollups "
                "WHERE organization = ? AND client = ? AND day BETWEEN ? AND ? "
                "ORDER BY day, provider, model, kind",
                (*_keys(tenant), first_day, last_day),
            ).fetchall()
        return [
            DayRollUp(
                key=RollUpKey(day=day, provider=provider, model=model, kind=kind),
                sums=documents.read(Sums, version, document),
            )
            for day, provider, model, kind, version, document in found
        ]

    def month_rollup(
        self, tenant: TenantRef, month: str, purpose: Purpose = Purpose.GENERATION
    ) -> Sums:
        with self.database.reading() as connection:
            return TenantRows(connection, tenant).month(month, purpose)

    def organization_month(self, organization_id: str, month: str) -> Sequence[tuple[str, Sums]]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT client, version, document FROM month_rollups "
                "WHERE organization = ? AND month = ? AND purpose = ? ORDER BY client",
                (organization_id, month, Purpose.GENERATION.value),
            ).fetchall()
        return [
            (client, documents.read(Sums, version, document)) for client, version, document in found
        ]

    def mark_alerts(
        self, tenant: TenantRef, period: str, thresholds: Sequence[int]
    ) -> tuple[int, ...]:
        with self.database.transaction() as connection:
            rows = TenantRows(connection, tenant)
            counter, fresh = (rows.counter(period) or Counter(period=period)).marked(thresholds)
            if fresh:
                rows.put_counter(counter)
            return fresh

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT organization, client FROM counters WHERE (organization, client) > (?, ?) "
                "UNION SELECT organization, client FROM entries "
                "WHERE (organization, client) > (?, ?) ORDER BY organization, client LIMIT ?",
                (*(2 * (("", "") if after is None else _keys(after))), limit),
            ).fetchall()
        return [TenantRef(organization, client) for organization, client in found]

    def expired_holds(
        self, now: str, tenant: TenantRef | None = None, limit: int = 100
    ) -> Sequence[tuple[TenantRef, Hold]]:
        keys = ("", "") if tenant is None else _keys(tenant)
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT organization, client, version, document FROM holds "
                "WHERE state = 'OPEN' AND expires_at < ? "
                "AND (? OR (organization = ? AND client = ?)) "
                "ORDER BY expires_at, organization, client, id LIMIT ?",
                (now, tenant is None, *keys, limit),
            ).fetchall()
        return [
            (TenantRef(organization, client), documents.read(Hold, version, document))
            for organization, client, version, document in found
        ]


def _keys(tenant: TenantRef) -> tuple[str, str]:
    return (tenant.organization_id, tenant.client_id)


def _counter_and_hold(rows: TenantRows, hold_id: str) -> tuple[Counter, Hold]:
    hold = rows.hold(hold_id)
    if hold is None:
        raise NotFound(f"there is no hold {hold_id}")
    return rows.counter(hold.period) or Counter(period=hold.period), hold


def _present(booked: UsageEntry | None, hold: Hold) -> UsageEntry:
    if booked is None:
        raise NotFound(f"hold {hold.id} has ended and its entry is gone")
    return booked

"""Reconciling the books of one client or of all: reading them, and telling drift from traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

import attrs

from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.periods import month_bounds, months_between
from llama_marketing.domain.usage.ratings import recounted
from llama_marketing.domain.usage.reconcile import (
    Difference,
    KeptMonth,
    Parts,
    differences,
    parts_of,
)
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.usage import UsageBooks

READINGS = 3
"""How often a month in which work goes on is read before its differences are believed."""
PAGE = 100
_ENTRIES = 1000
_FIRST_DAY, _LAST_DAY = "1969-12-31", "9999-01-01"
_END_OF_TIME = "9999"
_MOST_HOLDS = 1_000_000


class ReconcileReport(Model):
    """What was compared, and every figure that does not add up; empty when the books agree."""

    tenants: int = 0
    periods: int = 0
    differences: tuple[Difference, ...] = ()


@attrs.frozen(kw_only=True)
class Reconciler:
    """Adds the books up again. Reads every entry; for maintenance, beside running operations."""

    books: UsageBooks
    clock: Clock

    def reconcile(
        self, tenant: TenantRef | None = None, progress: Callable[[TenantRef], None] | None = None
    ) -> ReconcileReport:
        """Compare every month of a client, or of all; ``progress`` hears each client before."""
        tenants, periods, found = 0, 0, list[Difference]()
        for owner in [tenant] if tenant is not None else all_tenants(self.books):
            if progress is not None:
                progress(owner)
            tenants += 1
            for period in self._periods(owner):
                periods += 1
                found += self._drift(owner, period)
        return ReconcileReport(tenants=tenants, periods=periods, differences=tuple(found))

    def _drift(self, tenant: TenantRef, period: str) -> tuple[Difference, ...]:
        """The differences that stay.

        What an operation changes between two reads is not among them: the sums are read before
        and after their parts, and such a change is missing from the one or from the other.
        """
        found, stay = tuple[Difference, ...](), set[tuple[str, str, int]]()
        for reading in range(READINGS):
            before = _kept(self.books, tenant, period)
            parts = _parts(self.books, tenant, period)
            found = differences(before, parts)
            if not found:
                break
            after = _kept(self.books, tenant, period)
            drifts = _drifts(found) & _drifts(differences(after, parts))
            stay = stay & drifts if reading else drifts
            if before == after or not stay:
                break
        return tuple(difference for difference in found if difference.drift in stay)

    def _periods(self, tenant: TenantRef) -> list[str]:
        """Every month from the first that has anything to the last; at least the present one."""
        # A month too many is compared with nothing; one too few would hide a drift.
        now = self.clock.now()
        known = {f"{moment:%Y-%m}" for moment in (now - timedelta(days=1), now + timedelta(days=1))}
        known |= {hold.period for hold in open_holds(self.books, tenant)}
        known |= {row.key.day[:7] for row in self.books.day_rollups(tenant, _FIRST_DAY, _LAST_DAY)}
        first = self.books.entries(tenant, _FIRST_DAY, _LAST_DAY, limit=1)
        known |= {entry.period for entry in first}
        return months_between(min(known), max(known))


def month_differences(books: UsageBooks, tenant: TenantRef, period: str) -> tuple[Difference, ...]:
    """Where a client's month does not add up in one reading of the books."""
    return differences(_kept(books, tenant, period), _parts(books, tenant, period))


def _kept(books: UsageBooks, tenant: TenantRef, period: str) -> KeptMonth:
    first, last = (day.isoformat() for day in month_bounds(period))
    return KeptMonth(
        tenant=tenant,
        period=period,
        counter=books.counter(tenant, period) or Counter(period=period),
        days=list(books.day_rollups(tenant, first, last)),
        months={purpose: books.month_rollup(tenant, period, purpose) for purpose in Purpose},
    )


def _parts(books: UsageBooks, tenant: TenantRef, period: str) -> Parts:
    entries = (
        # A tally is itself a sum: what counts are the ratings.
        recounted(entry, books.ratings(tenant, entry.id)) if entry.rating_tally else entry
        for entry in month_entries(books, tenant, period)
    )
    return parts_of(period, open_holds(books, tenant), entries)


def _drifts(found: Iterable[Difference]) -> set[tuple[str, str, int]]:
    return {difference.drift for difference in found}


def month_entries(books: UsageBooks, tenant: TenantRef, period: str) -> Iterator[UsageEntry]:
    """Every entry of a month, read page by page."""
    first, last = (day.isoformat() for day in month_bounds(period))
    after = ""
    while page := books.entries(tenant, first, last, after, _ENTRIES):
        yield from page
        after = page[-1].position


def open_holds(books: UsageBooks, tenant: TenantRef) -> list[Hold]:
    """Every open hold of a tenant, of any period."""
    return [hold for _, hold in books.expired_holds(_END_OF_TIME, tenant, _MOST_HOLDS)]


def all_tenants(books: UsageBooks) -> Iterator[TenantRef]:
    """Every tenant that has books, read page by page."""
    page = books.tenants(None, PAGE)
    while page:
        yield from page
        page = books.tenants(page[-1], PAGE)

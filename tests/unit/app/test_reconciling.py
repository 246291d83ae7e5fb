"""Reconciling all books: every client and month, drift told from traffic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.app.reconciling import READINGS, Reconciler, ReconcileReport
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.ratings import Rating
from llama_marketing.domain.usage.rollups import Sums
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_release,
    sample_settlement,
)
from tests.unit.app.samples import StandingClock

NOW = datetime(2026, 4, 14, 18, tzinfo=UTC)
OTHER = TenantRef("org2", "cli7")
PICO = Amount(cost=1)


def operate(books: MemoryUsageBooks, tenant: TenantRef, hold_id: str) -> None:
    """One settled operation."""
    hold = sample_hold(hold_id, client_id=tenant.client_id)
    books.reserve(tenant, hold, dollars("5"))
    books.settle(tenant, sample_settlement(hold, client_id=tenant.client_id))


def record(books: MemoryUsageBooks, entry_id: str) -> None:
    """One operation beside the quota, at another host."""
    books.record(TENANT, sample_entry(entry_id, provider="openai"))


def used() -> MemoryDatabase:
    """Two clients: one with work in January and February, and a hold open in April."""
    database = MemoryDatabase()
    books = MemoryUsageBooks(database)
    operate(books, TENANT, "gen1")
    january: dict[str, Any] = {
        "timestamp": "2026-01-09T18:00:00Z",
        "day": "2026-01-09",
        "period": "2026-01",
    }
    books.record(TENANT, sample_entry("old", **january))
    april: dict[str, Any] = {
        "timestamp": "2026-04-14T17:00:00Z",
        "day": "2026-04-14",
        "period": "2026-04",
    }
    books.reserve(TENANT, sample_hold("open", **april), dollars("5"))
    operate(books, OTHER, "gen1")
    return database


def reconciler(books: MemoryUsageBooks) -> Reconciler:
    """On 14 April 2026."""
    return Reconciler(books=books, clock=StandingClock(NOW))


def reconcile(database: MemoryDatabase, tenant: TenantRef | None = None) -> ReconcileReport:
    """Everything, or one client."""
    return reconciler(MemoryUsageBooks(database)).reconcile(tenant)


def drift_counter(database: MemoryDatabase, tenant: TenantRef, month: str) -> None:
    """One pico-USD more is settled than any entry says."""
    counters = database.tenants[tenant].counters
    kept = counters.get(month) or Counter(period=month)
    counters[month] = kept.model_copy(update={"settled": kept.settled + PICO})


def test_sound_books_have_no_differences_and_every_month_is_looked_at() -> None:
    """From January to April of one client, from February on of the other."""
    assert reconcile(used()) == ReconcileReport(tenants=2, periods=7)


@pytest.mark.parametrize(
    ("tenant", "month"),
    [
        (TENANT, "2026-01"),
        (TENANT, MONTH),
        (TENANT, "2026-03"),
        (TENANT, "2026-04"),
        (OTHER, MONTH),
    ],
)
def test_a_planted_pico_dollar_is_found_wherever_it_is(tenant: TenantRef, month: str) -> None:
    """Also in a month in which nothing happened."""
    database = used()
    drift_counter(database, tenant, month)

    (found,) = reconcile(database).differences

    assert (found.organization_id, found.client_id) == (tenant.organization_id, tenant.client_id)
    assert (found.period, found.what) == (month, "counter.settled.cost")
    assert found.kept == found.summed + 1


def test_one_client_alone_is_reconciled_when_it_is_named() -> None:
    """The drift of the other is not its."""
    database = used()
    drift_counter(database, OTHER, MONTH)

    assert reconcile(database, TENANT) == ReconcileReport(tenants=1, periods=4)
    assert len(reconcile(database, OTHER).differences) == 1
    assert reconcile(database, TenantRef("org1", "nobody")).differences == ()


def test_a_lost_roll_up_of_an_old_month_is_found() -> None:
    """Its entry is still there, and tells of the month."""
    database = used()
    for key in [key for key in database.tenants[TENANT].days if key.day.startswith("2026-01")]:
        del database.tenants[TENANT].days[key]

    found = reconcile(database).differences

    assert {one.period for one in found} == {"2026-01"}
    assert all(one.what.startswith("day.2026-01-09.") for one in found)


def test_a_rating_that_the_sums_do_not_have_is_found() -> None:
    """In the day and in the month; ratings that they have are no difference."""
    database = used()
    books = MemoryUsageBooks(database)
    for stars in (2, 4):
        books.rate(TENANT, sample_rating(stars))
        books.rate(TENANT, sample_rating(stars, "u2", "old"))
    assert reconcile(database).differences == ()

    database.tenants[TENANT].ratings["gen1"]["u1"] = sample_rating(5)

    found = reconcile(database).differences
    assert [(one.what.split(".")[0], one.what.split(".")[-1]) for one in found] == [
        ("day", "rating_sum"),
        ("month", "rating_sum"),
    ]
    assert {(one.period, one.kept, one.summed) for one in found} == {(MONTH, 4, 5)}


def test_more_clients_than_a_page_are_all_reconciled(monkeypatch: pytest.MonkeyPatch) -> None:
    """And told of, each before its books are read."""
    monkeypatch.setattr("llama_marketing.app.reconciling.PAGE", 2)
    database, told = MemoryDatabase(), list[TenantRef]()
    books = MemoryUsageBooks(database)
    tenants = [TenantRef("org1", f"cli{number}") for number in range(5)]
    for tenant in tenants:
        operate(books, tenant, "gen1")
        drift_counter(database, tenant, MONTH)

    report = reconciler(books).reconcile(progress=told.append)

    assert told == tenants
    assert report.tenants == len(report.differences) == 5


@attrs.frozen
class BusyBooks(MemoryUsageBooks):
    """Books in which something happens after each look at February's counter."""

    happens: Callable[[int], object] = attrs.field(default=lambda looks: None, kw_only=True)
    looks: list[str] = attrs.Factory(list)

    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        found = MemoryUsageBooks.counter(self, tenant, period)
        if period == MONTH:
            self.looks.append(period)
            self.happens(len(self.looks))
        return found


@attrs.frozen
class RatedMeanwhile(MemoryUsageBooks):
    """Books in which users rate between the reads of the sums, the entries and the ratings."""

    rated: list[int] = attrs.Factory(list)

    def _rate(self) -> None:
        self.rated.append(len(self.rated) % 5 + 1)
        for user_id in ("u1", f"u{len(self.rated)}"):
            MemoryUsageBooks.rate(self, TENANT, sample_rating(self.rated[-1], user_id))

    def expired_holds(
        self, now: str, tenant: TenantRef | None = None, limit: int = 100
    ) -> Sequence[tuple[TenantRef, Hold]]:
        self._rate()
        return MemoryUsageBooks.expired_holds(self, now, tenant, limit)

    def ratings(self, tenant: TenantRef, entry_id: str) -> Sequence[Rating]:
        self._rate()
        return MemoryUsageBooks.ratings(self, tenant, entry_id)


def test_a_rating_between_two_reads_is_no_drift() -> None:
    """Of an entry that was rated before, and of one that was not."""
    database = used()

    assert reconciler(RatedMeanwhile(database)).reconcile(TENANT).differences == ()
    assert reconcile(database).differences == ()


def test_operations_that_end_between_two_reads_are_no_drift() -> None:
    """The counter is read first, then an operation ends: the entry is one too many, for once."""
    database = used()
    quiet = MemoryUsageBooks(database)
    books = BusyBooks(database, happens=lambda looks: operate(quiet, TENANT, f"more{looks}"))

    assert reconciler(books).reconcile(TENANT).differences == ()
    assert len(books.looks) > 1


def test_a_drift_is_found_beside_running_operations() -> None:
    """It stays, and stays the same, while the others come and go."""
    database = used()
    day = next(key for key in database.tenants[TENANT].days if key.day == "2026-02-14")
    database.tenants[TENANT].days[day] += Sums(cost_pico_usd=1)

    quiet = MemoryUsageBooks(database)
    books = BusyBooks(database, happens=lambda looks: record(quiet, f"more{looks}"))

    found = reconciler(books).reconcile(TENANT).differences

    assert [(one.what.partition(".")[0], one.kept - one.summed) for one in found] == [("day", 1)]
    assert len(books.looks) == 2 * READINGS


def test_a_hold_that_opens_between_two_reads_is_no_drift() -> None:
    """Nor one that is released again."""
    database = used()
    quiet = MemoryUsageBooks(database)

    def work(looks: int) -> None:
        hold = sample_hold(f"more{looks}")
        quiet.reserve(TENANT, hold, dollars("5"))
        if looks % 2:
            quiet.settle(TENANT, sample_release(hold))

    assert reconciler(BusyBooks(database, happens=work)).reconcile(TENANT).differences == ()


def test_the_report_is_one_document_with_its_differences() -> None:
    """Empty when the books agree."""
    assert reconcile(MemoryDatabase()).model_dump(mode="json", by_alias=True) == {
        "tenants": 0,
        "periods": 0,
        "differences": [],
    }

"""Views of usage equal sums over the entries, for every period, in zones with summer time."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llama_marketing.app.sweeping import Sweeper
from llama_marketing.app.usage import MetaAIUsageService
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose, UsageEntry, timestamp
from llama_marketing.domain.usage.export import Markup, entry_lines
from llama_marketing.domain.usage.views import PeriodKind, PeriodQuery, read_period
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.zone import BillingZone
from llama_marketing.testing import MemoryConfigs, MemoryDatabase, MemoryUsageBooks
from llama_marketing.testing.samples import TENANT, sample_entry

ZONES = ("America/Mexico_City", "America/Tijuana", "Europe/Madrid", "Australia/Lord_Howe")
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 24, 18, tzinfo=UTC)

ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "minutes": st.integers(0, 366 * 24 * 60),
            "cost": st.none() | st.integers(0, 10**13),
            "tokens_input": st.integers(0, 5000),
            "model": st.sampled_from(["llama", "gpt-6"]),
            "provider": st.sampled_from(["groq", "openai"]),
            "use_case": st.sampled_from(["social_post", "ad_copy"]),
            "outcome": st.sampled_from(["ok", "failed", "refused"]),
        }
    ),
    max_size=25,
)


class _Now(Clock):
    """Always the same moment."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


class _Zone(BillingZone):
    """One zone for all."""

    def __init__(self, name: str) -> None:
        self._zone = ZoneInfo(name)

    def zone(self, organization_id: str) -> tzinfo:
        return self._zone


class _RollUpsOnly(MemoryUsageBooks):
    """Books whose entries nobody may read."""

    def entries(self, *_: Any, **__: Any) -> Sequence[UsageEntry]:
        raise AssertionError("a view reads roll-ups")


def service(zone: str, books: type[MemoryUsageBooks] = _RollUpsOnly) -> MetaAIUsageService:
    """The service over books in memory."""
    database = MemoryDatabase()
    made = books(database)
    return MetaAIUsageService(
        books=made,
        configs=MemoryConfigs(database),
        sweeper=Sweeper(books=made, clock=_Now()),
        clock=_Now(),
        zone=_Zone(zone),
    )


def entry(number: int, given_: dict[str, Any]) -> UsageEntry:
    """One drawn entry."""
    fields = dict(given_)
    moment, cost = START + timedelta(minutes=fields.pop("minutes")), fields.pop("cost")
    money = None if cost is None else Decimal(cost).scaleb(-12)
    return sample_entry(f"e{number}", timestamp=timestamp(moment), cost_usd=money, **fields)


@settings(max_examples=120)
@given(
    drawn=ENTRIES,
    zone=st.sampled_from(ZONES),
    kind=st.sampled_from(list(PeriodKind)),
    day=st.dates(date(2025, 12, 25), date(2027, 1, 5)),
    more=st.integers(0, 365),
)
def test_a_view_equals_brute_force_over_the_entries(
    drawn: list[dict[str, Any]], zone: str, kind: PeriodKind, day: date, more: int
) -> None:
    """Totals, every group and every day, and the period before."""
    desk = service(zone)
    entries = [entry(number, fields) for number, fields in enumerate(drawn)]
    for one in entries:
        desk.record(TENANT, one)
    query = {"period": kind.value, "date": day.isoformat()}
    if kind is PeriodKind.CUSTOM:
        last = day + timedelta(days=more)
        query = {"first_day": day.isoformat(), "last_day": last.isoformat()}
    told = desk.summary(TENANT, **query)

    shown = read_period(PeriodQuery(**query), NOW.astimezone(ZoneInfo(zone)).date())
    local = {one.id: datetime.fromisoformat(one.timestamp).astimezone(ZoneInfo(zone)).date()
             for one in entries}  # fmt: skip
    inside = [one for one in entries if shown.first <= local[one.id] <= shown.last]
    assert told.total_requests == len(inside)
    assert told.total_tokens == sum(one.tokens_input + one.tokens_output for one in inside)
    assert told.total_cost_usd == sum(one.cost_usd or 0 for one in inside)
    for name, group in (("by_model", "model"), ("by_provider", "provider")):
        counts = {key: share.count for key, share in getattr(told, name).items()}
        keys = {getattr(one, group) for one in inside}
        assert counts == {key: sum(getattr(one, group) == key for one in inside) for key in keys}
    for trend in told.daily_trend:
        assert trend.requests == sum(local[one.id].isoformat() == trend.date for one in inside)
    before = shown.before()
    assert before is not None and told.previous is not None
    end = before.first + timedelta(days=told.previous.days - 1)
    earlier = [one for one in entries if before.first <= local[one.id] <= end]
    assert told.previous.total_requests == len(earlier)


@settings(max_examples=60)
@given(drawn=ENTRIES, zone=st.sampled_from(ZONES))
def test_an_export_holds_each_entry_once_and_adds_up(
    drawn: list[dict[str, Any]], zone: str
) -> None:
    """The same sums as the view's, to the pico."""
    desk = service(zone, MemoryUsageBooks)
    for number, fields in enumerate(drawn):
        desk.record(TENANT, entry(number, fields))
    days = {"first_day": "2026-01-01", "last_day": "2026-12-31"}
    rows = list(csv.DictReader(io.StringIO("".join(desk.export_csv(TENANT, **days)), newline="")))
    told = desk.summary(TENANT, **days)

    assert len({row["id"] for row in rows}) == len(rows) == told.total_requests
    assert sum(Decimal(row["costUsd"] or 0) for row in rows) == told.total_cost_usd


@pytest.mark.slow
def test_a_large_export_takes_constant_memory() -> None:
    """200,000 entries, of which none is kept: 2 MB more at most."""
    one = sample_entry("e1", purpose=Purpose.GENERATION)

    def many() -> Iterator[UsageEntry]:
        for _ in range(200_000):
            yield one

    lines = entry_lines(many(), Markup(Decimal(20)))
    next(lines)
    next(lines)
    tracemalloc.start()
    count = sum(1 for _ in lines)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 199_999
    assert peak < 2 * 1024 * 1024


def test_what_a_view_reads_does_not_grow_with_the_entries() -> None:
    """3,000 of them are a roll-up for each group and day, read once a period."""
    desk = service("America/Mexico_City")
    reads: list[int] = []
    usual = desk.books.day_rollups

    class Counting(_RollUpsOnly):
        def day_rollups(self, tenant: TenantRef, first_day: str, last_day: str) -> Any:
            found = usual(tenant, first_day, last_day)
            reads.append(len(found))
            return found

    for number in range(3_000):
        minutes = {"minutes": number % 40_000, "model": "llama", "provider": "groq"}
        fields = {"cost": 1, "tokens_input": 1, "use_case": "social_post", "outcome": "ok"}
        desk.record(TENANT, entry(number, {**minutes, **fields}))
    desk = attrs.evolve(desk, books=Counting(MemoryDatabase()))
    told = desk.summary(TENANT, month="2026-01")

    assert told.total_requests + desk.summary(TENANT, month="2025-12").total_requests == 3_000
    assert len(reads) == 4
    assert max(reads) <= 31

"""The usage service: recording, summary, quota status and sweep."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from llama_marketing.app import usage
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.app.usage import MetaAIUsageService, SweepReport
from llama_marketing.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.domain.usage.quota import QuotaLevel, quota_terms
from llama_marketing.domain.usage.ratings import RatedGeneration
from llama_marketing.domain.usage.steps import swept
from llama_marketing.domain.usage.summary import PreviousUsage, UsageShare, UsageSummary
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone
from llama_marketing.testing import MemoryConfigs, MemoryDatabase, MemoryUsageBooks
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_config,
    sample_entry,
    sample_hold,
    sample_settlement,
)

OTHER = TenantRef("org1", "cli2")


@attrs.define
class SetClock(Clock):
    """A clock that shows what the test sets."""

    shown: datetime = datetime(2026, 2, 14, 19, tzinfo=UTC)

    def now(self) -> datetime:
        return self.shown

    def monotonic(self) -> float:
        return self.shown.timestamp()


class MexicanZone(BillingZone):
    """Every organization is billed in Mexico City's time."""

    def zone(self, organization_id: str) -> tzinfo:
        return ZoneInfo("America/Mexico_City")


@attrs.frozen
class Desk:
    """A service over a store in memory."""

    service: MetaAIUsageService
    books: UsageBooks
    configs: MemoryConfigs
    clock: SetClock

    def configure(self, tenant: TenantRef = TENANT, quota: str | None = "5") -> None:
        """Give the client a configuration with a quota in dollars."""
        amount = None if quota is None else Decimal(quota)
        self.configs.create(tenant, sample_config(tenant, quota_monthly=amount))

    def generate(self, generation_id: str) -> None:
        """One operation of ten cents."""
        hold = sample_hold(generation_id)
        assert self.books.reserve(TENANT, hold, dollars("5")).admitted
        self.books.settle(TENANT, sample_settlement(hold))


@pytest.fixture
def desk() -> Desk:
    """On 14 February 2026 at 13:00 in Mexico City."""
    database, clock = MemoryDatabase(), SetClock()
    books, configs = MemoryUsageBooks(database), MemoryConfigs(database)
    service = MetaAIUsageService(
        books=books,
        configs=configs,
        sweeper=Sweeper(books=books, clock=clock),
        clock=clock,
        zone=MexicanZone(),
    )
    return Desk(service, books, configs, clock)


# record


def test_a_record_is_cut_by_its_own_timestamp_in_the_billing_zone(desk: Desk) -> None:
    """A past month; what day and period the caller wrote does not count."""
    entry = sample_entry(timestamp="2025-12-01T05:59:59.999Z", day="x", period="y")

    desk.service.record(TENANT, entry)

    booked = desk.books.entry(TENANT, "gen1")
    assert booked is not None
    assert (booked.day, booked.period) == ("2025-11-30", "2025-11")
    assert desk.books.month_rollup(TENANT, "2025-11").operations == 1


def test_a_record_needs_no_configuration_and_leaves_the_quota_alone(desk: Desk) -> None:
    """No counter is made."""
    desk.service.record(TENANT, sample_entry())

    assert desk.books.counter(TENANT, MONTH) is None


def test_a_repeated_record_changes_nothing_and_other_figures_are_an_error(desk: Desk) -> None:
    """The id is the client's own."""
    desk.service.record(TENANT, sample_entry())
    desk.service.record(TENANT, sample_entry())

    with pytest.raises(IdempotencyMismatch):
        desk.service.record(TENANT, sample_entry(tokens_output=1))
    desk.service.record(OTHER, sample_entry(client_id="cli2", tokens_output=1))

    assert desk.service.summary(TENANT).total_requests == 1


def test_another_clients_entry_is_refused(desk: Desk) -> None:
    """Nothing is booked for either."""
    with pytest.raises(InvalidRequest) as caught:
        desk.service.record(TENANT, sample_entry(client_id="cli2"))

    assert caught.value.issues == (("clientId", "must equal the tenant's"),)
    assert desk.service.summary(TENANT).total_requests == 0


# rate


def test_a_generation_is_rated_by_number_or_thumbs(desk: Desk) -> None:
    """Each user once; the answer says how it stands."""
    desk.generate("gen1")

    first = desk.service.rate(TENANT, "gen1", 4, user_id="ana")
    both = desk.service.rate(TENANT, "gen1", thumbs="down", user_id="luis")
    changed = desk.service.rate(TENANT, "gen1", thumbs="up", user_id="luis")

    assert first == RatedGeneration(id="gen1", rating=4, ratings=1, average_rating=4.0)
    assert both == RatedGeneration(id="gen1", rating=1, ratings=2, average_rating=2.5)
    assert changed == RatedGeneration(id="gen1", rating=5, ratings=2, average_rating=4.5)
    assert_books_agree(desk.books, TENANT, MONTH)


def test_another_providers_operation_is_rated_too(desk: Desk) -> None:
    """Whatever its id is; a rating that it was recorded with is its own user's."""
    entry = sample_entry("resp:1/é", provider="openai", quality_rating=2, user_id="ana")
    desk.service.record(TENANT, entry)

    rated = desk.service.rate(TENANT, "resp:1/é", 5, user_id="luis")

    assert (rated.ratings, rated.average_rating) == (2, 3.5)
    assert desk.service.rate(TENANT, "resp:1/é", 4, user_id="ana").ratings == 2


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"rating": 5, "thumbs": "up"},
        {"rating": 0},
        {"rating": True},
        {"thumbs": "sideways"},
        {"rating": 5, "user_id": "x" * 257},
        {"rating": 5, "generation_id": ""},
    ],
)
def test_what_is_no_rating_is_refused(desk: Desk, given: dict[str, Any]) -> None:
    """With a Spanish sentence, and nothing moves."""
    desk.generate("gen1")

    with pytest.raises(InvalidRequest) as caught:
        desk.service.rate(TENANT, **{"generation_id": "gen1", **given})

    assert caught.value.user_message.endswith(".")
    assert desk.books.month_rollup(TENANT, MONTH).ratings == 0


def test_only_a_clients_own_generation_is_rated(desk: Desk) -> None:
    """An unknown one and another client's are not found."""
    desk.generate("gen1")

    for tenant, generation_id in ((TENANT, "gen2"), (OTHER, "gen1")):
        with pytest.raises(NotFound):
            desk.service.rate(tenant, generation_id, 5)


# summary


def test_a_client_without_anything_gets_zeros_for_every_day_so_far(desk: Desk) -> None:
    """Up to today, in the billing zone."""
    summary = desk.service.summary(TENANT)

    assert (summary.client_id, summary.period) == ("cli1", "2026-02")
    assert (summary.total_requests, summary.quota_used_percent) == (0, Decimal(0))
    assert [day.date for day in summary.daily_trend] == [
        f"2026-02-{day:02}" for day in range(1, 15)
    ]


def test_the_running_month_is_summed_with_the_part_of_the_quota(desk: Desk) -> None:
    """Two operations through the quota and one record beside it."""
    desk.configure(quota="5")
    desk.generate("gen1")
    desk.generate("gen2")
    desk.service.record(TENANT, sample_entry("other", provider="openai", cost_usd=Decimal(2)))

    summary = desk.service.summary(TENANT)

    assert (summary.total_requests, summary.total_cost_usd) == (3, Decimal("2.2"))
    assert summary.quota_used_percent == Decimal(4)
    assert summary.by_provider["openai"] == UsageShare(count=1, tokens=200, cost=Decimal(2))
    assert summary.daily_trend[13].requests == 3


def test_a_past_month_shows_the_quota_it_had(desk: Desk) -> None:
    """Today's configuration does not change what was."""
    desk.configure(quota="5")
    desk.generate("gen1")
    desk.clock.shown = datetime(2026, 4, 2, tzinfo=UTC)
    desk.configs.replace(TENANT, sample_config(quota_monthly=Decimal(1), revision=2), 1)

    summary = desk.service.summary(TENANT, month=MONTH)

    assert summary.quota_used_percent == Decimal(2)
    assert len(summary.daily_trend) == 28
    assert desk.service.summary(TENANT).total_requests == 0


def test_a_month_without_usage_is_empty(desk: Desk) -> None:
    """A coming one has no days yet."""
    assert desk.service.summary(TENANT, month="2026-03") == UsageSummary(
        client_id="cli1", period="2026-03", previous=PreviousUsage(period="2026-02", days=28)
    )


@pytest.mark.parametrize(
    ("period", "month"),
    [("hourly", None), ("daily", "2026-02"), ("monthly", "2026-13"), ("custom", None), ("", None)],
)
def test_an_unknown_period_or_month_is_refused(desk: Desk, period: str, month: str | None) -> None:
    """With a Spanish sentence."""
    with pytest.raises(InvalidRequest) as caught:
        desk.service.summary(TENANT, period, month)

    assert caught.value.user_message.endswith(".")


def test_a_running_month_is_compared_with_as_many_days_of_the_one_before(desk: Desk) -> None:
    """And says so; an adjustment is no operation, a validation stands apart."""
    january = {"timestamp": "2026-01-14T18:00:00Z", "tokens_input": 7, "tokens_output": 3}
    desk.service.record(TENANT, sample_entry("jan1", **january))
    desk.service.record(TENANT, sample_entry("jan2", cost_usd=None, **january))
    late = january | {"timestamp": "2026-01-15T18:00:00Z"}
    desk.service.record(TENANT, sample_entry("jan3", **late))
    validation = {"use_case": None, "purpose": "validation"}
    desk.service.record(TENANT, sample_entry("val1", **january, **validation))

    assert desk.service.summary(TENANT).previous == PreviousUsage(
        period="2026-01",
        days=14,
        whole=False,
        total_requests=2,
        total_tokens=20,
        total_cost_usd=Decimal("0.1"),
    )
    past = desk.service.summary(TENANT, month="2026-01").previous
    assert past == PreviousUsage(period="2025-12", days=31)
    assert desk.service.summary(TENANT, month="0001-01").previous is None
    desk.clock.shown = datetime(2026, 3, 2, 19, tzinfo=UTC)
    whole = desk.service.summary(TENANT, month="2026-02").previous
    assert whole is not None
    assert (whole.days, whole.whole, whole.total_requests) == (31, True, 3)


def test_a_running_month_is_projected_to_its_end(desk: Desk) -> None:
    """14 of 28 days have begun; a past month and a week are what they are."""
    desk.configure(quota="5")
    desk.generate("gen1")
    told = desk.service.summary(TENANT)

    assert told.projection is not None
    assert told.projection.total_cost_usd == 2 * told.total_cost_usd
    assert told.projection.total_requests == 2
    assert told.projection.quota_used_percent == 2 * told.quota_used_percent
    assert (told.projection.elapsed_days, told.projection.days) == (14, 28)
    assert told.projection.reliable
    assert desk.service.summary(TENANT, month="2026-01").projection is None
    assert desk.service.summary(TENANT, "weekly").projection is None


@pytest.mark.parametrize(
    ("query", "label", "days"),
    [
        ({"period": "daily"}, "2026-02-14", 1),
        ({"period": "weekly"}, "2026-W07", 6),
        ({"period": "quarterly"}, "2026-Q1", 45),
        ({"first_day": "2026-02-10", "last_day": "2026-02-20"}, "2026-02-10..2026-02-20", 5),
    ],
)
def test_other_periods_are_shown_up_to_today(
    desk: Desk, query: dict[str, str], label: str, days: int
) -> None:
    """The trend has every day of them that has begun."""
    desk.service.record(TENANT, sample_entry("one"))
    told = desk.service.summary(TENANT, **query)

    assert told.period == label
    assert len(told.daily_trend) == days
    assert told.total_requests == 1


# export_csv


def cells(lines: Iterable[str]) -> list[dict[str, str]]:
    """What a CSV reader makes of the lines."""
    return list(csv.DictReader(io.StringIO("".join(lines), newline="")))


def test_an_export_has_a_line_an_entry_with_its_price(desk: Desk) -> None:
    """In order of time, whatever the page; what is not billable has no price."""
    for number in range(3):
        stamp = f"2026-02-0{number + 1}T18:00:00Z"
        entry = sample_entry(f"e{number}", timestamp=stamp, billable=number != 1)
        desk.service.record(TENANT, entry)
    told = cells(desk.service.export_csv(TENANT, markup="15.5"))

    assert [row["id"] for row in told] == ["e0", "e1", "e2"]
    assert [Decimal(row["costUsd"]) for row in told] == [Decimal("0.1")] * 3
    assert [Decimal(row["priceUsd"]) for row in told] == [Decimal("0.1155"), 0, Decimal("0.1155")]
    assert {row["markupPercent"] for row in told} == {"15.5"}


def test_the_summary_of_an_export_adds_up_to_its_lines(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several pages, each entry once; the total is the last line."""
    monkeypatch.setattr(usage, "PAGE", 2)
    for number in range(5):
        model = "gpt-6" if number % 2 else "llama"
        cost = Decimal("0.000000000003") if number else None
        desk.service.record(TENANT, sample_entry(f"e{number}", model=model, cost_usd=cost))
    lines = cells(desk.service.export_csv(TENANT, kind="summary", markup="50"))
    entries = cells(desk.service.export_csv(TENANT, markup="50"))

    assert [row["model"] for row in lines] == ["gpt-6", "llama", ""]
    assert (lines[-1]["useCase"], lines[-1]["requests"]) == ("TOTAL", "5")
    assert lines[-1]["unpricedRequests"] == "1"
    prices = [Decimal(row["priceUsd"] or 0) for row in entries]
    assert Decimal(lines[-1]["priceUsd"]) == sum(prices) == Decimal("0.00000000002")


@pytest.mark.parametrize(
    "query",
    [{"markup": "-1"}, {"markup": "NaN"}, {"kind": "all"}, {"period": "custom"}, {"month": "x"}],
)
def test_an_export_that_cannot_be_is_refused_before_a_line(
    desk: Desk, query: dict[str, str]
) -> None:
    with pytest.raises(InvalidRequest):
        desk.service.export_csv(TENANT, **query)


# organization_summary


def test_an_organization_sees_what_each_of_its_clients_used(desk: Desk) -> None:
    """In order of client id; other organizations and other months stay out."""
    desk.generate("gen1")
    unpriced = sample_entry("gen2", client_id="cli2", cost_usd=None)
    desk.service.record(OTHER, unpriced)
    desk.service.record(TENANT, sample_entry("jan", timestamp="2026-01-09T18:00:00Z"))
    desk.service.record(TenantRef("org2", "cli1"), sample_entry("gen3"))

    summary = desk.service.organization_summary("org1")

    assert (summary.organization_id, summary.period) == ("org1", MONTH)
    assert (summary.total_requests, summary.total_tokens) == (2, 400)
    assert (summary.total_cost_usd, summary.unpriced_requests) == (Decimal("0.1"), 1)
    assert [(one.client_id, one.total_requests, one.total_cost_usd) for one in summary.clients] == [
        ("cli1", 1, Decimal("0.1")),
        ("cli2", 1, Decimal(0)),
    ]
    assert desk.service.organization_summary("org1", "2026-01").total_requests == 1


def test_the_organizations_month_turns_in_its_billing_zone(desk: Desk) -> None:
    """As a client's does."""
    desk.clock.shown = datetime(2026, 3, 1, 5, 59, 59, tzinfo=UTC)
    assert desk.service.organization_summary("org1").period == "2026-02"


@pytest.mark.parametrize(("organization", "month"), [("org 1", None), ("org1", "2026-13")])
def test_a_wrong_organization_or_month_is_refused(
    desk: Desk, organization: str, month: str | None
) -> None:
    """Before anything is read."""
    with pytest.raises(InvalidRequest):
        desk.service.organization_summary(organization, month)


# quota_status


def test_the_status_tells_what_is_left(desk: Desk) -> None:
    """Settled, kept aside and available add up to the quota."""
    desk.configure(quota="5")
    desk.generate("gen1")
    desk.books.reserve(TENANT, sample_hold("gen2"), dollars("5"))

    status = desk.service.quota_status(TENANT)

    assert (status.period, status.quota, status.available) == (MONTH, Decimal(5), Decimal("4.8"))
    assert (status.reserved, status.settled) == (Decimal("0.1"), Decimal("0.1"))
    assert (status.percent, status.level) == (Decimal(2), QuotaLevel.GREEN)


def test_a_lowered_quota_shows_at_once(desk: Desk) -> None:
    """Before any new reservation."""
    desk.configure(quota="5")
    desk.generate("gen1")
    lowered = sample_config(
        quota_monthly=Decimal("0.05"), updated_at="2026-02-14T18:30:00.000000Z", revision=2
    )
    desk.configs.replace(TENANT, lowered, 1)

    status = desk.service.quota_status(TENANT)

    assert (status.available, status.percent) == (Decimal("-0.05"), Decimal(200))
    assert status.level is QuotaLevel.RED


def test_a_refusal_turns_the_level_red(desk: Desk) -> None:
    """Though little was used."""
    desk.configure(quota="0.05")
    terms = quota_terms(sample_config(quota_monthly=Decimal("0.05")).config)
    assert not desk.books.reserve(TENANT, sample_hold(), terms).admitted

    status = desk.service.quota_status(TENANT)

    assert (status.percent, status.level) == (Decimal(0), QuotaLevel.RED)


def test_a_quota_nobody_used_yet_is_whole(desk: Desk) -> None:
    """There is no counter before the first use."""
    desk.configure(quota="5")

    assert desk.service.quota_status(TENANT).available == Decimal(5)


def test_without_a_quota_or_a_configuration_there_is_no_percent(desk: Desk) -> None:
    """Also when the configuration was deleted while its counter stays."""
    desk.configure(OTHER, quota=None)
    desk.configure(TENANT, quota="5")
    desk.generate("gen1")
    desk.configs.delete(TENANT)

    for tenant in (TENANT, OTHER):
        status = desk.service.quota_status(tenant)
        assert (status.quota, status.available, status.percent) == (None, None, None)
    assert desk.service.quota_status(TENANT).settled == Decimal("0.1")


def test_the_month_turns_in_the_billing_zone(desk: Desk) -> None:
    """At six in the morning UTC in Mexico City."""
    desk.clock.shown = datetime(2026, 3, 1, 5, 59, 59, tzinfo=UTC)
    assert desk.service.quota_status(TENANT).period == "2026-02"

    desk.clock.shown = datetime(2026, 3, 1, 6, tzinfo=UTC)
    assert desk.service.quota_status(TENANT).period == "2026-03"


# sweep


def test_a_sweep_books_expired_holds_at_their_upper_bound(desk: Desk) -> None:
    """More than a page of them, once, and none that still may run."""
    for number in range(150):
        desk.books.reserve(TENANT, sample_hold(f"gen{number}"), dollars(None))
    running = sample_hold("running").model_copy(
        update={"expires_at": "2026-02-14T20:00:00.000000Z"}
    )
    desk.books.reserve(TENANT, running, dollars(None))

    assert desk.service.sweep() == SweepReport(swept=150)
    assert desk.service.sweep() == SweepReport(swept=0)

    entry = desk.books.entry(TENANT, "gen7")
    assert entry is not None
    assert (entry.basis, entry.billable, entry.outcome) == (
        Basis.UPPER_BOUND,
        False,
        Outcome.ABORTED,
    )
    assert desk.books.entry(TENANT, "running") is None
    assert_books_agree(desk.books, TENANT, MONTH)


def test_a_sweep_of_one_client_leaves_the_others_alone(desk: Desk) -> None:
    """Both have an expired hold."""
    for tenant in (TENANT, OTHER):
        desk.books.reserve(tenant, sample_hold(), dollars(None))

    assert desk.service.sweep(TENANT).swept == 1
    assert desk.books.entry(OTHER, "gen1") is None
    assert desk.service.sweep().swept == 1


def test_an_operation_that_ended_meanwhile_is_not_counted_as_swept(desk: Desk) -> None:
    """It settles between the look and the sweep."""
    hold = sample_hold()
    desk.books.reserve(TENANT, hold, dollars(None))
    found = desk.books.expired_holds("2026-02-15", TENANT)
    desk.books.settle(TENANT, sample_settlement(hold))

    entry = desk.books.settle(found[0][0], swept(found[0][1]))

    assert entry.basis is Basis.REPORTED
    assert desk.service.sweep().swept == 0


def test_an_entry_is_found_by_its_operation_and_by_its_own_client_alone(desk: Desk) -> None:
    """Another client's entry is as unknown as none."""
    desk.generate("gen1")

    assert desk.service.entry(TENANT, "gen1").id == "gen1"
    for tenant, entry_id in ((OTHER, "gen1"), (TENANT, "nothing")):
        with pytest.raises(NotFound, match="has no entry"):
            desk.service.entry(tenant, entry_id)

"""Summing roll-ups into a usage summary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.quota import QuotaStatus, quota_status
from llama_marketing.domain.usage.rollups import DayRollUp, key_of, sums_of
from llama_marketing.domain.usage.summary import UsageShare, UsageSummary, summarize, trend_days
from llama_marketing.domain.usage.views import month_period
from llama_marketing.testing.samples import sample_entry

FEBRUARY = month_period("2026-02")
BEFORE, SECOND = date(2026, 1, 31), date(2026, 2, 2)


def status(percent: Decimal | None = None) -> QuotaStatus:
    """How a quota stands of which so much is used."""
    return quota_status(Counter(period="2026-02")).model_copy(update={"percent": percent})


def rollups(*entries: UsageEntry) -> list[DayRollUp]:
    """One roll-up an entry; summing does not mind."""
    return [DayRollUp(key=key_of(entry), sums=sums_of(entry)) for entry in entries]


def test_a_month_is_summed_and_split_by_use_case_model_and_provider() -> None:
    """Failed ones count, an unknown price is counted apart, an adjustment is no request."""
    rows = rollups(
        sample_entry("1", day="2026-02-01"),
        sample_entry("2", day="2026-02-02", model="gpt-5", provider="openai", outcome="failed"),
        sample_entry("3", day="2026-02-02", use_case="ad_copy", cost_usd=None),
        sample_entry("ADJ-1", day="2026-02-01", adjusts="1", cost_usd=Decimal("-0.03")),
    )

    summary = summarize("cli1", FEBRUARY, rows, SECOND, status(Decimal("12.5")))

    assert (summary.total_requests, summary.total_tokens) == (3, 800)
    assert (summary.total_cost_usd, summary.unpriced_requests) == (Decimal("0.17"), 1)
    assert summary.quota_used_percent == Decimal("12.5")
    assert summary.by_use_case == {
        "ad_copy": UsageShare(count=1, tokens=200, cost=Decimal(0)),
        "social_post": UsageShare(count=2, tokens=600, cost=Decimal("0.17")),
    }
    assert list(summary.by_model) == ["gpt-5", "llama-3.3-70b-instruct"]
    assert summary.by_provider["openai"] == UsageShare(count=1, tokens=200, cost=Decimal("0.1"))
    assert [(day.date, day.requests, day.cost) for day in summary.daily_trend] == [
        ("2026-02-01", 1, Decimal("0.07")),
        ("2026-02-02", 2, Decimal("0.1")),
    ]


def test_validations_stand_apart() -> None:
    """Outside the totals, the groups and the trend."""
    validation = sample_entry("v", use_case=None, purpose=Purpose.VALIDATION, cost_usd=Decimal(1))

    summary = summarize("cli1", FEBRUARY, rollups(validation), BEFORE, status())

    assert summary == UsageSummary(
        client_id="cli1",
        period="2026-02",
        validations=UsageShare(count=1, tokens=200, cost=Decimal(1)),
    )


def test_the_trend_has_days_without_usage_too() -> None:
    """With zeros; a day with usage that was not asked for is not lost."""
    rows = rollups(sample_entry("1", day="2026-02-03"))

    summary = summarize("cli1", FEBRUARY, rows, SECOND, status())

    assert [(day.date, day.requests) for day in summary.daily_trend] == [
        ("2026-02-01", 0),
        ("2026-02-02", 0),
        ("2026-02-03", 1),
    ]


def test_a_trend_goes_up_to_today_while_the_month_runs() -> None:
    """The whole of a past month, nothing of a coming one."""
    first, last = date(2028, 2, 1), date(2028, 2, 29)

    assert len(trend_days(first, last, date(2028, 2, 10))) == 10
    assert len(trend_days(first, last, date(2028, 3, 10))) == 29
    assert trend_days(first, last, date(2028, 1, 10)) == []


def test_a_summary_is_numbers_in_json_with_the_customers_names() -> None:
    """Twelve decimals and no text."""
    entry = sample_entry("1", cost_usd=Decimal("0.000000000001"))

    text = summarize("cli1", FEBRUARY, rollups(entry), BEFORE, status()).model_dump_json(
        by_alias=True
    )

    assert '"totalCostUsd":1e-12' in text
    assert '"byUseCase":{"social_post":{"count":1,"tokens":200,"cost":1e-12}}' in text

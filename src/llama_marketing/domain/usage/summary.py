"""The usage summary: what a client used in a period, summed from its roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd, usd
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.domain.usage.periods import days_between
from llama_marketing.domain.usage.projection import Projection, project
from llama_marketing.domain.usage.quota import QuotaLevel, QuotaStatus
from llama_marketing.domain.usage.rollups import DayRollUp, Sums, total
from llama_marketing.domain.usage.views import PeriodKind, ViewPeriod


class UsageShare(Model):
    """A part of the usage: operations, tokens in and out, and known cost."""

    count: int = 0
    tokens: int = 0
    cost: Usd = Decimal(0)


class DailyUsage(Model):
    """One day of the trend, ``date`` in the billing zone."""

    date: str
    requests: int = 0
    tokens: int = 0
    cost: Usd = Decimal(0)


class PreviousUsage(Model):
    """The totals of the period before, or of its first ``days`` while the shown one runs.

    ``whole`` says that all of its days are in the totals.
    """

    period: str
    days: int = 0
    whole: bool = True
    total_requests: int = 0
    total_tokens: int = 0
    total_cost_usd: Usd = Decimal(0)


class UsageSummary(Model):
    """What a client used in a period.

    Every entry counts, also failed, cached and aborted ones; validations stand apart.
    ``total_cost_usd`` is the sum of the known costs and ``unpriced_requests`` counts the
    operations whose price is unknown. ``quota_used_percent`` is in the quota's own unit, 0
    without a quota. ``by_provider`` names the hosts. ``daily_trend`` has every day of the
    period, up to today while it runs, days without usage included.
    """

    client_id: str
    period: str
    total_requests: int = 0
    total_tokens: int = 0
    total_cost_usd: Usd = Decimal(0)
    unpriced_requests: int = 0
    quota_used_percent: Usd = Decimal(0)
    quota_level: QuotaLevel = QuotaLevel.GREEN
    by_use_case: dict[str, UsageShare] = {}
    by_model: dict[str, UsageShare] = {}
    by_provider: dict[str, UsageShare] = {}
    daily_trend: tuple[DailyUsage, ...] = ()
    validations: UsageShare = UsageShare()
    previous: PreviousUsage | None = None
    """None where there is no period before."""
    projection: Projection | None = None
    """What the period will come to; None unless it is the running month."""


class ClientUsage(Model):
    """What one client used in a month, validations apart."""

    client_id: str
    total_requests: int = 0
    total_tokens: int = 0
    total_cost_usd: Usd = Decimal(0)
    unpriced_requests: int = 0


class OrganizationUsage(Model):
    """What all clients of an organization used in a month; those without usage are not listed."""

    organization_id: str
    period: str
    total_requests: int = 0
    total_tokens: int = 0
    total_cost_usd: Usd = Decimal(0)
    unpriced_requests: int = 0
    clients: tuple[ClientUsage, ...] = ()


def summarize_organization(
    organization_id: str, period: str, months: Sequence[tuple[str, Sums]]
) -> OrganizationUsage:
    """Sum the months of the clients, each with its id."""
    whole = _client("", total(sums for _, sums in months))
    return OrganizationUsage(
        organization_id=organization_id,
        period=period,
        total_requests=whole.total_requests,
        total_tokens=whole.total_tokens,
        total_cost_usd=whole.total_cost_usd,
        unpriced_requests=whole.unpriced_requests,
        clients=tuple(_client(client_id, sums) for client_id, sums in months),
    )


def _client(client_id: str, sums: Sums) -> ClientUsage:
    return ClientUsage(
        client_id=client_id,
        total_requests=sums.operations,
        total_tokens=sums.tokens_input + sums.tokens_output,
        total_cost_usd=usd(sums.cost_pico_usd),
        unpriced_requests=sums.unpriced,
    )


def previous_usage(period: ViewPeriod, days: int, rollups: Sequence[DayRollUp]) -> PreviousUsage:
    """The totals of the first ``days`` of a period from their roll-ups."""
    sums = generation_sums(rollups)
    return PreviousUsage(
        period=period.label,
        days=days,
        whole=days == period.days,
        total_requests=sums.operations,
        total_tokens=sums.tokens_input + sums.tokens_output,
        total_cost_usd=usd(sums.cost_pico_usd),
    )


def generation_sums(rollups: Iterable[DayRollUp]) -> Sums:
    """Everything but validations, added up."""
    return total(row.sums for row in rollups if row.key.kind != Purpose.VALIDATION.value)


def summarize(
    client_id: str,
    period: ViewPeriod,
    rollups: Sequence[DayRollUp],
    today: date,
    quota: QuotaStatus,
    previous: PreviousUsage | None = None,
) -> UsageSummary:
    """Sum the roll-ups of a period; the trend has every day of it up to today."""
    operations = [row for row in rollups if row.key.kind != Purpose.VALIDATION.value]
    validations = [row for row in rollups if row.key.kind == Purpose.VALIDATION.value]
    whole = total(row.sums for row in operations)
    return UsageSummary(
        client_id=client_id,
        period=period.label,
        total_requests=whole.operations,
        total_tokens=whole.tokens_input + whole.tokens_output,
        total_cost_usd=usd(whole.cost_pico_usd),
        unpriced_requests=whole.unpriced,
        quota_used_percent=quota.percent or Decimal(0),
        quota_level=quota.level,
        by_use_case=_shares(operations, lambda row: row.key.kind),
        by_model=_shares(operations, lambda row: row.key.model),
        by_provider=_shares(operations, lambda row: row.key.provider),
        daily_trend=_trend(operations, trend_days(period.first, period.last, today)),
        validations=_share(total(row.sums for row in validations)),
        previous=previous,
        projection=_projection(whole, period, today, quota),
    )


def _projection(
    whole: Sums, period: ViewPeriod, today: date, quota: QuotaStatus
) -> Projection | None:
    if period.kind is not PeriodKind.MONTHLY or not period.runs(today):
        return None
    return project(whole, period.elapsed(today), period.days, quota.percent)


def trend_days(first: date, last: date, today: date) -> list[str]:
    """The days of a period up to today, as ``YYYY-MM-DD``; none of a period still to come."""
    return days_between(first, min(last, today))


def _shares(
    rollups: Iterable[DayRollUp], group: Callable[[DayRollUp], str]
) -> dict[str, UsageShare]:
    sums = _grouped(rollups, group)
    return {name: _share(sums[name]) for name in sorted(sums)}


def _grouped(rollups: Iterable[DayRollUp], group: Callable[[DayRollUp], str]) -> dict[str, Sums]:
    sums: dict[str, list[Sums]] = {}
    for row in rollups:
        sums.setdefault(group(row), []).append(row.sums)
    return {name: total(parts) for name, parts in sums.items()}


def _share(sums: Sums) -> UsageShare:
    return UsageShare(
        count=sums.operations,
        tokens=sums.tokens_input + sums.tokens_output,
        cost=usd(sums.cost_pico_usd),
    )


def _trend(rollups: Iterable[DayRollUp], days: Sequence[str]) -> tuple[DailyUsage, ...]:
    sums = _grouped(rollups, lambda row: row.key.day)
    # A day that has usage is shown even if it is none of ``days``: the trend adds up to the total.
    shares = {day: _share(sums[day]) if day in sums else UsageShare() for day in {*days, *sums}}
    return tuple(
        DailyUsage(
            date=day,
            requests=shares[day].count,
            tokens=shares[day].tokens,
            cost=shares[day].cost,
        )
        for day in sorted(shares)
    )

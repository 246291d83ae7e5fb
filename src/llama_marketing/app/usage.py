"""What the clients used and what is left of their quotas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date as datetime_date
from datetime import datetime, timedelta, tzinfo
from typing import Final

import attrs

from llama_marketing.app.reconciling import Reconciler, ReconcileReport
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef, check_id, check_owner
from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.domain.usage.export import (
    ExportKind,
    Markup,
    entry_lines,
    read_kind,
    summary_lines,
)
from llama_marketing.domain.usage.periods import day_of, month_bounds, month_of
from llama_marketing.domain.usage.quota import (
    QuotaStatus,
    quota_status,
    quota_terms,
)
from llama_marketing.domain.usage.ratings import Feedback, RatedGeneration, Rating, tally_of
from llama_marketing.domain.usage.rollups import DayRollUp
from llama_marketing.domain.usage.summary import (
    OrganizationUsage,
    PreviousUsage,
    UsageSummary,
    previous_usage,
    summarize,
    summarize_organization,
)
from llama_marketing.domain.usage.views import PeriodQuery, ViewPeriod, read_period
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone

PAGE: Final = 1000
"""Entries that an export reads at a time."""


class SweepReport(Model):
    """What a sweep did: how many holds of dead operations it booked."""

    swept: int = 0


@attrs.frozen(kw_only=True)
class MetaAIUsageService:
    """Books finished operations and ratings, shows usage and quota, sweeps. Safe between threads.

    Days and months are cut in the organization's billing zone. Views read only roll-ups and
    the counter, so what they cost does not grow with the number of generations, and see at
    once what another process booked. Every method may raise StoreUnavailable.
    """

    books: UsageBooks
    configs: Configs
    sweeper: Sweeper
    clock: Clock
    zone: BillingZone

    def record(self, tenant: TenantRef, entry: UsageEntry) -> None:
        """Book one finished operation of any provider, outside the quota.

        Needs no configuration and takes past months; day and period are cut by the entry's own
        timestamp. The same entry again changes nothing; the same id with other figures raises
        IdempotencyMismatch, another client's entry or an adjustment InvalidRequest.
        """
        check_owner(tenant, entry.client_id)
        moment, zone = datetime.fromisoformat(entry.timestamp), self._zone(tenant)
        placed = {"day": day_of(moment, zone), "period": month_of(moment, zone)}
        self.books.record(tenant, entry.model_copy(update=placed))

    def entry(self, tenant: TenantRef, entry_id: str) -> UsageEntry:
        """One entry, by the id of its operation; raises NotFound."""
        check_id("entry_id", entry_id)
        entry = self.books.entry(tenant, entry_id)
        if entry is None:
            raise NotFound(f"{tenant} has no entry {entry_id}")
        return entry

    def rate(
        self,
        tenant: TenantRef,
        generation_id: str,
        rating: int | None = None,
        *,
        thumbs: str | None = None,
        user_id: str = "",
    ) -> RatedGeneration:
        """Rate one operation, of any provider, from 1 to 5 or with ``thumbs`` up (5) or down (1).

        The last rating of a user counts, so the same again changes nothing. Raises InvalidRequest
        unless exactly one of the two is given, NotFound for what is none of the client's
        generations.
        """
        stars = Feedback.read({"rating": rating, "thumbs": thumbs}).stars
        given = Rating(entry_id=generation_id, user_id=user_id, rating=stars)
        tally = tally_of(self.books.rate(tenant, given))
        return RatedGeneration(
            id=generation_id,
            rating=stars,
            ratings=tally.ratings,
            average_rating=tally.rating_sum / tally.ratings,
        )

    def summary(
        self,
        tenant: TenantRef,
        period: str | None = None,
        month: str | None = None,
        *,
        date: str = "",
        first_day: str = "",
        last_day: str = "",
    ) -> UsageSummary:
        """What the client used in a period, by default the running month; zeros without usage.

        ``period`` is ``daily``, ``weekly`` (from Monday), ``monthly``, ``quarterly`` or
        ``custom``; ``date`` any day in it, ``month`` a ``YYYY-MM``, ``first_day`` and
        ``last_day`` the ends of a custom one, at most 366 days. While the period runs,
        ``previous`` has as many days of the one before as have begun. Raises InvalidRequest.
        """
        query = PeriodQuery(
            period=period, date=date, month=month or "", first_day=first_day, last_day=last_day
        )
        now, zone = self.clock.now(), self._zone(tenant)
        today = now.astimezone(zone).date()
        shown = read_period(query, today)
        counted = min(max(shown.first, today), shown.last).isoformat()[:7]
        return summarize(
            tenant.client_id,
            shown,
            self._rollups(tenant, shown.first, shown.last),
            today,
            quota_status(self._counter(tenant, counted, now)),
            self._previous(tenant, shown, today),
        )

    def export_csv(
        self,
        tenant: TenantRef,
        period: str | None = None,
        month: str | None = None,
        *,
        date: str = "",
        first_day: str = "",
        last_day: str = "",
        kind: str = "entries",
        markup: str = "",
    ) -> Iterator[str]:
        """The lines of a CSV file (RFC 4180, a header first), read page by page as they are taken.

        The period as in ``summary``. ``kind`` is ``entries`` or ``summary``; ``markup`` percent
        that the price adds to the cost of what is billable. Raises InvalidRequest, and
        StoreUnavailable also in the middle.
        """
        query = PeriodQuery(
            period=period, date=date, month=month or "", first_day=first_day, last_day=last_day
        )
        added, lines = Markup.read(markup), read_kind(kind)
        today = self.clock.now().astimezone(self._zone(tenant)).date()
        shown = read_period(query, today)
        entries = self._entries(tenant, shown)
        if lines is ExportKind.SUMMARY:
            return summary_lines(entries, shown.label, tenant.client_id, added)
        return entry_lines(entries, added)

    def organization_summary(
        self, organization_id: str, month: str | None = None
    ) -> OrganizationUsage:
        """What all clients of an organization used in a month, by default the running one.

        Reads one roll-up a client. Raises InvalidRequest for a wrong id or month.
        """
        check_id("organization_id", organization_id)
        zone = self.zone.zone(organization_id)
        shown = month_of(self.clock.now(), zone) if month is None else month
        month_bounds(shown)
        months = self.books.organization_month(organization_id, shown)
        return summarize_organization(organization_id, shown, months)

    def quota_status(self, tenant: TenantRef) -> QuotaStatus:
        """How the quota of the running month stands, under the client's current configuration."""
        now = self.clock.now()
        month = month_of(now, self._zone(tenant))
        return quota_status(self._counter(tenant, month, now))

    def sweep(self, tenant: TenantRef | None = None) -> SweepReport:
        """Book the holds of operations that never ended, of one client or of all.

        Each is booked once, at its upper bound and for nobody's invoice; an operation that
        ends late after all is corrected then.
        """
        return SweepReport(swept=self.sweeper.sweep(tenant))

    def reconcile(
        self, tenant: TenantRef | None = None, progress: Callable[[TenantRef], None] | None = None
    ) -> ReconcileReport:
        """Add up the books again, of one client or of all, and tell every difference.

        Reads all entries, so it is for maintenance; it may run beside operations, and changes
        nothing. ``progress`` hears of each client before its books are read.
        """
        return Reconciler(books=self.books, clock=self.clock).reconcile(tenant, progress)

    def _previous(
        self, tenant: TenantRef, shown: ViewPeriod, today: datetime_date
    ) -> PreviousUsage | None:
        before = shown.before()
        if before is None:
            return None
        days = min(before.days, shown.elapsed(today)) if shown.runs(today) else before.days
        last = before.first + timedelta(days=days - 1)
        return previous_usage(before, days, self._rollups(tenant, before.first, last))

    def _rollups(
        self, tenant: TenantRef, first: datetime_date, last: datetime_date
    ) -> Sequence[DayRollUp]:
        return self.books.day_rollups(tenant, first.isoformat(), last.isoformat())

    def _entries(self, tenant: TenantRef, shown: ViewPeriod) -> Iterator[UsageEntry]:
        """Every entry of the days, in order of time, a page at a time, the first one now."""
        first, last = shown.first.isoformat(), shown.last.isoformat()

        def following(page: Sequence[UsageEntry]) -> Iterator[UsageEntry]:
            while page:
                yield from page
                after = f"{page[-1].timestamp}#{page[-1].id}"
                page = self.books.entries(tenant, first, last, after, PAGE)

        return following(self.books.entries(tenant, first, last, limit=PAGE))

    def _counter(self, tenant: TenantRef, month: str, now: datetime) -> Counter:
        """The month's counter; the running month's has the quota of the current configuration."""
        counter = self.books.counter(tenant, month) or Counter(period=month)
        if month != month_of(now, self._zone(tenant)):
            return counter
        stored = self.configs.get(tenant)
        if stored is None:
            return counter.model_copy(update={"limit": None})
        return counter.under(quota_terms(stored.config))

    def _zone(self, tenant: TenantRef) -> tzinfo:
        return self.zone.zone(tenant.organization_id)

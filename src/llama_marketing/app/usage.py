"""What the clients used and what is left of their quotas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

import attrs

from llama_marketing.app.reconciling import Reconciler, ReconcileReport
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.domain.errors import InvalidRequest, NotFound
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef, check_id, check_owner
from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.domain.usage.periods import day_of, month_before, month_bounds, month_of
from llama_marketing.domain.usage.quota import (
    QuotaStatus,
    quota_status,
    quota_terms,
    used_percent,
)
from llama_marketing.domain.usage.ratings import Feedback, RatedGeneration, Rating, tally_of
from llama_marketing.domain.usage.summary import (
    OrganizationUsage,
    PreviousUsage,
    UsageSummary,
    previous_usage,
    summarize,
    summarize_organization,
    trend_days,
)
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone


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
        self, tenant: TenantRef, period: str = "monthly", month: str | None = None
    ) -> UsageSummary:
        """What the client used in a month, by default the running one; zeros without usage.

        ``month`` reads ``YYYY-MM``. Raises InvalidRequest for any other month or period.
        """
        if period != "monthly":
            raise InvalidRequest(
                "period must be monthly",
                user_message="El periodo solicitado no es válido.",
                issues=(("period", "must be monthly"),),
            )
        now, zone = self.clock.now(), self._zone(tenant)
        shown = month_of(now, zone) if month is None else month
        first, last = month_bounds(shown)
        return summarize(
            tenant.client_id,
            shown,
            self.books.day_rollups(tenant, first.isoformat(), last.isoformat()),
            trend_days(first, last, now.astimezone(zone).date()),
            used_percent(self._counter(tenant, shown, now)),
            self._previous(tenant, shown),
        )

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

    def _previous(self, tenant: TenantRef, month: str) -> PreviousUsage | None:
        before = month_before(month)
        if before is None:
            return None
        return previous_usage(before, self.books.month_rollup(tenant, before))

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

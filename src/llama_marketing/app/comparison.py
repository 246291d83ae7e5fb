"""The providers of a client side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any

import attrs

from llama_marketing.app.playground.service import Playground
from llama_marketing.app.playground.stream import PlaygroundStream
from llama_marketing.domain.catalog.hosts import HostRole
from llama_marketing.domain.comparison.compare import compare
from llama_marketing.domain.comparison.models import ComparisonSnapshot, ProviderComparison
from llama_marketing.domain.playground.models import PlaygroundAnswer, PlaygroundRequest
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.domain.usage.views import (
    PeriodKind,
    PeriodQuery,
    ViewPeriod,
    month_period,
    read_period,
)
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.comparisons import Comparisons
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.ports.zone import BillingZone


@attrs.frozen(kw_only=True)
class AIProviderComparisonService:
    """Compares what each provider did for a client. Safe between threads.

    Reads roll-ups only, so what it costs does not grow with the generations. Every method may
    raise StoreUnavailable.
    """

    books: UsageBooks
    configs: Configs
    catalog: CatalogSource
    comparisons: Comparisons
    tryout: Playground
    clock: Clock
    zone: BillingZone

    def compare(
        self,
        tenant: TenantRef,
        period: str | None = None,
        month: str | None = None,
        *,
        date: str = "",
        first_day: str = "",
        last_day: str = "",
    ) -> ProviderComparison:
        """The providers of a period, by default the running month, the best scored first.

        The period as in ``MetaAIUsageService.summary``; raises InvalidRequest. A client without
        anything has no providers.
        """
        query = PeriodQuery(
            period=period, date=date, month=month or "", first_day=first_day, last_day=last_day
        )
        today = self.clock.now().astimezone(self._zone(tenant)).date()
        return self._compared(tenant, read_period(query, today))

    def snapshot(self, tenant: TenantRef, month: str | None = None) -> ComparisonSnapshot:
        """Compare a month, by default the last whole one, and keep what came out.

        It takes the place of the month's earlier snapshot. ``compare`` never reads it. Raises
        InvalidRequest.
        """
        now = self.clock.now()
        shown = month_period(month) if month else self._last_whole_month(tenant)
        snapshot = ComparisonSnapshot(
            month=shown.label, taken_at=timestamp(now), comparison=self._compared(tenant, shown)
        )
        self.comparisons.put(tenant, snapshot)
        return snapshot

    def kept_snapshot(self, tenant: TenantRef, month: str) -> ComparisonSnapshot | None:
        """The snapshot of a month, or None; raises InvalidRequest."""
        return self.comparisons.get(tenant, month_period(month).label)

    def playground(
        self,
        tenant: TenantRef,
        request: PlaygroundRequest | Mapping[str, Any],
        user_id: str = "",
    ) -> PlaygroundAnswer:
        """Ask 2 to 6 providers or models the same at once, and answer every column.

        Each is held for in the client's quota, has its own deadline, never falls back, and is
        booked as an entry of its own. What a column fails with is told in it. Raises
        InvalidRequest and NotConfigured.
        """
        return self.tryout.answer(tenant, request, user_id)

    def stream_playground(
        self,
        tenant: TenantRef,
        request: PlaygroundRequest | Mapping[str, Any],
        user_id: str = "",
        *,
        reader_left: Callable[[], bool] = lambda: False,
    ) -> PlaygroundStream:
        """The same as events: ``delta`` with ``column`` (from 0), ``provider``, ``model`` and
        ``text`` as they come, then ``done`` with the whole answer.

        Iterate it or ``close()`` it.
        """
        return self.tryout.stream(tenant, request, user_id, reader_left)

    def _compared(self, tenant: TenantRef, shown: ViewPeriod) -> ProviderComparison:
        stored = self.configs.get(tenant)
        hosts = self.catalog.catalog().hosts
        return compare(
            tenant.client_id,
            shown.label,
            self.books.day_rollups(tenant, shown.first.isoformat(), shown.last.isoformat()),
            frozenset(host.id for host in hosts if host.role is not HostRole.COMPARATOR),
            None if stored is None else stored.config.selected_model_id,
        )

    def _last_whole_month(self, tenant: TenantRef) -> ViewPeriod:
        today = self.clock.now().astimezone(self._zone(tenant)).date()
        running = read_period(PeriodQuery(period=PeriodKind.MONTHLY.value), today)
        before = running.before()
        assert before is not None, "today is not in the first month of the calendar"
        return before

    def _zone(self, tenant: TenantRef) -> tzinfo:
        return self.zone.zone(tenant.organization_id)

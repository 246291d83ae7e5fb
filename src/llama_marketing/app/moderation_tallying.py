"""Counting how comments came out, and telling the sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.moderation.models import CommentResult
from llama_marketing.domain.moderation.tallies import (
    ModerationOverview,
    ModerationTally,
    days_from,
    overview,
)
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.domain.usage.periods import day_of, month_bounds, month_of
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.moderation_tallies import ModerationTallies
from llama_marketing.ports.zone import BillingZone


@attrs.frozen(kw_only=True)
class ModerationTallying:
    """Keeps a tally of every operation, and sums them up. Safe between threads."""

    tallies: ModerationTallies
    clock: Clock
    zone: BillingZone
    retention: timedelta
    """How long a tally is kept."""

    def count(
        self, tenant: TenantRef, tally_id: str, results: Sequence[CommentResult], moment: datetime
    ) -> None:
        """Count results on the day of a moment, once for each id."""
        day = day_of(moment, self.zone.zone(tenant.organization_id))
        until = timestamp(moment + self.retention)
        self.tallies.add(tenant, ModerationTally.of(tally_id, day, until, results))

    def summary(
        self, tenant: TenantRef, month: str | None, first: str | None, last: str | None
    ) -> ModerationOverview:
        """The sums of a month, or of the days from first to last; raises InvalidRequest."""
        now = self.clock.now()
        if first is None and last is None:
            zone = self.zone.zone(tenant.organization_id)
            days = month_bounds(month_of(now, zone) if month is None else month)
        elif month is not None or first is None or last is None:
            raise InvalidRequest(
                "either a month, or both from and to",
                user_message="Indica un mes, o las dos fechas «from» y «to».",
                issues=(("from", "goes with to, and without month"),),
            )
        else:
            days = days_from(first, last)
        found = self.tallies.between(
            tenant, days[0].isoformat(), days[1].isoformat(), timestamp(now)
        )
        return overview(found, *days)

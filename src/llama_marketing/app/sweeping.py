"""Sweeping: booking the holds that dead processes left open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import attrs

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, timestamp
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.usage import UsageBooks

EVERY = 50
PAGE = 100


@attrs.frozen(kw_only=True)
class Sweeper:
    """Books expired holds at their upper bound, billed to nobody. Safe between threads."""

    books: UsageBooks
    clock: Clock
    _reserves: Iterator[int] = attrs.field(factory=lambda: itertools.count(1), init=False)

    def sweep(self, tenant: TenantRef | None = None) -> int:
        """Book every expired hold of a tenant, or of all; answers how many it booked.

        An operation that ends late after all is corrected then, by an adjustment.
        """
        now, count = timestamp(self.clock.now()), 0
        while expired := self.books.expired_holds(now, tenant, PAGE):
            for owner, hold in expired:
                entry = self.books.settle(owner, swept(hold))
                # It may have ended by itself, or by another sweep, since we looked.
                count += entry.basis is Basis.UPPER_BOUND
        return count

    def sweep_now_and_then(self, tenant: TenantRef) -> None:
        """Sweep at every 50th call, so that nothing depends on a job being run."""
        if next(self._reserves) % EVERY == 0:
            self.sweep(tenant)

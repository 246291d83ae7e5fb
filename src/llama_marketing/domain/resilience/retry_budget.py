"""A bound on retries, so that an outage is not made worse by those who ask again.

In any minute a host gets at most one further call for every ten requests, and three besides.
"""

from __future__ import annotations

from typing import Final

import attrs

WINDOW: Final = 60.0
"""Seconds."""
FREE_RETRIES: Final = 3
REQUESTS_A_RETRY: Final = 10
_BUCKET: Final = 5.0
"""Seconds; requests are counted in buckets, of which only whole ones within the window count."""


@attrs.frozen(slots=True)
class RetryBudget:
    """The state for one host; moments are monotonic seconds."""

    requests: tuple[tuple[int, int], ...] = ()
    """The number of each bucket, and how many requests began in it; the oldest first."""
    retries: tuple[float, ...] = ()
    """The moments of the retries in the last minute."""

    def requested(self, now: float) -> RetryBudget:
        """A request goes out that is no retry."""
        number = int(now // _BUCKET)
        if self.requests and self.requests[-1][0] == number:
            *before, (_, count) = self.requests
            return attrs.evolve(self, requests=(*before, (number, count + 1)))
        return attrs.evolve(self, requests=(*self._recent(now), (number, 1)))

    def retried(self, now: float) -> RetryBudget | None:
        """The state after one more retry; None where the budget has no room for it."""
        retries = tuple(moment for moment in self.retries if now - moment < WINDOW)
        requests = sum(count for _, count in self._recent(now))
        if len(retries) >= FREE_RETRIES + requests // REQUESTS_A_RETRY:
            return None
        return attrs.evolve(self, retries=(*retries, now))

    def _recent(self, now: float) -> tuple[tuple[int, int], ...]:
        return tuple(bucket for bucket in self.requests if bucket[0] * _BUCKET > now - WINDOW)

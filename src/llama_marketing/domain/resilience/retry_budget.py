"""A bound on retries, so that an outage is not made worse by those who ask again.

In each minute a host gets at most one further call for every ten requests, and three besides.
"""

from __future__ import annotations

from typing import Final

import attrs

WINDOW: Final = 60.0
"""Seconds."""
FREE_RETRIES: Final = 3
REQUESTS_A_RETRY: Final = 10


@attrs.frozen(slots=True)
class RetryBudget:
    """The state for one host; moments are monotonic seconds."""

    window_started: float = 0.0
    requests: int = 0
    retries: int = 0

    def requested(self, now: float) -> RetryBudget:
        """A request goes out that is no retry."""
        current = self._current(now)
        return attrs.evolve(current, requests=current.requests + 1)

    def retried(self, now: float) -> RetryBudget | None:
        """The state after one more retry; None where the budget has no room for it."""
        current = self._current(now)
        if current.retries >= FREE_RETRIES + current.requests // REQUESTS_A_RETRY:
            return None
        return attrs.evolve(current, retries=current.retries + 1)

    def _current(self, now: float) -> RetryBudget:
        if now - self.window_started < WINDOW:
            return self
        return RetryBudget(window_started=now)
